"""Machines that are owned or shared, in words and as JSON (part of ``optimizer ways``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field

from optimizer.answers.numbers import musd, rounded, share_percent, usd
from optimizer.answers.plan_shape import PlanOut, maybe
from optimizer.answers.reason_words import reason_words
from optimizer.answers.words import days, plan_words
from optimizer.domain.base import Frozen
from optimizer.insight.shared_machines import Machine, Shared

NAMES = {
    "owned": "what is owned, alone",
    "owned_and_more": "what is owned, and more",
    "without_owned": "without what is owned",
    "own_upfront": "one's own, bought for this run alone (upfront)",
    "own_amortised": "one's own, by the day of work",
    "shared": "shared, by the day of work",
}


class MachineOut(Frozen):
    """The case on one machine."""

    name: Literal["owned", "owned_and_more", "without_owned", "own_upfront", "own_amortised", "shared"]
    words: str
    why: str = Field(description="why there is no plan")
    plan: PlanOut | None


class SharedOut(Frozen):
    """A machine that several share, beside one of one's own on the same basis and utilisation."""

    host: str
    max_mw: float | None = Field(description="grid limit there; null: none")
    members: int
    days_each: int = Field(description="whole days that a member has: the deadline over the members")
    utilisation: float
    utilisation_is_estimate: bool
    life_share: float | None = Field(description="what this run takes of the days the machine works in its life")
    capital_each_usd: float | None = Field(description="what a member must find of the machine's price")
    saving_usd: float | None = Field(description="one's own by the day of work, less the shared one")
    machines: tuple[MachineOut, ...]


def machine_out(machine: Machine) -> MachineOut:
    """A machine in its JSON form."""
    return MachineOut(name=machine.name, words=_words(machine), why=reason_words(machine.why), plan=maybe(machine.plan))


def shared_out(shared: Shared) -> SharedOut:
    """A shared machine in its JSON form."""
    share, each = shared.life_share, shared.capital_each_usd
    saving = shared.saving_usd
    return SharedOut(
        host=shared.host,
        max_mw=None if shared.max_mw is None else float(shared.max_mw),
        members=shared.members,
        days_each=shared.days_each,
        utilisation=float(shared.utilisation.value),
        utilisation_is_estimate=shared.utilisation.is_estimate,
        life_share=None if share is None else float(rounded(share, 9)),
        capital_each_usd=None if each is None else float(rounded(each, 2)),
        saving_usd=None if saving is None else float(rounded(saving, 2)),
        machines=tuple(machine_out(machine) for machine in shared.machines),
    )


def _words(machine: Machine) -> str:
    return plan_words(machine.plan) if machine.plan else f"no plan: {reason_words(machine.why)}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def owned_lines(machines: Sequence[Machine]) -> Iterator[str]:
    """One line a machine."""
    for machine in machines:
        yield f"{NAMES[machine.name]}: {_words(machine)}"


def shared_lines(shared: Shared) -> Iterator[str]:
    """The machines, and what sharing means for a member."""
    yield from owned_lines(shared.machines)
    mark = ", an estimate" if shared.utilisation.is_estimate else ""
    yield (
        f"by the day of work: a machine works {_percent(shared.utilisation.value)} of its days{mark}, and those bear "
        "the idle ones; --utilisation takes another"
    )
    limit = "without a limit" if shared.max_mw is None else f"up to {shared.max_mw:f} MW"
    yield f"the shared machine stands on the grid of {shared.host}, {limit}; --shared-max-mw takes another"
    if shared.members > 1:
        yield f"{shared.members} members take turns: each has {days(shared.days_each)} of the deadline"
    if (share := shared.life_share) is not None and (each := shared.capital_each_usd) is not None:
        yield (
            f"this run takes {share_percent(share)} of the days that the shared machine works in its life, such runs "
            f"of all members {share_percent(share * shared.members)}: other work must fill the rest, or a day costs "
            "more"
        )
        yield f"its price, {musd(each)} a member, must be found first"
    if (saving := shared.saving_usd) is not None:
        words = f"{usd(saving)} less" if saving >= 0 else f"{usd(-saving)} more"
        yield f"shared costs this run {words} than one's own by the day of work"
