"""Published beside ours, as tables and as one JSON document."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from optimizer.errors import Problem
from optimizer.reference.other_runs import print_other_ways
from optimizer.validation import Evidence
from optimizer.validation.golden import Sum, sums
from optimizer.validation.measured import Coverage, Speed, coverage, speeds
from optimizer.validation.runs import COUNTED, NEAR, Compared, Score, compare, score

if TYPE_CHECKING:
    from rich.console import Console

    from optimizer.domain.evidence import RealRun

MEASURES = {"days": "days", "energy": "MWh", "power": "kW", "cost": "USD"}


@dataclass(frozen=True, eq=False)
class Validation:
    """All that is held against the world, computed."""

    golden: tuple[Sum, ...]
    speeds: tuple[Speed, ...]
    coverage: tuple[Coverage, ...]
    runs: tuple[Compared, ...]
    further: tuple[Compared, ...] | None
    """Runs of the user's file; None without one."""
    problems: tuple[Problem, ...]


def validate(evidence: Evidence, further: Sequence[RealRun] | None, problems: Sequence[Problem] = ()) -> Validation:
    """Hold the catalogue against golden sums, throughput table, real runs and the user's further runs."""
    return Validation(
        sums(evidence),
        speeds(evidence),
        coverage(evidence),
        tuple(compare(run, evidence) for run in evidence.runs),
        None if further is None else tuple(compare(run, evidence) for run in further),
        tuple(problems),
    )


def _errors(errors: Iterable[float]) -> tuple[int, float, float]:
    """How many, mean and maximum of the absolute errors."""
    some = [abs(error) for error in errors]
    return (len(some), statistics.fmean(some), max(some)) if some else (0, 0.0, 0.0)


def _measure(runs: Iterable[Compared], name: str) -> list[float]:
    """Ours over published, less one, of days, energy, power or cost of the single runs; identities left out."""
    return [f.ratio - 1 for c in runs if c.run.scope == COUNTED for f in c.others if f.name == name and f.scored]


# --- JSON ------------------------------------------------------------------------------------------------------------


def document(found: Validation) -> dict[str, Any]:
    """The validation as one JSON document."""
    out: dict[str, Any] = {
        "golden": {
            **_summary(item.error for item in found.golden),
            "within_tolerance": sum(item.within for item in found.golden),
            "rows": [
                {
                    "id": item.row.id,
                    "checks": item.row.checks,
                    "unit": item.row.unit,
                    "published": float(item.row.expected),
                    "ours": item.ours,
                    "error": item.error,
                    "tolerance": float(item.row.rel_tol),
                    "within": item.within,
                    "source": item.row.source_url,
                }
                for item in found.golden
            ],
        },
        "throughput": {
            **_summary(item.error for item in found.speeds),
            "rows": [
                {
                    "id": item.row.id,
                    "published_tflops": float(item.row.tflops or 0),
                    "ours_tflops": item.ours,
                    "error": item.error,
                }
                for item in found.speeds
            ],
            "mfu": [{**asdict(item), "error": item.error} for item in found.coverage],
            "mfu_error": _summary(item.error for item in found.coverage if item.error is not None),
        },
        "real_runs": _runs_document(found.runs),
    }
    if found.further is not None:
        out["further_runs"] = _runs_document(found.further)
        out["problems"] = [{**asdict(problem), "text": str(problem)} for problem in found.problems]
    return out


def _summary(errors: Iterable[float]) -> dict[str, Any]:
    count, mean, most = _errors(errors)
    return {"count": count, "mean_error": mean, "max_error": most}


def _runs_document(runs: Sequence[Compared]) -> dict[str, Any]:
    counted = score(runs)
    return {
        "score": None if counted is None else asdict(counted),
        **{name: _summary(_measure(runs, name)) for name in MEASURES},
        "rows": [_run_document(item) for item in runs],
    }


def _run_document(item: Compared) -> dict[str, Any]:
    run, hours = item.run, item.hours
    return {
        "name": run.name,
        "accelerator": run.accelerator,
        "accelerator_published": run.accelerator_published,
        "precision": run.precision,
        "scope": run.scope,
        "counted": item.counted,
        "why_not": item.why_not,
        "hours": None if hours is None else {**asdict(hours), "ratio": hours.ratio},
        "model_factor": item.model_factor,
        "cluster_factor": item.cluster_factor,
        "covered": item.covered,
        "within_1_35": item.near,
        "others": [{**asdict(figure), "ratio": figure.ratio} for figure in item.others],
        "source": run.source,
    }


# --- text ------------------------------------------------------------------------------------------------------------


def print_validation(found: Validation, console: Console) -> None:
    """Print the tables: golden sums, throughput, real runs, further runs."""
    from rich.text import Text

    def title(text: str) -> None:
        console.print(Text(text, style="bold"))

    if found.further is None:
        title("Golden sums: published sums, recomputed")
        console.print(_golden(found.golden))
        _say(console, [_error_line(item.error for item in found.golden), _golden_line(found.golden)])
        title("FLOP count of a token, 6 N + 12 L d s, x published tokens/s, against published TFLOP/s")
        console.print(_speeds(found.speeds))
        _say(console, [_error_line(item.error for item in found.speeds)])
        title("MFU of the catalogue (low-central-high) beside the measurements, 6 N basis, up to 8,192 tokens")
        console.print(_coverage(found.coverage))
        _say(console, list(_coverage_lines(found.coverage)))
    shown = found.runs if found.further is None else found.further
    title(
        f"{'Further' if found.further is not None else 'Real'} runs: thousands of accelerator-hours, published and ours"
    )
    if any(item.counted for item in shown):
        console.print(_runs(shown))
    _say(console, list(_score_lines(shown)))
    if any(item.others for item in shown):
        title("Days, energy, power of a device and cost of these runs, where published")
        console.print(_others(shown))
        _say(console, list(_measure_lines(shown)))
    print_other_ways(shown, console)
    if not all(item.counted or item.other_way for item in shown):
        title("Not counted: no single run (column scope), or nothing to compare")
        _say(console, list(_left_out(shown)))
    if found.further is not None:
        title("Beside the runs of the data folder")
        _say(console, list(_score_lines(found.runs)))


def _say(console: Console, lines: Sequence[str]) -> None:
    from rich.text import Text

    for line in lines:
        console.print(Text(line))
    console.print("")


def _table(*columns: str, left: Sequence[str] = ()) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for name in columns:
        table.add_column(name, justify="left" if name in left else "right")
    return table


def _number(value: float) -> str:
    """Four significant digits, whole numbers in full."""
    if abs(value) >= 1e9:
        return f"{value:.3e}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _error_line(errors: Iterable[float]) -> str:
    count, mean, most = _errors(errors)
    return f"{count} compared: mean error {mean:.2%}, maximum {most:.2%}"


def _golden_line(items: Sequence[Sum]) -> str:
    return f"{sum(item.within for item in items)} of {len(items)} within their own tolerance"


def _golden(items: Sequence[Sum]) -> Any:
    table = _table("sum", "unit", "published", "ours", "error", "tolerance", "", left=("sum", "unit", ""))
    for item in items:
        table.add_row(
            item.row.id,
            item.row.unit,
            _number(float(item.row.expected)),
            _number(item.ours),
            f"{item.error:+.2%}",
            f"{float(item.row.rel_tol):.2%}",
            "ok" if item.within else "OUTSIDE",
        )
    return table


def _speeds(items: Sequence[Speed]) -> Any:
    table = _table(
        "publication", "accelerator", "precision", "rows", "mean", "maximum", left=("publication", "accelerator")
    )
    groups: dict[tuple[str, str, str], list[float]] = {}
    for item in items:
        key = (item.row.publication, item.row.accelerator, item.row.precision)
        groups.setdefault(key, []).append(item.error)
    for names, errors in groups.items():
        count, mean, most = _errors(errors)
        table.add_row(*names, str(count), f"{mean:.2%}", f"{most:.2%}")
    return table


def _coverage(items: Sequence[Coverage]) -> Any:
    columns = ("accelerator", "precision", "shape", "catalogue", "rows", "least", "median", "most", "error", "in band")
    table = _table(*columns, left=("accelerator", "precision", "shape"))
    for item in items:
        table.add_row(
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
    return table


def _coverage_lines(items: Sequence[Coverage]) -> Iterable[str]:
    errors = _error_line(item.error for item in items if item.error is not None)
    yield f"central over measured median: {errors}"
    yield "A benchmark shows what can be reached, a band what a run reaches: they need not be the same."


def _runs(items: Sequence[Compared]) -> Any:
    """The single runs that can be compared, in thousands of accelerator-hours."""
    columns = ("run", "on", "publ. kh", "ours kh", "low", "high", "ratio", "in band")
    table = _table(*columns, left=("run", "on", "in band"))
    for item in items:
        if not item.counted or item.hours is None:
            continue
        hours = item.hours
        table.add_row(
            item.run.name,
            item.run.accelerator,
            *(_thousands(value) for value in (hours.published, hours.ours, hours.low, hours.high)),
            f"{hours.ratio:.2f}",
            "yes" if item.covered else "no",
        )
    return table


def _thousands(hours: float) -> str:
    return f"{hours / 1000:,.0f}" if hours >= 1e5 else f"{hours / 1000:,.1f}"


def _others(items: Sequence[Compared]) -> Any:
    """Days, energy, power and cost of the single runs, where published."""
    columns = ("run", "", "published", "ours", "low", "high", "ratio", "", "basis")
    table = _table(*columns, left=("run", "", "unit", "basis"))
    for item in items:
        for figure in item.others if item.run.scope == COUNTED else ():
            table.add_row(
                item.run.name,
                figure.name,
                *(_number(value) for value in (figure.published, figure.ours, figure.low, figure.high)),
                f"{figure.ratio:.2f}",
                figure.unit,
                figure.basis,
            )
    return table


def _left_out(items: Sequence[Compared]) -> Iterable[str]:
    """What is not counted and why, one line a run."""
    for item in items:
        if item.counted or item.other_way:
            continue
        chip = item.run.accelerator or item.run.accelerator_published or "accelerator not stated"
        if item.hours is None:
            yield f"{item.run.name} ({chip}, {item.run.scope}): {item.why_not}"
        else:
            hours = item.hours
            yield (
                f"{item.run.name} ({chip}, {item.run.scope}): published {_thousands(hours.published)} kh, "
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
        errors = _measure(runs, name)
        if errors:
            yield f"{name} ({unit}): {_error_line(errors)}"
    if any(not f.scored for c in runs if c.run.scope == COUNTED for f in c.others):
        yield "identity: energy published as hours x rated power is rated power again; not scored"


def _score_text(found: Score) -> Iterable[str]:
    yield f"{found.count} single runs: mean error {found.mean_error:.0%}, maximum {found.max_error:.0%}"
    yield f"  the band covers {found.covered:.0%} of the published hours (asked: 80 %)"
    yield f"  ours within a factor {NEAR} for {found.near:.0%} (asked: 50 %)"
    median = f"{found.median_ratio:.2f}"
    yield f"  band high over low at most {found.widest:.2f} (asked: 3); median of ours over published {median}"
