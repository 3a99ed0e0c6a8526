"""Published next to ours, as a document: golden sums, throughput, real runs and the user's further runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from optimizer.answers.form.document import Block, Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.catalogue import Catalogue
from optimizer.reference.validation_outputs import ValidationRow, missing_words, outputs, rows
from optimizer.units.language import say
from optimizer.validation.comparison import MEASURES, Errors, Validation, errors_of, measure_errors
from optimizer.validation.golden import Sum
from optimizer.validation.groups import Group
from optimizer.validation.runs import COUNTED, NEAR, Compared, Score, score
from optimizer.validation.throughput import Coverage, Speed


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
            say("Golden sums: published sums, recomputed"),
            [_golden(sums)],
            [_error_line(errors_of(item.error for item in sums)), _golden_line(sums)],
        )
        yield _section(
            say("FLOP count of a token, 6 N + 12 L d s, x published tokens/s, against published TFLOP/s"),
            [_speeds(speeds)],
            [_error_line(errors_of(item.error for item in speeds))],
        )
        yield _section(
            say("MFU of the catalogue (low-central-high) next to the measurements, 6 N basis, up to 8,192 tokens"),
            [_coverage(coverage)],
            _coverage_lines(coverage),
        )
    shown = found.runs if found.further is None else found.further
    of_kinds = found.groups if found.further is None else found.further_groups
    yield from _runs_sections(shown, of_kinds, say("Real") if found.further is None else say("Further"))
    if found.further is not None:
        yield _section(say("Compared with the runs of the data folder"), (), _score_lines(found.runs, found.groups))


def _runs_sections(shown: Sequence[Compared], of_kinds: Sequence[Group], which: str) -> Iterator[Section]:
    """The runs that count, what else is published of them, those in another way, and those that are not counted."""
    yield _section(
        say("{which} runs: thousands of accelerator-hours, published and ours", which=which),
        [_runs(shown)] if any(item.counted for item in shown) else (),
        _score_lines(shown, of_kinds),
    )
    if any(item.others for item in shown):
        title = say("Days, energy, power of a device and cost of these runs, where published")
        yield _section(title, [_others(shown)], _measure_lines(shown))
    others = [item for item in shown if item.other_way]
    if others:
        title = say("Other ways than from scratch, by the figures of ways.csv (not counted above)")
        yield _section(title, [_other_ways(others)], map(_other_way_line, others))
    title = say("Not counted: not a single run (column scope), or nothing to compare")
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
        return say("{value:.3e}", value=value)
    return say("{value:,.0f}", value=value) if abs(value) >= 1000 else say("{value:.4g}", value=value)


def _error_line(errors: Errors) -> str:
    return say(
        "{count} compared: mean error {mean_error:.2%}, maximum {max_error:.2%}",
        count=errors.count,
        mean_error=errors.mean_error,
        max_error=errors.max_error,
    )


def _golden_line(items: Sequence[Sum]) -> str:
    return say(
        "{within} of {items} within their own tolerance", within=sum(item.within for item in items), items=len(items)
    )


def _golden(items: Sequence[Sum]) -> Table:
    names = (say("sum"), say("unit"), say("published"), say("ours"), say("error"), say("tolerance"), "")
    rows = [
        (
            item.row.id,
            item.row.unit,
            _number(float(item.row.expected)),
            _number(item.ours),
            say("{error:+.2%}", error=item.error),
            say("{rel_tol:.2%}", rel_tol=float(item.row.rel_tol)),
            say("ok") if item.within else say("OUTSIDE"),
        )
        for item in items
    ]
    return _table(*names, of_words=(say("sum"), say("unit"), ""), rows=rows)


def _speeds(items: Sequence[Speed]) -> Table:
    groups: dict[tuple[str, str, str], list[float]] = {}
    for item in items:
        key = (item.row.publication, item.row.accelerator, item.row.precision)
        groups.setdefault(key, []).append(item.error)
    rows = []
    for names, errors in groups.items():
        found = errors_of(errors)
        rows.append(
            (
                *names,
                str(found.count),
                say("{mean_error:.2%}", mean_error=found.mean_error),
                say("{max_error:.2%}", max_error=found.max_error),
            )
        )
    columns = (say("publication"), say("accelerator"), say("precision"), say("rows"), say("mean"), say("maximum"))
    return _table(*columns, of_words=(say("publication"), say("accelerator")), rows=rows)


def _coverage(items: Sequence[Coverage]) -> Table:
    columns = (
        *(say("accelerator"), say("precision"), say("shape"), say("catalogue"), say("rows")),
        *(say("least"), say("median"), say("most"), say("error"), say("in band")),
    )
    rows = [
        (
            item.accelerator,
            item.precision,
            item.architecture,
            "-".join(say("{value:.2f}", value=value) for value in item.planned) if item.planned else say("no row"),
            str(item.measured.count),
            say("{low:.3f}", low=item.measured.low),
            say("{median:.3f}", median=item.measured.median),
            say("{high:.3f}", high=item.measured.high),
            "" if item.error is None else say("{error:+.0%}", error=item.error),
            "" if item.covered is None else say("{covered:.0%}", covered=item.covered),
        )
        for item in items
    ]
    return _table(*columns, of_words=(say("accelerator"), say("precision"), say("shape")), rows=rows)


def _coverage_lines(items: Sequence[Coverage]) -> Iterable[str]:
    yield say("central over measured median: {error}", error=_error_line(errors_of(item.error for item in items)))
    yield say("A benchmark shows what can be reached, a band what a run reaches: they need not be the same.")


def _runs(items: Sequence[Compared]) -> Table:
    """The single runs that can be compared, in thousands of accelerator-hours."""
    columns = (
        *(say("run"), say("on"), say("publ. kh"), say("ours kh")),
        *(say("low"), say("high"), say("ratio"), say("in band")),
    )
    rows = [
        (
            item.run.name,
            item.run.accelerator or "",
            *(_thousands(value) for value in (hours.published, hours.ours, hours.low, hours.high)),
            say("{ratio:.2f}", ratio=hours.ratio),
            say("yes") if item.covered else say("no"),
        )
        for item in items
        if item.counted and (hours := item.hours) is not None
    ]
    return _table(*columns, of_words=(say("run"), say("on"), say("in band")), rows=rows)


def _thousands(hours: float) -> str:
    return say("{hours:,.0f}", hours=hours / 1000) if hours >= 1e5 else say("{hours:,.1f}", hours=hours / 1000)


def _others(items: Sequence[Compared]) -> Table:
    """Days, energy, power and cost of the single runs, where published."""
    columns = (say("run"), "", say("published"), say("ours"), say("low"), say("high"), say("ratio"), "", say("basis"))
    rows = [
        (
            item.run.name,
            figure.name,
            *(_number(value) for value in (figure.published, figure.ours, figure.low, figure.high)),
            say("{ratio:.2f}", ratio=figure.ratio),
            figure.unit,
            figure.basis,
        )
        for item in items
        for figure in (item.others if item.run.scope == COUNTED else ())
    ]
    return _table(*columns, of_words=(say("run"), "", say("basis")), rows=rows)


def _other_ways(items: Sequence[Compared]) -> Table:
    """Runs that go on from a finished model, as a plan in their way calculates them: none is in the score or the
    band."""
    columns = (*(say("run"), say("way"), say("on"), say("publ. kh")), *(say("ours kh"), say("ratio"), say("in band")))
    rows = [
        (
            item.run.name,
            item.run.scope,
            item.run.accelerator or "",
            *(say("{value:,.1f}", value=value / 1000) for value in (hours.published, hours.ours)),
            say("{ratio:.2f}", ratio=hours.ratio),
            say("yes") if item.covered else say("no"),
        )
        for item in items
        if (hours := item.hours) is not None
    ]
    return _table(*columns, of_words=(say("run"), say("way"), say("on"), say("in band")), rows=rows)


def _other_way_line(item: Compared) -> str:
    """Why such a run cannot be compared; nothing of one that is."""
    if item.hours is not None:
        return ""
    published = "" if item.run.gpu_hours is None else say(", {gpu_hours:,f} h published", gpu_hours=item.run.gpu_hours)
    return say(
        "{item}: {missing}{published}", item=_named(item), missing=missing_words(item.why_not), published=published
    )


def _named(item: Compared) -> str:
    chip = item.run.accelerator or item.run.accelerator_published or say("accelerator not stated")
    return say("{run_name} ({chip}, {scope})", run_name=item.run.name, chip=chip, scope=item.run.scope)


def _left_out(items: Sequence[Compared]) -> Iterable[str]:
    """What is not counted and why, one line a run."""
    for item in items:
        if item.counted or item.other_way:
            continue
        if item.hours is None:
            yield say("{item}: {missing}", item=_named(item), missing=missing_words(item.why_not))
        else:
            hours = item.hours
            yield say(
                "{item}: published {published} kh, a single run would take {low}-{ours}-{high} kh",
                item=_named(item),
                published=_thousands(hours.published),
                low=_thousands(hours.low),
                ours=_thousands(hours.ours),
                high=_thousands(hours.high),
            )


def _score_lines(runs: Sequence[Compared], of_kinds: Sequence[Group]) -> Iterable[str]:
    found = score(runs)
    if found is None:
        yield say("No single run that can be compared.")
        return
    yield from _score_text(found)
    for kind in of_kinds:
        yield say(
            "  {name}: {count} runs, median {median:.2f} (chance alone: {low:.2f} to {high:.2f} in 9 of 10 such"
            " sets){leans}",
            name=kind.name,
            count=kind.count,
            median=kind.median_ratio,
            low=kind.chance_low,
            high=kind.chance_high,
            leans=say(": ours leans") if kind.leans else "",
        )


def _measure_lines(runs: Sequence[Compared]) -> Iterable[str]:
    for name, unit in MEASURES.items():
        errors = measure_errors(runs, name)
        if errors.count:
            yield say("{name} ({unit}): {errors}", name=name, unit=unit, errors=_error_line(errors))
    if any(not f.scored for c in runs if c.run.scope == COUNTED for f in c.others):
        yield say("identity: energy published as hours x rated power is rated power again; not scored")


def _score_text(found: Score) -> Iterable[str]:
    yield say(
        "{count} single runs: mean error {mean_error:.0%}, maximum {max_error:.0%}",
        count=found.count,
        mean_error=found.mean_error,
        max_error=found.max_error,
    )
    yield say("  the band covers {covered:.0%} of the published hours (required: 80 %)", covered=found.covered)
    yield say("  ours within a factor {near} for {near_2:.0%} (required: 50 %)", near=NEAR, near_2=found.near)
    median = say("{median_ratio:.2f}", median_ratio=found.median_ratio)
    yield say(
        "  band high over low at most {widest:.2f} (required: 3); median of ours over published {median}",
        widest=found.widest,
        median=median,
    )
