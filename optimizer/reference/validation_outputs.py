"""What is compared with the world, as data: golden sums, throughput, runs; and every comparison as a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import BeforeValidator

from optimizer.answers.form.shapes import Plain, Shape, Sparse, cell, entry
from optimizer.errors import Problem
from optimizer.units.language import say
from optimizer.validation.comparison import MEASURES, Errors, Validation, errors_of, measure_errors
from optimizer.validation.groups import Group
from optimizer.validation.runs import Compared, MissingKind, NotCompared, score


class SummaryOut(Shape):
    """Absolute errors of some comparisons, ours over published less one."""

    count: int
    mean_error: float
    max_error: float


class SumOut(Shape):
    """A published sum next to ours."""

    id: str = entry(path="row.id")
    checks: str = entry("what it guards", path="row.checks")
    unit: str = entry(path="row.unit")
    published: Plain = entry(path="row.expected")
    ours: float
    error: float
    tolerance: Plain = entry(path="row.rel_tol")
    within: bool
    source: str = entry(path="row.source_url")


class GoldenOut(SummaryOut):
    """Published sums, recomputed."""

    within_tolerance: int
    rows: tuple[SumOut, ...]


class SpeedOut(Shape):
    """A published speed next to ours."""

    id: str = entry(path="row.id")
    published_tflops: Plain = entry(path="row.tflops")
    ours_tflops: float = entry(path="ours")
    error: float


class SpreadOut(Shape):
    """Least, median and greatest of some measurements."""

    count: int
    low: float
    median: float
    high: float


class CoverageOut(Shape):
    """The catalogue's MFU next to the measurements."""

    accelerator: str
    precision: str
    architecture: str
    planned: tuple[float, float, float] | None = entry("low, central, high; null where the catalogue has no row")
    measured: SpreadOut
    covered: float | None = entry("share of the measurements within low and high")
    error: float | None = entry("central over the median of the measurements, less one")


class ThroughputOut(SummaryOut):
    """The FLOP count of a token against published speeds, and MFU against measurements."""

    rows: tuple[SpeedOut, ...]
    mfu: tuple[CoverageOut, ...]
    mfu_error: SummaryOut


class FigureOut(Shape):
    """A published figure of a run next to ours."""

    name: str
    unit: str
    published: float
    ours: float
    low: float
    high: float
    basis: str = entry("what the published figure counts, where that decides what the comparison shows")
    scored: bool = entry("false where ours and the published figure are one figure")
    ratio: float = entry("ours over published")


class RunOut(Shape):
    """A run compared with the catalogue."""

    name: str = entry(path="run.name")
    accelerator: str | None = entry(path="run.accelerator")
    accelerator_published: str = entry(path="run.accelerator_published")
    precision: str | None = entry(path="run.precision")
    scope: str = entry(path="run.scope")
    counted: bool
    why_not: Annotated[str, BeforeValidator(missing_words)]
    hours: FigureOut | None
    model_factor: float
    cluster_factor: float
    covered: bool | None = entry("whether the published hours are within the band")
    within_1_35: bool | None = entry(path="near")
    others: tuple[FigureOut, ...]
    source: str = entry(path="run.source")


class ScoreOut(Shape):
    """What the runs that count show."""

    count: int
    covered: float
    near: float
    widest: float
    median_ratio: float
    mean_error: float
    max_error: float


class GroupOut(Shape):
    """Single runs of an architecture, or of a generation."""

    name: str
    count: int
    median_ratio: float = entry("median of ours over published")
    chance_low: float = entry("9 in 10 medians of this number of runs are above, if ours lean to neither side")
    chance_high: float = entry("and below")
    leans: bool = entry("whether the median lies beyond both")


class RunsOut(Shape):
    """Real runs next to ours."""

    score: ScoreOut | None
    groups: tuple[GroupOut, ...] = entry("by architecture and generation, of two runs or more")
    days: SummaryOut
    energy: SummaryOut
    power: SummaryOut
    cost: SummaryOut
    rows: tuple[RunOut, ...]


class ProblemOut(Shape):
    """A row of the user's file that cannot be read."""

    rule: str
    file: str | None
    line: int | None
    column: str | None
    value: str | None
    remedy: str | None
    text: str


class ValidationOut(Sparse):
    """Everything that is compared with the world."""

    golden: GoldenOut
    throughput: ThroughputOut
    real_runs: RunsOut
    further_runs: RunsOut | None = entry("runs of the user's file", default=None)
    problems: tuple[ProblemOut, ...] | None = entry("rows of that file that cannot be read", default=None)


class ValidationRow(Shape):
    """A published figure next to ours."""

    part: Literal["golden", "throughput", "mfu", "real_runs", "further_runs", "power"] = entry(
        "golden: a published sum; throughput: speed of a device; mfu: the catalogue's next to the measured median; "
        "power: the supply of a site by another program"
    )
    name: str = entry("of the sum, measurement, run or case; of MFU, accelerator, precision and architecture")
    accelerator: str | None = cell("accelerator id")
    precision: str | None = cell("training precision")
    scope: str | None = cell("what the published hours of a run cover")
    quantity: str | None = cell("what is compared")
    unit: str | None = cell("its unit")
    published: float | None = cell("as published; of MFU, the median of the measurements")
    ours: float | None = cell("what this package computes, central")
    low: float | None = cell("low end of our band")
    high: float | None = cell("high end of our band")
    error: float | None = cell("ours over published, less one", "share")
    tolerance: float | None = cell("error that the sum may have", "share")
    within: bool | None = cell("whether the error is within the tolerance, or the published figure within the band")
    counted: bool | None = cell("whether it counts in the score of the runs")
    basis: str | None = cell("what the published figure counts, where that decides what the comparison shows")
    why_not: str | None = cell("why a run cannot be compared")
    source: str | None = cell("where it is published")


def outputs(found: Validation) -> ValidationOut:
    """The validation as data."""
    return ValidationOut(
        golden=GoldenOut(
            **asdict(errors_of(item.error for item in found.golden)),
            within_tolerance=sum(item.within for item in found.golden),
            rows=tuple(map(SumOut.model_validate, found.golden)),
        ),
        throughput=ThroughputOut(
            **asdict(errors_of(item.error for item in found.speeds)),
            rows=tuple(map(SpeedOut.model_validate, found.speeds)),
            mfu=tuple(map(CoverageOut.model_validate, found.coverage)),
            mfu_error=_summary(errors_of(item.error for item in found.coverage)),
        ),
        real_runs=_runs(found.runs, found.groups),
        further_runs=None if found.further is None else _runs(found.further, found.further_groups),
        problems=None if found.further is None else tuple(map(_problem, found.problems)),
    )


def _problem(problem: Problem) -> ProblemOut:
    reported = {name: value for name, value in asdict(problem).items() if name in ProblemOut.model_fields}
    return ProblemOut(**reported, text=str(problem))


def _summary(errors: Errors) -> SummaryOut:
    return SummaryOut.model_validate(errors)


def _runs(runs: Sequence[Compared], of_kinds: Sequence[Group]) -> RunsOut:
    counted = score(runs)
    return RunsOut(
        score=None if counted is None else ScoreOut.model_validate(counted),
        groups=tuple(map(GroupOut.model_validate, of_kinds)),
        **{name: _summary(measure_errors(runs, name)) for name in MEASURES},
        rows=tuple(map(RunOut.model_validate, runs)),
    )


def rows(found: Validation) -> Iterator[ValidationRow]:
    """One row a comparison; of a run that cannot be compared, one that says why. With further runs those alone."""
    if found.further is not None:
        yield from _run_rows("further_runs", found.further)
        return
    for item in found.golden:
        yield ValidationRow(
            part="golden",
            name=item.row.id,
            quantity=item.row.checks,
            unit=item.row.unit,
            published=float(item.row.expected),
            ours=item.ours,
            error=item.error,
            tolerance=float(item.row.rel_tol),
            within=item.within,
            source=item.row.source_url,
        )
    for speed in found.speeds:
        yield ValidationRow(
            part="throughput",
            name=speed.row.id,
            accelerator=speed.row.accelerator,
            precision=speed.row.precision,
            quantity="speed of a device",
            unit="TFLOP/s",
            published=float(speed.row.tflops or 0),
            ours=speed.ours,
            error=speed.error,
            source=speed.row.source,
        )
    for one in found.coverage:
        low, central, high = one.planned or (None, None, None)
        yield ValidationRow(
            part="mfu",
            name=f"{one.accelerator} {one.precision} {one.architecture}",
            accelerator=one.accelerator,
            precision=one.precision,
            quantity="MFU",
            unit="share",
            published=one.measured.median,
            ours=central,
            low=low,
            high=high,
            error=one.error,
        )
    yield from _run_rows("real_runs", found.runs)


def _run_rows(part: Literal["real_runs", "further_runs"], runs: Sequence[Compared]) -> Iterator[ValidationRow]:
    """The hours of each run, then what else is published of it."""
    for item in runs:
        run = item.run
        for figure in (item.hours, *item.others):
            if figure is None and item.others:
                continue
            compared = {} if figure is None else asdict(figure) | {"quantity": figure.name, "error": figure.ratio - 1}
            yield ValidationRow(
                part=part,
                name=run.name,
                accelerator=run.accelerator,
                precision=run.precision,
                scope=run.scope,
                within=item.covered if figure is item.hours else None,
                counted=item.counted,
                why_not=missing_words(item.why_not) or None,
                source=run.source,
                **{name: value for name, value in compared.items() if name not in ("name", "scored")},
            )


def missing_words(missing: NotCompared | str | None) -> str:
    """Why a run cannot be compared: "no hours published"; empty where it can; a text that was read back as it is."""
    if missing is None or isinstance(missing, str):
        return missing or ""
    shown = say(
        "{accelerator} in {precision}, {architecture}",
        accelerator=missing.accelerator,
        precision=missing.precision,
        architecture=missing.architecture,
    )
    return {
        MissingKind.ACCELERATOR: say("accelerator not in the catalogue"),
        MissingKind.EFFICIENCY: say("no efficiency in the data for {shown}", shown=shown),
        MissingKind.SIZE: say("parameters or tokens not published"),
        MissingKind.HOURS: say("no hours published"),
    }[missing.kind]
