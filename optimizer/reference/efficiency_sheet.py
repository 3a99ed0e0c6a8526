"""What an accelerator's efficiency is taken to be, how it stands to other generations, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import licence_of
from optimizer.domain import Efficiency
from optimizer.domain.evidence import RealRun, Throughput
from optimizer.domain.rows import Precision
from optimizer.reference.figure_lines import FigureLine, Sheet, if_estimate, plain, source_licence
from optimizer.units.language import Messages, say
from optimizer.validation import Evidence, load_evidence
from optimizer.validation.evidence import wide_peak
from optimizer.validation.runs import NEAR, compare, score
from optimizer.validation.selector import resolve
from optimizer.validation.throughput import (
    Spread,
    goodput_of,
    like_for_like,
    mfu_6nd,
    planned_tflops,
    precision_gain,
    spread,
    whole_run_mfu,
)

GENERATIONS = (
    ("h100_sxm5_80", "a100_sxm4_80"),
    ("b200_sxm_180", "h100_sxm5_80"),
    ("gb200_nvl72", "h100_sxm5_80"),
    ("gb300_nvl72", "h100_sxm5_80"),
    ("mi300x", "h100_sxm5_80"),
)
"""Newer over older: the ratios that are reported next to an accelerator."""


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
        if row.accelerator == key and row.assumption_set == catalogue.default_assumptions
    ]
    chip = catalogue.accelerators[key]
    title = say("{chip} ({key}): efficiency under {rows}", chip=chip.name, key=key, rows=catalogue.default_assumptions)
    sections: Sheet = {
        title: [
            FigureLine(
                name=say("rows"),
                value=str(len(rows)) if rows else say("none: no evidence, so no plan uses it"),
                meaning=say(
                    "MFU: share of the dense peak of the stated precision in steady state, on 6 x active "
                    "parameters x tokens; goodput: share of the time that makes progress"
                ),
            )
        ]
    }
    for row in rows:
        sections[f"{row.precision}, {row.architecture}"] = _row(row, evidence)
        sections[say("{what}: rests on", what=f"{row.precision}, {row.architecture}")] = list(_rests_on(row, evidence))
    if rows:
        sections[say("ratios in steady state, peak x MFU (central)")] = list(_ratios(key, rows, evidence))
        sections[say("whole runs")] = list(_whole_runs(key, evidence))
    return sections


def _row(row: Efficiency, evidence: Evidence) -> list[FigureLine]:
    """Low, central and high of MFU and goodput, and the speed that follows."""
    lines = []
    for name in ("mfu", "goodput"):
        values = [getattr(row, f"{name}{suffix}") for suffix in ("_low", "", "_high")]
        guessed = [
            say("{name}{suffix}", name=name, suffix=suffix)
            for suffix in ("_low", "", "_high")
            if row.is_estimate(say("{name}{suffix}", name=name, suffix=suffix))
        ]
        every = len(guessed) == len(values)
        line = FigureLine(
            name=name,
            value=" - ".join("?" if v is None else plain(v) for v in values),
            meaning=say("estimates: {guessed}", guessed=", ".join(guessed)) if guessed and not every else None,
            estimate=if_estimate(every),
        )
        lines.append(line)
    args = (evidence.catalogue, row.accelerator, row.precision, row.architecture)
    steady, whole = planned_tflops(*args), planned_tflops(*args, goodput=True)
    if steady is not None and whole is not None:
        value = say("{steady:.0f} steady, {whole:.0f} with goodput", steady=steady, whole=whole)
        lines.append(FigureLine(name=say("speed of a device"), value=value, unit="TFLOP/s"))
    said = [("evidence", row.evidence_class), ("source", row.source), ("as_of", row.as_of), ("note", row.note)]
    return lines + [
        FigureLine(name=name, value=value, licence=source_licence(evidence.catalogue, name, value))
        for name, value in said
        if value
    ]


def _rests_on(row: Efficiency, evidence: Evidence) -> Iterable[FigureLine]:
    found = resolve(row, evidence)
    for other in found.efficiency:
        yield FigureLine(
            name=say("derived from"),
            value=say(
                "{accelerator} {precision} {architecture}: MFU {mfu}, goodput {goodput}",
                accelerator=other.accelerator,
                precision=other.precision,
                architecture=other.architecture,
                mfu=other.mfu,
                goodput=other.goodput,
            ),
        )
    # one summary for one peak: a median over FP8 and BF16, or over two accelerators, would be of nothing
    kinds = dict.fromkeys((item.publication, item.accelerator, item.precision) for item in found.throughput)
    for kind in kinds:
        some = [item for item in found.throughput if (item.publication, item.accelerator, item.precision) == kind]
        summary = spread(value for value in map(mfu_6nd, some) if value is not None)
        words = spread_words(summary) if summary else say("hardware FLOP only")
        name = say("{kind}, {kind_2} in {kind_3}", kind=kind[0], kind_2=kind[1], kind_3=kind[2])
        yield FigureLine(
            name=name,
            value=say("{some} measurements, MFU {words}", some=len(some), words=words),
            meaning=some[0].source,
            licence=licence_of(evidence.catalogue, some[0].source),
        )
        yield from map(_throughput_line, some)
    for what, runs in (("whole run", found.runs), ("goodput", found.goodput)):
        for run in runs:
            yield run_line(what, run, evidence)
    if not (found.count or found.goodput):
        yield FigureLine(name=say("no rows"), value=say("a planning estimate; see the note"))


def _throughput_line(row: Throughput) -> FigureLine:
    mfu = mfu_6nd(row)
    text = (
        say("MFU {mfu:.3f}", mfu=mfu)
        if mfu is not None
        else say("HFU {hfu_published}", hfu_published=row.hfu_published)
    )
    if mfu is not None and row.mfu_published is not None:
        text += say(" (published {mfu_published}, attention counted)", mfu_published=row.mfu_published)
    where = [row.model, say("{precision}", precision=row.precision)]
    if row.devices:
        where.append(say("{devices:,} devices", devices=row.devices))
    if row.seq_len:
        where.append(say("{seq_len:,} tokens", seq_len=row.seq_len))
    if row.publication == "vtrain":
        where.append(row.setup)
    return FigureLine(name=row.id, value=say("{text}: {where}", text=text, where=", ".join(where)))


_OF_RUNS = Messages({"whole run": "whole run", "goodput": "goodput"})


def run_line(kind: str, run: RealRun, evidence: Evidence) -> FigureLine:
    """A run by its whole-run efficiency, or by what goodput it implies."""
    chip = evidence.catalogue.accelerators[run.accelerator] if run.accelerator else None
    peak = wide_peak(chip, (run.precision or "bf16") if kind == "whole run" else "bf16") if chip else None
    value = None
    if peak is not None:
        value = whole_run_mfu(run, peak) if kind == "whole run" else goodput_of(run, peak)
    text = say("not computable") if value is None else say("{value:.3f}", value=value)
    if kind == "goodput":
        text += say(" = whole-run efficiency over the reported steady state of {mfu_steady}", mfu_steady=run.mfu_steady)
    elif run.precision == "fp8":
        text += say(" of the FP8 peak")
    name = say("{kind} {run_name}", kind=_OF_RUNS[kind], run_name=run.name)
    licence = licence_of(evidence.catalogue, run.source)
    return FigureLine(name=name, value=text, meaning=run.source, licence=licence)


def spread_words(found: Spread) -> str:
    """Least, median and most."""
    return say(
        "{low:.3f} - {median:.3f} - {high:.3f} (least, median, most)",
        low=found.low,
        median=found.median,
        high=found.high,
    )


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
            yield _ratio(
                say(
                    "{newer} over {older}, {precision}, {architecture}",
                    newer=newer,
                    older=older,
                    precision=row.precision,
                    architecture=row.architecture,
                ),
                upper / lower,
                seen,
            )
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
        yield _ratio(
            say("{narrow} over {wide}, {architecture}", narrow=narrow, wide=wide, architecture=architecture),
            upper / lower,
            seen,
        )


def _ratio(name: str, planned: float, seen: Spread | None) -> FigureLine:
    measured = say("not measured under equal conditions in the data")
    if seen is not None:
        measured = say("measured in {count} pairs: {spread}", count=seen.count, spread=spread_words(seen))
    return FigureLine(name=name, value=say("{planned:.2f}", planned=planned), meaning=measured)


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
        yield FigureLine(name=generation, value=say("no published single run"))
        return
    yield FigureLine(
        name=generation,
        value=say(
            "{count} single runs, {covered:.0%} within the band, {near:.0%} within a factor {near_2}",
            count=found.count,
            covered=found.covered,
            near=found.near,
            near_2=NEAR,
        ),
        meaning=say("optimizer validate lists them"),
    )
    for band in evidence.bands:
        if generation in band.generations or "*" in band.generations:
            sizes = (
                say("any other size")
                if band.params_below_b is None
                else say("less than {params_below_b}B", params_below_b=band.params_below_b)
            )
            yield FigureLine(
                name=say("models of {sizes}", sizes=sizes),
                value=say(
                    "whole run = MFU x goodput x factors of size, band x {band_low} to x {band_high}",
                    band_low=band.band_low,
                    band_high=band.band_high,
                ),
                meaning=band.note,
            )
