"""Other ways to come by the machine: what is owned, alone or with more, and a machine that several countries share.

A shared machine is in a host country, on its grid, under its law, tariff and taxes, and is bought. A member pays by
the server-day its share of the machine's life (the amortised basis), spread over the utilisation, so that idle days are
paid too. Members take turns, each with a run like this one, and all are served within the deadline: of it each has the
whole days that an equal share leaves. Beside it stands a machine of your own on the very same basis and utilisation,
and the same bought for this run alone.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from optimizer.case.setting import Figure, Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import CAPITAL, DEADLINE
from optimizer.domain.reasons import CaseWhy, NotAsked, NoTurn
from optimizer.errors import DataError
from optimizer.insight.limits.concessions import largest
from optimizer.insight.limits.needs import needs_if_limits, no_plan
from optimizer.insight.neighbours import MOST_MW
from optimizer.plans.outcome import MayHavePlan, Outcome, Plan
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units import DAYS_PER_YEAR, MAX_DEADLINE_DAYS
from optimizer.units.records import dataclass

MachineName = Literal["owned", "owned_and_more", "without_owned", "own_upfront", "own_amortised", "shared"]
_OF_THE_SITE = (
    "tax_regime",
    "import_duty",
    "pue",
    "peak_pue",
    "electricity_usd_per_kwh",
    "rent_premium",
    "rent",
    "site_setup_usd",
)
"""Fields of a case that are said of its own site, and of no other; so is the grid limit."""
_HARDWARE = CAPITAL.described.field
MOST_KINDS = 8
"""The most kinds of server that a plan may combine."""


@dataclass(frozen=True)
class Host:
    """Where a shared machine stands, and who shares it."""

    country: str
    members: int = 1
    """How many take turns, each with a run like this one."""
    max_mw: Decimal | None = None
    """The grid limit there; None: as much as the members have at home together, if the case has a limit."""


@dataclass(frozen=True, eq=False)
class Machine(MayHavePlan):
    """A case on one machine: its plan, or why there is none."""

    name: MachineName
    ready: Prepared | None
    """The case on this machine; None where what it asks for does not work with it."""
    outcome: Outcome | None
    why: CaseWhy | None
    """Why there is no plan; None if there is one."""


@dataclass(frozen=True, eq=False)
class Shared:
    """A machine that several share, next to one of your own."""

    host: str
    """Name of the country where it stands."""
    max_mw: Decimal | None
    """The grid limit there; None: there is none."""
    members: int
    days_each: int
    """Whole days that a member has: the deadline over the members, rounded down."""
    utilisation: Figure
    machines: tuple[Machine, ...]
    """Of your own for this run alone, of your own amortised, and the shared one."""

    @property
    def plan(self) -> Plan | None:
        """The plan on the shared machine, if there is one."""
        return self.machines[-1].plan

    @property
    def life_share(self) -> Fraction | None:
        """What this run takes of the days that the shared machine works in its life; None without a plan."""
        plan = self.plan
        if plan is None:
            return None
        life_days = plan.setting.exact("useful_life_years") * DAYS_PER_YEAR * plan.setting.exact("utilisation")
        return sum((item.server_days for item in plan.items), Fraction(0)) / (plan.servers * life_days)

    @property
    def saving_usd(self) -> Fraction | None:
        """Cost on a machine of your own, by the day of work, less that on the shared one; None without both."""
        own, shared = self.machines[1].plan, self.plan
        return None if own is None or shared is None else own.cost_usd - shared.cost_usd

    @property
    def capital_each_usd(self) -> Fraction | None:
        """What a member must find of the price of the shared machine; None without a plan."""
        return None if self.plan is None else self.plan.capital_usd / self.members


def owned_machines(case: Case, catalogue: Catalogue) -> tuple[Machine, ...]:
    """The case with what is owned alone, with more next to it, and without it; nothing where nothing is owned."""
    kinds = sum(1 for _, count in case.owned if count)
    if not kinds:
        return ()
    others = tuple(way for way in case.procurement or ("buy", "rent") if way != "own")
    mix = case.mix or 1
    return (
        _machine("owned", case, catalogue, procurement=("own",), mix=min(MOST_KINDS, max(mix, kinds))),
        _machine(
            "owned_and_more", case, catalogue, procurement=("own", *others), mix=min(MOST_KINDS, max(mix, kinds + 1))
        ),
        _machine("without_owned", case, catalogue, procurement=others or ("buy", "rent"), owned=()),
    )


def shared_machines(case: Case, setting: Setting, host: Host) -> Shared:
    """The case on a machine that several share, and on one of your own.

    What the case says of its own site (grid limit, set-up, tariff, PUE, taxes, hire) is not the host's; its budget,
    caps and supply are of the run and hold there too. Each member pays its part of the hardware, so that all together
    may spend as many times what the case has for hardware.

    Raises:
        DataError: the host is not a known country.
    """
    catalogue = setting.catalogue
    country, members = catalogue.countries[catalogue.find("country", host.country, "shared_in")], host.members
    utilisation = setting.figures["usual_utilisation" if case.utilisation is None else "utilisation"]
    deadline = setting.case.deadline_days
    assert deadline is not None  # settled
    days_each = deadline // members
    max_mw = host.max_mw
    if max_mw is None and case.max_mw is not None:
        max_mw = min(case.max_mw * members, Decimal(MOST_MW))
    alike = {"basis": "amortised", "utilisation": utilisation.value, "procurement": ("buy",), "owned": ()}
    hardware = getattr(case, _HARDWARE)
    there = {
        "country": country.id,
        _HARDWARE: None if hardware is None else min(hardware * members, largest(CAPITAL)),
        "deadline_days": days_each,
        "max_mw": max_mw,
        **dict.fromkeys(_OF_THE_SITE),
        "assume_hire": False,
    }
    alone = _machine("own_upfront", case, catalogue, basis="upfront", procurement=("buy",), owned=())
    own = _machine("own_amortised", case, catalogue, **alike)
    if days_each:
        shared = _machine("shared", case, catalogue, members, **alike, **there)
    else:
        shared = Machine("shared", None, None, NoTurn(deadline, members))
    return Shared(country.name, max_mw, members, days_each, utilisation, (alone, own, shared))


def _machine(name: MachineName, case: Case, catalogue: Catalogue, turns: int = 1, /, **changes: Any) -> Machine:
    """The case with some fields changed, planned.

    Args:
        turns: how many take turns within the deadline; the one that would do is reported for all of them together.
    """
    try:
        ready = prepare(case.changed(**changes), catalogue)
        outcome = solve_prepared(ready)
    except DataError as error:  # what the case asks for does not work with the change
        return Machine(name, None, None, NotAsked(error.problems))
    if isinstance(outcome, Plan):
        return Machine(name, ready, outcome, None)
    needed = dict(needs_if_limits(ready, outcome))
    if (days := needed.get(DEADLINE)) is not None:
        needed[DEADLINE] = days * turns
        if days * turns > MAX_DEADLINE_DAYS:  # may not be asked for
            del needed[DEADLINE]
    if (price := needed.get(CAPITAL)) is not None:
        needed[CAPITAL] = price / turns
    return Machine(name, ready, outcome, no_plan(ready, outcome, needed))
