"""Published beside ours, as a document: golden sums, throughput, real runs and the user's further runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from optimizer.answers.document import Block, Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.catalogue import Catalogue
from optimizer.reference.run_words import missing_words
from optimizer.reference.validation_outputs import ValidationRow, outputs, rows
from optimizer.validation.comparison import MEASURES, Errors, Validation, errors_of, measure_errors
from optimizer.validation.golden import Sum
from optimizer.validation.measured import Coverage, Speed
from optimizer.validation.runs import COUNTED, NEAR, Compared, Score, score


def document(found: Validation, catalogue: Catalogue, runs_file: str | None = None) -> Document:
    """The tables, each with its errors; wrong where a sum is outside its tolerance or a row cannot be read.

    Args:
        found: all comparisons.
        catalogue: the data.
        runs_file: name of the user's file of further runs, if there is one.
    """
    asked = {} if runs_file is None else {"runs": runs_file}
    is_right = not found.problems and all(item.within for item in found.golden)
    return Document(
        question="validate",
        title="",
        sections=list(_sections(found)),
        outputs=partial(outputs, found),
        grounds=Grounds(catalogue, asked, asked),
        errors=tuple(map(str, found.problems)),
        rows=Rows("validation", "Published figures beside ours", ValidationRow, partial(rows, found)),
        verdict="answer" if is_right else "wrong",
    )


def _sections(found: Validation) -> Iterator[Section]:
    if found.further is None:
        sums, speeds, coverage = found.golden, found.speeds, found.coverage
        yield _section(
            "Golden sums: published sums, recomputed",
            [_golden(sums)],
            [_error_line(errors_of(item.error for item in sums)), _golden_line(sums)],
        )
        yield _section(
            "FLOP count of a token, 6 N + 12 L d s, x published tokens/s, against published TFLOP/s",
            [_speeds(speeds)],
            [_error_line(errors_of(item.error for item in speeds))],
        )
        yield _section(
            "MFU of the catalogue (low-central-high) beside the measurements, 6 N basis, up to 8,192 tokens",
            [_coverage(coverage)],
            _coverage_lines(coverage),
        )
    shown = found.runs if found.further is None else found.further
    yield from _runs_sections(shown, "Real" if found.further is None else "Further")
    if found.further is not None:
        yield _section("Beside the runs of the data folder", (), _score_lines(found.runs))


def _runs_sections(shown: Sequence[Compared], which: str) -> Iterator[Section]:
    """The runs that count, what else is published of them, those in another way, and those that are not counted."""
    yield _section(
        f"{which} runs: thousands of accelerator-hours, published and ours",
        [_runs(shown)] if any(item.counted for item in shown) else (),
        _score_lines(shown),
    )
    if any(item.others for item in shown):
        title = "Days, energy, power of a device and cost of these runs, where published"
        yield _section(title, [_others(shown)], _measure_lines(shown))
    others = [item for item in shown if item.other_way]
    if others:
        title = "Other ways than from scratch, by the figures of ways.csv (not counted above)"
        yield _section(title, [_other_ways(others)], map(_other_way_line, others))
    title = "Not counted: no single run (column scope), or nothing to compare"
    yield _section(title, (), _left_out(shown))


def _section(title: str, tables: Sequence[Table], lines: Iterable[str]) -> Section:
    """Tables and what is said below them; lines that begin with blanks are set in."""
    blocks: list[Block] = [table for table in tables if table.rows]
    return Section(title, [*blocks, *(Line(text.strip(), level=int(text.startswith(" "))) for text in lines if text)])


def _table(*names: str, of_words: Sequence[str] = (), rows: Iterable[Sequence[str]]) -> Table:
    """A table of numbers, but for the columns of words."""
    columns = [left(name) if name in of_words else right(name, whole=False) for name in names]
    return Table(columns, list(rows))


def _number(value: float) -> str:
    """Four significant digits, whole numbers in full."""
    if abs(value) >= 1e9:
        return f"{value:.3e}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _error_line(errors: Errors) -> str:
    return f"{errors.count} compared: mean error {errors.mean_error:.2%}, maximum {errors.max_error:.2%}"


def _golden_line(items: Sequence[Sum]) -> str:
    return f"{sum(item.within for item in items)} of {len(items)} within their own tolerance"


def _golden(items: Sequence[Sum]) -> Table:
    names = ("sum", "unit", "published", "ours", "error", "tolerance", "")
    rows = [
        (
            item.row.id,
            item.row.unit,
            _number(float(item.row.expected)),
            _number(item.ours),
            f"{item.error:+.2%}",
            f"{float(item.row.rel_tol):.2%}",
            "ok" if item.within else "OUTSIDE",
        )
        for item in items
    ]
    return _table(*names, of_words=("sum", "unit", ""), rows=rows)


def _speeds(items: Sequence[Speed]) -> Table:
    groups: dict[tuple[str, str, str], list[float]] = {}
    for item in items:
        key = (item.row.publication, item.row.accelerator, item.row.precision)
        groups.setdefault(key, []).append(item.error)
    rows = []
    for names, errors in groups.items():
        found = errors_of(errors)
        rows.append((*names, str(found.count), f"{found.mean_error:.2%}", f"{found.max_error:.2%}"))
    columns = ("publication", "accelerator", "precision", "rows", "mean", "maximum")
    return _table(*columns, of_words=("publication", "accelerator"), rows=rows)


def _coverage(items: Sequence[Coverage]) -> Table:
    columns = ("accelerator", "precision", "shape", "catalogue", "rows", "least", "median", "most", "error", "in band")
    rows = [
        (
            item.accelerator,
            item.precision,
            item.architecture,
            "-".join(f"{value:.2f}" for value in item.planned) if item.planned else "no row",
            str(item.measured.count),
            f"{item.measured.low:.3f}",
            f"{item.measured.median:.3f}",
            f"{item.measured.high:.3f}",
            "" if item.error is None else f"{item.error:+.0%}",
            "" if item.covered is None else f"{item.covered:.0%}",
        )
        for item in items
    ]
    return _table(*columns, of_words=("accelerator", "precision", "shape"), rows=rows)


def _coverage_lines(items: Sequence[Coverage]) -> Iterable[str]:
    yield f"central over measured median: {_error_line(errors_of(item.error for item in items))}"
    yield "A benchmark shows what can be reached, a band what a run reaches: they need not be the same."


def _runs(items: Sequence[Compared]) -> Table:
    """The single runs that can be compared, in thousands of accelerator-hours."""
    columns = ("run", "on", "publ. kh", "ours kh", "low", "high", "ratio", "in band")
    rows = [
        (
            item.run.name,
            item.run.accelerator or "",
            *(_thousands(value) for value in (hours.published, hours.ours, hours.low, hours.high)),
            f"{hours.ratio:.2f}",
            "yes" if item.covered else "no",
        )
        for item in items
        if item.counted and (hours := item.hours) is not None
    ]
    return _table(*columns, of_words=("run", "on", "in band"), rows=rows)


def _thousands(hours: float) -> str:
    return f"{hours / 1000:,.0f}" if hours >= 1e5 else f"{hours / 1000:,.1f}"


def _others(items: Sequence[Compared]) -> Table:
    """Days, energy, power and cost of the single runs, where published."""
    columns = ("run", "", "published", "ours", "low", "high", "ratio", "", "basis")
    rows = [
        (
            item.run.name,
            figure.name,
            *(_number(value) for value in (figure.published, figure.ours, figure.low, figure.high)),
            f"{figure.ratio:.2f}",
            figure.unit,
            figure.basis,
        )
        for item in items
        for figure in (item.others if item.run.scope == COUNTED else ())
    ]
    return _table(*columns, of_words=("run", "", "basis"), rows=rows)


def _other_ways(items: Sequence[Compared]) -> Table:
    """Runs that go on from a finished model, as a plan in their way reckons them: none is in the score or the band."""
    columns = ("run", "way", "on", "publ. kh", "ours kh", "ratio", "in band")
    rows = [
        (
            item.run.name,
            item.run.scope,
            item.run.accelerator or "",
            *(f"{value / 1000:,.1f}" for value in (hours.published, hours.ours)),
            f"{hours.ratio:.2f}",
            "yes" if item.covered else "no",
        )
        for item in items
        if (hours := item.hours) is not None
    ]
    return _table(*columns, of_words=("run", "way", "on", "in band"), rows=rows)


def _other_way_line(item: Compared) -> str:
    """Why such a run cannot be compared; nothing of one that is."""
    if item.hours is not None:
        return ""
    published = "" if item.run.gpu_hours is None else f", {item.run.gpu_hours:,f} h published"
    return f"{_named(item)}: {missing_words(item.why_not)}{published}"


def _named(item: Compared) -> str:
    chip = item.run.accelerator or item.run.accelerator_published or "accelerator not stated"
    return f"{item.run.name} ({chip}, {item.run.scope})"


def _left_out(items: Sequence[Compared]) -> Iterable[str]:
    """What is not counted and why, one line a run."""
    for item in items:
        if item.counted or item.other_way:
            continue
        if item.hours is None:
            yield f"{_named(item)}: {missing_words(item.why_not)}"
        else:
            hours = item.hours
            yield (
                f"{_named(item)}: published {_thousands(hours.published)} kh, "
                f"a single run would take {_thousands(hours.low)}-{_thousands(hours.ours)}-{_thousands(hours.high)} kh"
            )


def _score_lines(runs: Sequence[Compared]) -> Iterable[str]:
    found = score(runs)
    if found is None:
        yield "No single run that can be compared."
        return
    yield from _score_text(found)


def _measure_lines(runs: Sequence[Compared]) -> Iterable[str]:
    for name, unit in MEASURES.items():
        errors = measure_errors(runs, name)
        if errors.count:
            yield f"{name} ({unit}): {_error_line(errors)}"
    if any(not f.scored for c in runs if c.run.scope == COUNTED for f in c.others):
        yield "identity: energy published as hours x rated power is rated power again; not scored"


def _score_text(found: Score) -> Iterable[str]:
    yield f"{found.count} single runs: mean error {found.mean_error:.0%}, maximum {found.max_error:.0%}"
    yield f"  the band covers {found.covered:.0%} of the published hours (asked: 80 %)"
    yield f"  ours within a factor {NEAR} for {found.near:.0%} (asked: 50 %)"
    median = f"{found.median_ratio:.2f}"
    yield f"  band high over low at most {found.widest:.2f} (asked: 3); median of ours over published {median}"
