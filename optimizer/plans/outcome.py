"""The answer: a plan with its counts, days, named costs and the use of every limit, or a proven infeasible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

from optimizer.case.setting import Setting
from optimizer.domain import Case, OptionKey, Policy
from optimizer.domain.limits import DEADLINE, Limit
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.exact import ZERO, ExactOption, ExactProblem, Used, sum_products
from optimizer.plans.notebook_view import NoPlanViewed, Viewed
from optimizer.plans.proof import Proof
from optimizer.units import GRAMS_PER_TONNE, KW_PER_MW, KWH_PER_GWH, names_in
from optimizer.units.records import dataclass
from optimizer.units.within import in_larger_unit, up, within

COST_TERMS = names_in(
    "accelerators integration spares freight duty_and_tax connection amortisation rent energy colocation maintenance"
    " staff site_setup"
)
"""Every named part of a cost, in the order in which it is reported. They add up to the total."""


@dataclass(frozen=True)
class LetIn:
    """How the export rule of an option's route treats its chips."""

    policy: Policy
    chip_class: str
    meaning: str
    """The rule in the words of the data."""


@dataclass(frozen=True)
class PlanItem:
    """One kind of server in a plan."""

    key: OptionKey
    servers: int
    accelerators: int
    server_days: Fraction
    pflops: Fraction
    """Sustained PFLOP/s of all its servers."""
    policy: Policy
    chip_class: str
    meaning: str
    """What the export rule that allows the import says, in the words of the data."""
    spares: Fraction
    """Spare devices that are bought with them, a share of them, so no whole number."""


@dataclass(frozen=True)
class LimitUse:
    """How much of a limit a plan uses; ``bound`` is None where the case gives no such limit."""

    limit: Limit
    used: Fraction
    bound: Fraction | None

    @property
    def unit(self) -> str:
        """The unit of both."""
        return self.limit.unit

    @property
    def share(self) -> Fraction | None:
        """Used over bound, a ratio; None if there is no bound."""
        return None if self.bound is None else self.used / self.bound if self.bound else Fraction(1)


def use_of(limit: Limit, used: Fraction, bound: Fraction) -> LimitUse:
    """A use and its bound, both in the unit of the limit; neither is shown beyond the bound."""
    return LimitUse(limit, within(used, bound), within(bound, bound))


_SCALE: Mapping[str, int] = {"grid": KW_PER_MW, "energy": KWH_PER_GWH, "carbon": GRAMS_PER_TONNE}
"""How many kW, kWh and g, in which plans have their figures, make the unit of a limit."""


def bounds_in(uses: Iterable[LimitUse], site: str | None = None) -> Mapping[str, Fraction]:
    """By kind of limit its least bound, in kW, kWh, g, USD and TPP.

    Args:
        uses: of the limits of a plan.
        site: of a consortium, the site whose limits are meant; None for those on all sites together.
    """
    found: dict[str, Fraction] = {}
    for use in uses:
        if use.bound is not None and use.limit.site == site:
            bound = use.bound * _SCALE.get(use.limit.kind, 1)
            found[use.limit.kind] = min(bound, found.get(use.limit.kind, bound))
    return found


class Fleet(Protocol):
    """Servers under one setting, and for how long: a plan of one site, or what one of several sites does."""

    @property
    def setting(self) -> Setting:
        """What holds where they stand."""

    @property
    def items(self) -> tuple[PlanItem, ...]:
        """The servers."""

    @property
    def days(self) -> int:
        """Whole days of the run."""

    @property
    def lead_days(self) -> int:
        """Delivery and licence time before the first day."""


class Drawn:
    """Power, energy and emissions in the units that people read."""

    peak_kw: Fraction
    energy_kwh: Fraction
    carbon_g: Fraction

    @property
    def peak_mw(self) -> Fraction:
        """Peak, MW."""
        return in_larger_unit(self.peak_kw, KW_PER_MW)

    @property
    def energy_gwh(self) -> Fraction:
        """Energy, GWh."""
        return in_larger_unit(self.energy_kwh, KWH_PER_GWH)

    @property
    def carbon_t(self) -> Fraction:
        """Emissions of the energy, tCO2e."""
        return in_larger_unit(self.carbon_g, GRAMS_PER_TONNE)


@dataclass(frozen=True, eq=False, repr=False)
class Plan(Drawn, Viewed):
    """A plan that was verified in exact arithmetic and proven best twice. All figures are exact."""

    setting: Setting
    items: tuple[PlanItem, ...]
    days: int
    lead_days: int
    """Delivery and licence time before the first day; 0 unless the deadline counts from the order."""
    objective_value: Fraction
    cost_terms: Mapping[str, Fraction]
    cost_usd: Fraction
    capital_usd: Fraction
    """Landed price of all bought servers, whatever the costing basis."""
    peak_kw: Fraction
    energy_kwh: Fraction
    carbon_g: Fraction
    tpp: Fraction
    limits: tuple[LimitUse, ...]
    proof: Proof

    def __repr__(self) -> str:
        """Short: what is used, for how long, at what cost."""
        used = " + ".join(f"{item.accelerators} {item.key.accelerator} ({item.key.procurement})" for item in self.items)
        return f"<Plan: {used}, {self.days} days, {up(self.cost_usd, 0):,} USD, {up(self.peak_mw, 3)} MW>"

    @property
    def servers(self) -> int:
        """Servers of all kinds."""
        return sum(item.servers for item in self.items)

    @property
    def accelerators(self) -> int:
        """Accelerators of all kinds."""
        return sum(item.accelerators for item in self.items)

    @property
    def largest_cluster(self) -> int | None:
        """Accelerators of the largest cluster whose efficiency is known, where one more server would pass it."""
        largest = self.setting.catalogue.largest_cluster(self.setting.assumptions.id)
        one_more = min(item.accelerators // item.servers for item in self.items)
        return largest if self.accelerators + one_more > largest else None


_FIGURE_OF: Mapping[str, str] = {
    **{"budget": "cost_usd", "capital": "capital_usd", "grid": "peak_kw"},
    **{"energy": "energy_kwh", "carbon": "carbon_g", "tpp": "tpp"},
}
"""Kind of limit -> the figure of a plan that it holds."""


def under_found_limits(plan: Plan, limits: Iterable[Limit], asked: Case) -> Plan:
    """A plan some of whose limits nobody asked for, as they were found: its figures are held by those of the case.

    Args:
        plan: made under the limits that were found.
        limits: those.
        asked: the case as it was asked.
    """
    made: dict[str, Any] = {}
    for limit in limits:
        if (name := _FIGURE_OF.get(limit.kind)) is not None:
            bound = getattr(asked, limit.described.field)
            held = None if bound is None else Fraction(bound) * _SCALE.get(limit.kind, 1)
            made[name] = within(+getattr(plan, name), held)
    return replace(plan, **made)


@dataclass(frozen=True, eq=False, repr=False)
class Infeasible(NoPlanViewed):
    """No plan meets the limits: proven."""

    setting: Setting
    look: Callable[[], NoPlan]
    """Finds out what is the obstacle: not every reader asks for it."""
    proof: Proof

    @cached_property
    def why(self) -> NoPlan:
        """What is the obstacle."""
        return self.look()

    @property
    def cause(self) -> Cause:
        """What is the obstacle, in a word."""
        return self.why.cause

    def __repr__(self) -> str:
        """Short: the cause, and the case."""
        return f"<Infeasible ({self.cause}): {self.setting.said}>"


Outcome = Plan | Infeasible


class MayHavePlan:
    """Something that was planned."""

    outcome: Outcome | None

    @property
    def plan(self) -> Plan | None:
        """Its plan, where there is one."""
        return self.outcome if isinstance(self.outcome, Plan) else None


class Planned:
    """What stands around the outcome of a case."""

    outcome: Outcome

    @property
    def setting(self) -> Setting:
        """The case as it was settled."""
        return self.outcome.setting


def assemble(
    setting: Setting,
    problem: ExactProblem,
    used: Sequence[Used],
    days: int,
    proof: Proof,
    laws: Mapping[OptionKey, LetIn],
) -> Plan:
    """A plan in exact figures from what the proof settled.

    Args:
        used: option, servers and server-days of every kind of server.
        laws: by option, how the rule of its route treats it.
    """
    options = problem.options
    terms = dict.fromkeys(COST_TERMS, ZERO)
    for option, servers, server_days in used:
        for name, usd in options[option].server_terms.items():
            terms[name] = sum_products((terms[name], 1), (usd, servers))
        for name, usd in options[option].server_day_terms.items():
            terms[name] = sum_products((terms[name], 1), (usd, options[option].paid_server_days(servers, server_days)))
    terms["staff"] = sum_products((terms["staff"], 1), (problem.staff_usd_per_day, days))
    terms["site_setup"] += problem.site_setup_usd
    objective = setting.case.objective
    assert objective is not None  # settled
    uses = tuple(limit_uses(problem, used, days))
    held = bounds_in(uses)
    return Plan(
        setting=setting,
        items=tuple(
            item_of(options[option], servers, server_days, laws[options[option].key])
            for option, servers, server_days in sorted(used, key=lambda item: options[item[0]].key)
        ),
        days=days,
        lead_days=max(options[option].lead_days for option, _, _ in used),
        objective_value=problem.measure(objective).value(used, days),
        cost_terms={name: usd for name, usd in terms.items() if usd},
        cost_usd=within(sum_products(*((usd, 1) for usd in terms.values())), held.get("budget")),
        capital_usd=within(
            sum_products(*((options[option].capital_usd, servers) for option, servers, _ in used)), held.get("capital")
        ),
        peak_kw=within(problem.measure("peak_power").value(used, days), held.get("grid")),
        energy_kwh=within(problem.measure("energy").value(used, days), held.get("energy")),
        carbon_g=within(problem.measure("carbon").value(used, days), held.get("carbon")),
        tpp=within(sum_products(*((options[option].tpp, servers) for option, servers, _ in used)), held.get("tpp")),
        limits=uses,
        proof=proof,
    )


def item_of(option: ExactOption, servers: int, server_days: Fraction, law: LetIn) -> PlanItem:
    """So many servers of an option, with how the rule of its route treats it."""
    return PlanItem(
        key=option.key,
        servers=servers,
        accelerators=servers * option.devices,
        server_days=server_days,
        pflops=option.pflops * servers,
        policy=law.policy,
        chip_class=law.chip_class,
        meaning=law.meaning,
        spares=servers * option.spares,
    )


def limit_uses(problem: ExactProblem, used: Sequence[Used], days: int) -> list[LimitUse]:
    """Every limit of the case that touches the plan, and what the plan uses of it."""
    finish = days + max(problem.options[option].lead_days for option, _, _ in used)
    uses = [use_of(DEADLINE, Fraction(finish), Fraction(problem.deadline_days))]
    for ceiling in problem.ceilings:
        uses.append(use_of(ceiling.limit, ceiling.measure.value(used, days), ceiling.bound))
    for cap in problem.caps:
        use = cap.used(used)
        if use or cap.limit.described.scope == "case":
            uses.append(use_of(cap.limit, use, cap.bound))
    return uses
