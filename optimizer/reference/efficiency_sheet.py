"""What an accelerator's efficiency is taken to be, how it stands to other generations, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optimizer.catalogue import Catalogue
from optimizer.domain import Efficiency
from optimizer.domain.evidence import RealRun, Throughput
from optimizer.domain.rows import Precision
from optimizer.reference.figure_lines import FigureLine, Sheet, if_estimate
from optimizer.validation import Evidence, load_evidence
from optimizer.validation.evidence import default_set, wide_peak
from optimizer.validation.measured import (
    Spread,
    goodput_of,
    like_for_like,
    mfu_6nd,
    planned_tflops,
    precision_gain,
    spread,
    whole_run_mfu,
)
from optimizer.validation.runs import NEAR, compare, score
from optimizer.validation.selector import resolve

GENERATIONS = (
    ("h100_sxm5_80", "a100_sxm4_80"),
    ("b200_sxm_180", "h100_sxm5_80"),
    ("gb200_nvl72", "h100_sxm5_80"),
    ("gb300_nvl72", "h100_sxm5_80"),
    ("mi300x", "h100_sxm5_80"),
)
"""Newer over older: the ratios that are told beside an accelerator."""


def mfu_sheet(catalogue: Catalogue, name: str) -> Sheet:
    """Efficiency of an accelerator by precision and architecture, with its ratios and evidence, by section.

    Raises:
        DataError: no accelerator of that name, or evidence that cannot be read.
    """
    key = catalogue.find("accelerator", name)
    evidence = load_evidence(catalogue)
    rows = [
        row
        for row in catalogue.efficiencies.values()
        if row.accelerator == key and row.assumption_set == default_set(catalogue)
    ]
    chip = catalogue.accelerators[key]
    sections: Sheet = {
        f"{chip.name} ({key}): efficiency under {default_set(catalogue)}": [
            FigureLine(
                name="rows",
                value=str(len(rows)) if rows else "none: no evidence, so no plan uses it",
                meaning="MFU: share of the dense peak of the stated precision in steady state, on 6 x active "
                "parameters x tokens; goodput: share of the time that makes progress",
            )
        ]
    }
    for row in rows:
        sections[f"{row.precision}, {row.architecture}"] = _row(row, evidence)
        sections[f"{row.precision}, {row.architecture}: rests on"] = list(_rests_on(row, evidence))
    if rows:
        sections["ratios in steady state, peak x MFU (central)"] = list(_ratios(key, rows, evidence))
        sections["whole runs"] = list(_whole_runs(key, evidence))
    return sections


def _row(row: Efficiency, evidence: Evidence) -> list[FigureLine]:
    """Low, central and high of MFU and goodput, and the speed that follows."""
    lines = []
    for name in ("mfu", "goodput"):
        values = [getattr(row, f"{name}{suffix}") for suffix in ("_low", "", "_high")]
        guessed = [f"{name}{suffix}" for suffix in ("_low", "", "_high") if row.is_estimate(f"{name}{suffix}")]
        every = len(guessed) == len(values)
        line = FigureLine(
            name=name,
            value=" - ".join("?" if v is None else format(v, "f") for v in values),
            meaning=f"estimates: {', '.join(guessed)}" if guessed and not every else None,
            estimate=if_estimate(every),
        )
        lines.append(line)
    args = (evidence.catalogue, row.accelerator, row.precision, row.architecture)
    steady, whole = planned_tflops(*args), planned_tflops(*args, goodput=True)
    if steady is not None and whole is not None:
        value = f"{steady:.0f} steady, {whole:.0f} with goodput"
        lines.append(FigureLine(name="speed of a device", value=value, unit="TFLOP/s"))
    said = [("evidence", row.evidence_class), ("source", row.source), ("as_of", row.as_of)]
    return lines + [FigureLine(name=n, value=v) for n, v in (*said, *[("note", row.note)] * bool(row.note))]


def _rests_on(row: Efficiency, evidence: Evidence) -> Iterable[FigureLine]:
    found = resolve(row, evidence)
    for other in found.efficiency:
        yield FigureLine(
            name="derived from",
            value=f"{other.accelerator} {other.precision} {other.architecture}: "
            f"MFU {other.mfu}, goodput {other.goodput}",
        )
    # one summary for one peak: a median over FP8 and BF16, or over two accelerators, would be of nothing
    kinds = dict.fromkeys((item.publication, item.accelerator, item.precision) for item in found.throughput)
    for kind in kinds:
        some = [item for item in found.throughput if (item.publication, item.accelerator, item.precision) == kind]
        summary = spread(value for value in map(mfu_6nd, some) if value is not None)
        words = spread_words(summary) if summary else "hardware FLOP only"
        name = f"{kind[0]}, {kind[1]} in {kind[2]}"
        yield FigureLine(name=name, value=f"{len(some)} measurements, MFU {words}", meaning=some[0].source)
        yield from map(_throughput_line, some)
    for what, runs in (("whole run", found.runs), ("goodput", found.goodput)):
        for run in runs:
            yield run_line(what, run, evidence)
    if not (found.count or found.goodput):
        yield FigureLine(name="no rows", value="a planning estimate; see the note")


def _throughput_line(row: Throughput) -> FigureLine:
    mfu = mfu_6nd(row)
    told = f"MFU {mfu:.3f}" if mfu is not None else f"HFU {row.hfu_published}"
    if mfu is not None and row.mfu_published is not None:
        told += f" (published {row.mfu_published}, attention counted)"
    where = [row.model, f"{row.precision}"]
    if row.devices:
        where.append(f"{row.devices:,} devices")
    if row.seq_len:
        where.append(f"{row.seq_len:,} tokens")
    if row.publication == "vtrain":
        where.append(row.setup)
    return FigureLine(name=row.id, value=f"{told}: {', '.join(where)}")


def run_line(kind: str, run: RealRun, evidence: Evidence) -> FigureLine:
    """A run by its whole-run efficiency, or by what goodput it implies."""
    chip = evidence.catalogue.accelerators[run.accelerator] if run.accelerator else None
    peak = wide_peak(chip, (run.precision or "bf16") if kind == "whole run" else "bf16") if chip else None
    value = None
    if peak is not None:
        value = whole_run_mfu(run, peak) if kind == "whole run" else goodput_of(run, peak)
    told = "not computable" if value is None else f"{value:.3f}"
    if kind == "goodput":
        told += f" = whole-run efficiency over the reported steady state of {run.mfu_steady}"
    elif run.precision == "fp8":
        told += " of the FP8 peak"
    return FigureLine(name=f"{kind} {run.name}", value=told, meaning=run.source)


def spread_words(found: Spread) -> str:
    """Least, median and most."""
    return f"{found.low:.3f} - {found.median:.3f} - {found.high:.3f} (least, median, most)"


def _ratios(key: str, rows: Sequence[Efficiency], evidence: Evidence) -> Iterable[FigureLine]:
    """Catalogue's ratios by generation, with what was measured like for like, and the gain of FP8."""
    catalogue = evidence.catalogue
    pairs = [pair for pair in GENERATIONS if key in pair]
    if not pairs:
        pairs = [(key, "h100_sxm5_80"), (key, "a100_sxm4_80")]
    for newer, older in pairs:
        for row in rows:
            shape = [t for t in evidence.throughput if t.architecture == row.architecture]
            upper = planned_tflops(catalogue, newer, row.precision, row.architecture)
            lower = planned_tflops(catalogue, older, row.precision, row.architecture)
            if upper is None or lower is None or newer == older:
                continue
            seen = spread(like_for_like(shape, newer, older, row.precision))
            yield _ratio(f"{newer} over {older}, {row.precision}, {row.architecture}", upper / lower, seen)
    yield from _gain(key, "fp8", "bf16", rows, evidence)
    yield from _gain(key, "nvfp4", "fp8", rows, evidence)


def _gain(
    key: str, narrow: Precision, wide: Precision, rows: Sequence[Efficiency], evidence: Evidence
) -> Iterable[FigureLine]:
    for architecture in dict.fromkeys(row.architecture for row in rows if row.precision == narrow):
        upper = planned_tflops(evidence.catalogue, key, narrow, architecture)
        lower = planned_tflops(evidence.catalogue, key, wide, architecture)
        if upper is None or lower is None:
            continue
        shape = [t for t in evidence.throughput if t.architecture == architecture]
        seen = spread(precision_gain(shape, key, narrow, wide))
        yield _ratio(f"{narrow} over {wide}, {architecture}", upper / lower, seen)


def _ratio(name: str, planned: float, seen: Spread | None) -> FigureLine:
    measured = "not measured like for like in the tables held"
    if seen is not None:
        measured = f"measured in {seen.count} pairs: {spread_words(seen)}"
    return FigureLine(name=name, value=f"{planned:.2f}", meaning=measured)


def _whole_runs(key: str, evidence: Evidence) -> Iterable[FigureLine]:
    """How published hours on this accelerator's generation stand to the catalogue's."""
    generation = evidence.catalogue.accelerators[key].generation
    mine = [
        compare(run, evidence)
        for run in evidence.runs
        if run.accelerator and evidence.catalogue.accelerators[run.accelerator].generation == generation
    ]
    found = score(mine)
    if found is None:
        yield FigureLine(name=generation, value="no published single run")
        return
    yield FigureLine(
        name=generation,
        value=f"{found.count} single runs, {found.covered:.0%} within the band, "
        f"{found.near:.0%} within a factor {NEAR}",
        meaning="optimizer validate lists them",
    )
    for band in evidence.bands:
        if generation in band.generations or "*" in band.generations:
            sizes = "any other size" if band.params_below_b is None else f"less than {band.params_below_b}B"
            yield FigureLine(
                name=f"models of {sizes}",
                value=f"whole run = MFU x goodput x factors of size, band x {band.band_low} to x {band.band_high}",
                meaning=band.note,
            )
