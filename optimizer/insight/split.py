"""Whether a model can be split over the servers of a plan, by the rules of ``parallelism.csv``.

A check of plausibility, no limit: a plan holds the model's state in the memory of all its servers together, and says
nothing of how. One copy of the model is split over tensor parallelism within a server, pipeline stages and, of a
mixture of experts, expert parallelism; copies side by side each work on sequences of their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from optimizer.catalogue import Catalogue
from optimizer.catalogue.rows import rows_once
from optimizer.domain.tendencies import ParallelRule
from optimizer.errors import DataError
from optimizer.exact import problem_over
from optimizer.exact.columns import ExactOptions
from optimizer.exact.option import exact_option
from optimizer.plans.outcome import Plan
from optimizer.units import fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass


class Doubt(StrEnum):
    """What would be unusual about a split."""

    NO_ROOM = "no_room"
    """The state of one copy leaves no usual room for activations on the whole fleet."""
    TOO_MANY_PARTS = "too_many_parts"
    """One copy takes more parts than tensor, pipeline and expert parallelism usually make."""
    BATCH_TOO_LARGE = "batch_too_large"
    """So many copies make a larger batch than is usual, with one sequence each."""
    GRAPHICS_CARDS = "graphics_cards"
    """The accelerators are graphics cards, more than one server of them."""


@dataclass(frozen=True)
class Split:
    """How a model would be split over the accelerators of a plan of one kind of server."""

    state_gb: Fraction
    """Memory of one copy of weights, gradients and optimiser."""
    parts: int
    """Accelerators that hold one copy."""
    tensor: int
    """Of them, those that share one layer, within a server."""
    pipeline: int
    """Pipeline stages, with expert parallelism where the model is a mixture of experts."""
    copies: int
    """Copies side by side (data parallelism); 0 where the fleet does not hold one with room to work."""
    left_over: int
    """Accelerators that such copies do not use; a plan counts the work of all."""
    batch_tokens: int
    """The least global batch: one sequence for each copy."""
    usual_batch_tokens: int
    most_batch_tokens: int
    doubts: tuple[Doubt, ...]


def split_of(plan: Plan) -> Split | None:
    """How the model would be split; None of a mix, and where the data hold no rules.

    Raises:
        DataError: parallelism.csv cannot be read.
    """
    rules = _rules(plan.setting.catalogue)
    if len(plan.items) != 1 or not rules:
        return None
    (item,) = plan.items
    option = exact_option(plan.setting, item.key)
    state_gb = problem_over(plan.setting, ExactOptions([option])).memory_gb
    room = option.memory_gb / option.devices * fraction(rules["state_share"].central)
    needed = max(1, math.ceil(state_gb / room))
    stages = int(rules["pipeline_stages"].high)
    if layers := plan.setting.workload.layers:
        stages = min(stages, layers)
    most = (stages, int(rules["expert_parallel"].high) if plan.setting.architecture == "moe" else 1)
    widths = [t for t in range(1, int(rules["tensor_parallel"].central) + 1) if option.devices % t == 0]
    tensor, behind = _shape(needed, widths, item.accelerators, most)
    copies = item.accelerators // (tensor * behind)
    batch = copies * int(rules["sequence_tokens"].central)
    batches = rules["global_batch_tokens"]
    doubts = []
    if copies == 0:
        doubts.append(Doubt.NO_ROOM)
    if not _is_usual(behind, *most):
        doubts.append(Doubt.TOO_MANY_PARTS)
    if batch > batches.high:
        doubts.append(Doubt.BATCH_TOO_LARGE)
    cards = rules.get("graphics_cards")
    chip = plan.setting.catalogue.accelerators[item.key.accelerator]
    if cards is not None and not chip.datacenter_marketed and item.accelerators > cards.high:
        doubts.append(Doubt.GRAPHICS_CARDS)
    return Split(
        state_gb,
        tensor * behind,
        tensor,
        behind,
        copies,
        item.accelerators - copies * tensor * behind if copies else 0,
        batch,
        int(batches.central),
        int(batches.high),
        tuple(doubts),
    )


def _shape(needed: int, widths: Sequence[int], fleet: int, most: tuple[int, int]) -> tuple[int, int]:
    """How many accelerators share a layer, and how many stages stand behind each other, for one copy.

    The smallest copy, of up to twice the parts that are needed, into which the whole fleet can be cut; where there is
    none, the smallest one, and some of the fleet are left over.

    Args:
        needed: accelerators that hold one copy.
        widths: degrees of tensor parallelism that cut a server without a rest, ascending.
        fleet: accelerators of the plan.
        most: stages, each of some layers, and cuts of the experts that are usual.
    """
    for parts in range(needed, min(2 * needed, fleet) + 1):
        tensor = max(width for width in widths if parts % width == 0)
        if fleet % parts == 0 and _is_usual(parts // tensor, *most):
            return tensor, parts // tensor
    tensor = next((width for width in widths if width >= needed), widths[-1])
    least = math.ceil(needed / tensor)
    usual = (behind for behind in range(least, min(2 * least, fleet // tensor) + 1) if _is_usual(behind, *most))
    return tensor, next(usual, least)


def _is_usual(behind: int, stages: int, experts: int) -> bool:
    """Whether parts behind each other are so many stages at most, times so many cuts of the experts at most."""
    return any(behind % cut == 0 and behind // cut <= stages for cut in range(1, experts + 1))


def _rules(catalogue: Catalogue) -> Mapping[str, ParallelRule]:
    """The rows of parallelism.csv by rule, read once; a data folder of your own may do without."""
    rules = {row.rule: row for row in rows_once(catalogue.folder / "parallelism.csv", ParallelRule, catalogue.cache)}
    if rules and (missing := set(RULES) - rules.keys()):
        rule = say("lacks {missing}", missing=", ".join(sorted(missing)))
        raise DataError.at(rule, file="parallelism.csv", column="rule")
    return rules


RULES = (
    "tensor_parallel",
    "pipeline_stages",
    "expert_parallel",
    "state_share",
    "sequence_tokens",
    "global_batch_tokens",
)
"""The rules that the check needs."""
