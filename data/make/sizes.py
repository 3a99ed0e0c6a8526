"""Builds the figures of ``size_brackets.csv`` and ``model_sizes.csv`` from the runs and the measurements.

A step of ``python data/make``. The derivations stand in ``optimizer/validation/scale.py``; here stand what is
read, the brackets, and how figures are rounded. The words of a row (its generations, source, note) are kept.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from raw_tables import DATA, Row, read, written

from optimizer.catalogue import load_catalogue
from optimizer.domain import SizeBracket
from optimizer.validation import Evidence, load_evidence
from optimizer.validation.runs import architecture_of, compare
from optimizer.validation.scale import (
    SizeLine,
    factor,
    groups,
    middle_devices,
    pooled_slope,
    quartiles,
    reference_devices,
    size_line,
)
from optimizer.validation.selector import select

SET = "measured-2026"
FIRST, FINE, LAST = 256, 2_048, 16_384
"""Devices of the largest cluster of the first bracket, which is one, as from 8 to 128 nothing is lost; of the largest
that countries plan with a few MW; of the largest run with efficiency evidence. A bracket is half a doubling up to FINE,
a whole one beyond: a plan likes the upper end of its bracket, and each bracket is an option more of everything."""
NETWORK = ((256, 0.15), (1448, 0.33))
"""Network over accelerator cost: the low end of the published range (0.15 to 0.45) up to 256 devices, 13 % over 39 % of
a data centre's capital from 1,448 on; on a line over the logarithm of the devices between them."""
STUDENT_90 = {19: 1.729}
"""Student's t for an interval of 90 %, by degrees of freedom."""


def edges() -> list[tuple[int, int]]:
    """Smallest and largest cluster of every bracket."""
    fine = [math.isqrt(FIRST * FIRST << step) for step in range(round(2 * math.log2(FINE / FIRST)) + 1)]
    ends = [*fine, *(FINE << step for step in range(1, round(math.log2(LAST / FINE)) + 1))]
    return list(zip([1, *(end + 1 for end in ends)], ends, strict=False))


def network_ratio(devices: float) -> float:
    """Network cost over accelerator cost of a cluster."""
    (few, low), (many, high) = NETWORK
    return low + (high - low) * min(max(math.log2(devices / few) / math.log2(many / few), 0), 1)


def brackets(evidence: Evidence, kept: list[Row]) -> list[Row]:
    """The rows of size_brackets.csv; of the first of those that stand there, the words are kept."""
    found = groups(select(kept[0]["evidence"], evidence).throughput)
    slope, (strong, weak) = pooled_slope(found), quartiles(found)
    made = [SizeBracket.model_validate(kept[0] | _devices(low, high)) for low, high in edges()]
    counts = [run.count for run in evidence.runs if run.count and compare(run, evidence).counted]
    reference = reference_devices(made, counts)
    rows = []
    for bracket in made:
        ends = sorted((factor(strong, bracket, reference), factor(weak, bracket, reference)))
        network = network_ratio(middle_devices(bracket))
        guesses = ["mfu_factor_low", "mfu_factor", "mfu_factor_high"]
        guesses += ["network_ratio"] * (network < NETWORK[1][1])
        figures = {
            **dict(zip(("mfu_factor_low", "mfu_factor_high"), map(_three, ends), strict=True)),
            "mfu_factor": _three(factor(slope, bracket, reference)),
            "network_ratio": _three(network),
            "estimates": ";".join(guesses),
        }
        rows.append(kept[0] | _devices(bracket.min_devices, bracket.max_devices) | figures)
    return rows


def _devices(low: int, high: int) -> Row:
    return {"bracket": f"{low}-{high}", "min_devices": str(low), "max_devices": str(high)}


def _three(value: float) -> str:
    return f"{Decimal(f'{value:.3f}').normalize():f}"


def hopper_line(evidence: Evidence, selector: str) -> SizeLine:
    """The line of the model's size through the single runs on Hopper."""
    reached: dict[str, list[tuple[float, float]]] = {}
    for run in select(selector, evidence).runs:
        item = compare(run, evidence)
        if item.reached is not None and run.params_active is not None:
            reached.setdefault(architecture_of(run), []).append((float(run.params_active) / 1e9, item.reached))
    return size_line(reached)


def model_sizes(evidence: Evidence, kept: list[Row]) -> list[Row]:
    """The rows of model_sizes.csv: the line of Hopper, and by analogy of the generations after it."""
    line = hopper_line(evidence, kept[0]["evidence"])
    (doubt,) = (t * line.error for free, t in STUDENT_90.items())
    rows = []
    for row in kept:
        if row["assumption_set"] == SET and row["evidence"]:
            by_analogy = row["source"] == "planning estimate"
            row = row | {
                "per_doubling_low": "1" if by_analogy else _three(math.exp(line.slope - doubt)),
                "per_doubling": _three(math.exp(line.slope)),
                "per_doubling_high": _three(math.exp(line.slope + doubt)),
            }
            if not (by_analogy and row["architectures"] == "moe"):  # that has runs of its own
                row["params_at_one_b"] = f"{line.at_one_b[row['architectures']]:.0f}"
        rows.append(row)
    return rows


def build() -> dict[str, str]:
    """Both tables as they have to be."""
    evidence = load_evidence(load_catalogue(DATA))
    header, old = read(DATA / "size_brackets.csv")
    mine = [row for row in old if row["assumption_set"] == SET]
    rows = brackets(evidence, mine)
    made = {"size_brackets.csv": written(header, [*rows, *(row for row in old if row["assumption_set"] != SET)])}
    known = evidence.catalogue
    own = tuple(SizeBracket.model_validate(row) for row in rows)
    evidence = replace(evidence, catalogue=replace(known, brackets={**known.brackets, SET: own}, cache={}))
    header, old = read(DATA / "model_sizes.csv")
    return {**made, "model_sizes.csv": written(header, model_sizes(evidence, old))}


def files() -> dict[Path, str]:
    """Every file that this step makes."""
    return {DATA / name: text for name, text in build().items()}
