"""The other efficiencies for a reader, with the rows they rest on: goodput, overhead, size of cluster and of model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from optimizer.case.training import BILLION
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import licence_of
from optimizer.domain.evidence import RealRun
from optimizer.errors import UsageError
from optimizer.reference.efficiency_sheet import mfu_sheet, run_line, spread_words
from optimizer.reference.figure_lines import FigureLine, Sheet, figures, if_estimate, plain
from optimizer.units.language import say
from optimizer.validation import Evidence, load_evidence
from optimizer.validation.evidence import wide_peak
from optimizer.validation.runs import architecture_of, compare
from optimizer.validation.scale import Group, groups, middle_devices, pooled_slope, quartiles, reference_devices
from optimizer.validation.selector import select
from optimizer.validation.throughput import goodput_of, run_hours, spread


def goodput_sheet(catalogue: Catalogue, name: str = "") -> Sheet:
    """Goodput by accelerator, and the runs that publish both a steady state and their hours.

    Raises:
        DataError: no accelerator of that name, or evidence that cannot be read.
    """
    only = catalogue.find("accelerator", name) if name else None
    evidence = load_evidence(catalogue)
    shared: dict[tuple[str, bool, str], list[str]] = {}
    for row in catalogue.efficiencies.values():
        if row.assumption_set != catalogue.default_assumptions or only not in (None, row.accelerator):
            continue
        values = _ends(row.goodput_low, row.goodput, row.goodput_high)
        key = (values, row.is_estimate("goodput"), row.evidence_class)
        shared.setdefault(key, []).append(
            say(
                "{accelerator} {precision} {architecture}",
                accelerator=row.accelerator,
                precision=row.precision,
                architecture=row.architecture,
            )
        )
    title = say(
        "goodput under {catalogue}: share of the time that makes progress (low - central - high)",
        catalogue=catalogue.default_assumptions,
    )
    sections: Sheet = {title: []}
    for (values, is_estimate, _), members in shared.items():
        sections[title].append(FigureLine(name=", ".join(members), value=values, estimate=if_estimate(is_estimate)))
    if not shared:
        none = say("none: the data have no efficiency for it, so no plan uses it")
        sections[title].append(FigureLine(name=only or say("rows"), value=none))
    rests_on = say("rests on: whole-run efficiency over the reported steady state, 16-bit peak")
    sections[rests_on] = list(_goodput(evidence))
    return sections


def _ends(low: Decimal | None, central: Decimal, high: Decimal | None) -> str:
    """Low, central and high; a question mark represents what is not known."""
    return " - ".join("?" if value is None else plain(value) for value in (low, central, high))


def _goodput(evidence: Evidence) -> Iterable[FigureLine]:
    found: list[tuple[RealRun, float]] = []
    for run in evidence.runs:
        chip = evidence.catalogue.accelerators[run.accelerator] if run.accelerator else None
        peak = wide_peak(chip, "bf16") if chip else None
        value = None if peak is None else goodput_of(run, peak)
        if value is not None:
            found.append((run, value))
    summary = spread(value for _, value in found)
    if summary is not None:
        yield FigureLine(
            name=say("{count} runs", count=summary.count),
            value=spread_words(summary),
            meaning=say(
                "reported steady states count attention too, which 6 x parameters x tokens does not: "
                "the true goodput is higher by that share"
            ),
        )
    for run, _ in found:
        yield run_line("goodput", run, evidence)


def overhead_sheet(catalogue: Catalogue) -> Sheet:
    """Compute beyond the final run: what is reported next to an answer, and the runs that publish both.

    Raises:
        DataError: evidence that cannot be read.
    """
    evidence = load_evidence(catalogue)
    row = catalogue.parameters[(catalogue.default_assumptions, "usual_overhead")]
    lines = []
    for run in evidence.runs:
        hours = run_hours(run)
        if run.other_hours is not None and hours is not None:
            factor = 1 + float(run.other_hours) / hours
            text = say(
                "{factor:.2f} = ({hours:,.0f} + {other_hours:,.0f} h) / {hours:,.0f} h",
                factor=factor,
                hours=hours,
                other_hours=float(run.other_hours),
            )
            lines.append(
                FigureLine(
                    name=run.name,
                    value=text,
                    meaning=say("{note} [{source}]", note=run.note, source=run.source),
                    licence=licence_of(catalogue, run.source),
                )
            )
    title = say(
        "overhead under {rows}: all the compute of a project over that of the final run",
        rows=catalogue.default_assumptions,
    )
    return {title: figures(row, catalogue, ("assumption_set",)), say("rests on"): lines}


def scale_sheet(catalogue: Catalogue) -> Sheet:
    """What the sizes of the cluster and of the model make of MFU, and how that follows from the measurements; and what
    several sites that share one run make of its speed.

    Raises:
        DataError: evidence that cannot be read, or that finds no row.
    """
    evidence = load_evidence(catalogue)
    brackets = catalogue.brackets[catalogue.default_assumptions]
    sections: Sheet = {
        say("size of the cluster: factor on the MFU (low - central - high)"): [
            FigureLine(
                name=say(
                    "{min_devices:,} to {max_devices:,} devices",
                    min_devices=row.min_devices,
                    max_devices=row.max_devices,
                ),
                value=_ends(row.mfu_factor_low, row.mfu_factor, row.mfu_factor_high),
                meaning=say("represents {row:,.0f} devices", row=middle_devices(row)),
                estimate=if_estimate(row.is_estimate("mfu_factor")),
            )
            for row in brackets
        ]
    }
    if text := next((row.evidence for row in brackets if row.evidence), ""):
        rests_on = say("{what}: rests on", what=say("size of the cluster"))
        sections[rests_on] = list(_cluster(groups(select(text, evidence).throughput), evidence))
    title = say("size of the model: what a doubling multiplies MFU x goodput by (low - central - high)")
    sections[title] = sizes = []
    for size in catalogue.model_sizes[catalogue.default_assumptions]:
        who = say(
            "{generations}, {architectures}",
            generations=plain(size.generations),
            architectures=plain(size.architectures),
        )
        value = say("none")
        if size.per_doubling != 1:
            value = say(
                "{ends}; 1 at {at_one}B active parameters, level below {low}B and above {high}B",
                ends=_ends(size.per_doubling_low, size.per_doubling, size.per_doubling_high),
                at_one=plain(size.params_at_one_b),
                low=plain(size.params_from_b),
                high=plain(size.params_to_b),
            )
        guess = if_estimate(size.is_estimate("per_doubling"))
        sizes.append(FigureLine(name=who, value=value, meaning=size.note, estimate=guess))
        if size.evidence and not size.has_no_source:
            runs = [run for run in select(size.evidence, evidence).runs if architecture_of(run) in size.architectures]
            sections[say("{who}: comes from", who=who)] = list(_models(runs, evidence))
    title = say("several sites that share one run: what the speed is multiplied by (low - central - high)")
    sections[title] = list(_distribution(catalogue))
    return sections


def _distribution(catalogue: Catalogue) -> Iterable[FigureLine]:
    places = {"domestic": say("sites in one country"), "international": say("sites in several countries")}
    for (name, where), row in catalogue.distribution.items():
        if name == catalogue.default_assumptions:
            yield FigureLine(
                name=places[where],
                value=_ends(row.efficiency_low, row.efficiency, row.efficiency_high),
                meaning=say("{note} [{source}]", note=row.note, source=row.source).strip(),
                estimate=if_estimate(row.is_estimate("efficiency")),
                licence=licence_of(catalogue, row.source),
            )


def _cluster(found: tuple[Group, ...], evidence: Evidence) -> Iterable[FigureLine]:
    brackets = evidence.catalogue.brackets[evidence.catalogue.default_assumptions]
    counts = [run.count for run in evidence.runs if run.count is not None and compare(run, evidence).counted]
    strong, weak = quartiles(found)
    yield FigureLine(
        name=say("loss for a doubling of the devices"),
        value=say("{found}, pooled over {found_2} groups", found=_loss(pooled_slope(found)), found_2=len(found)),
        meaning=say("quartiles of the groups {weak} and {strong}", weak=_loss(weak), strong=_loss(strong)),
    )
    yield FigureLine(
        name=say("no loss at"),
        value=say("{brackets:,.0f} devices", brackets=reference_devices(brackets, counts)),
        meaning=say("where the mean of the {counts} runs of known size behind MFU x goodput is 1", counts=len(counts)),
    )
    for group in found:
        speeds = ", ".join(
            say("{devices:,}: {tokens_per_s}", devices=row.devices, tokens_per_s=plain(row.tokens_per_s or row.tflops))
            for row in group.rows
        )
        unit = "tokens/s" if group.rows[0].tokens_per_s is not None else "TFLOP/s"
        yield FigureLine(
            name=group.name,
            value=say(
                "{slope} a doubling ({unit} a device at {speeds})", slope=_loss(group.slope), unit=unit, speeds=speeds
            ),
            meaning=say(
                "{rows_id} to {rows_id_2} [{source}]",
                rows_id=group.rows[0].id,
                rows_id_2=group.rows[-1].id,
                source=group.rows[0].source,
            ),
            licence=licence_of(evidence.catalogue, group.rows[0].source),
        )


def _loss(slope: float) -> str:
    return say("{value:.1%}", value=1 - math.exp(slope))


def _models(runs: Iterable[RealRun], evidence: Evidence) -> Iterable[FigureLine]:
    compared = [compare(run, evidence) for run in runs]
    for item in sorted(compared, key=lambda one: one.run.params_active or 0):
        if item.reached is not None and item.run.params_active is not None:
            yield FigureLine(
                name=say(
                    "{name}, {size:.1f}B active", name=item.run.name, size=float(item.run.params_active) / BILLION
                ),
                value=say(
                    "{reached:.2f} of MFU x goodput x the factor of the cluster ({cluster_factor:g}); on the line "
                    "{line:.2f}",
                    reached=item.reached,
                    cluster_factor=item.cluster_factor,
                    line=item.model_factor,
                ),
                meaning=item.run.source,
                licence=licence_of(evidence.catalogue, item.run.source),
            )


def efficiency_view(catalogue: Catalogue, names: Sequence[str]) -> Sheet | None:
    """One of the views of efficiency with the rows that it rests on; None where something else is meant.

    Args:
        catalogue: the data.
        names: what is named: mfu or goodput and an accelerator, goodput, overhead or scale.

    Raises:
        UsageError: mfu without an accelerator.
        InputError: no accelerator of that name.
        DataError: evidence that cannot be read, or that finds no row.
    """
    what, rest = names[0], " ".join(names[1:])
    if what in ("mfu", "goodput") and rest:
        rest = catalogue.find("accelerator", rest)
    if what == "mfu":
        if not rest:
            raise UsageError.say("mfu is shown for one accelerator: name it, as in optimizer data show mfu h100")
        return mfu_sheet(catalogue, rest)
    if what == "goodput":
        return goodput_sheet(catalogue, rest)
    if what in ("overhead", "scale") and not rest:
        return overhead_sheet(catalogue) if what == "overhead" else scale_sheet(catalogue)
    return None
