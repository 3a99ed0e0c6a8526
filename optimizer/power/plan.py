"""The plan of a case with flags of Power: option, servers, days and what feeds them, proven together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from optimizer.case.setting import Setting, settle
from optimizer.catalogue import Catalogue
from optimizer.catalogue.cache import get_or_make
from optimizer.domain import Case
from optimizer.domain.feed import Feed
from optimizer.domain.limits import GRID, KINDS, measure_limits
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.errors import DataError, Problem, UndecidedError
from optimizer.plans.notebook_view import NoPlanViewed, Viewed
from optimizer.plans.outcome import LimitUse, PlanItem, bounds_in, item_of, limit_uses, use_of
from optimizer.power.costs import Flows, carbon_kg, cash_usd, flows, terms_usd, work_done
from optimizer.power.exact import charged_usd
from optimizer.power.fleets import ENERGY, LIFTED, ExactFleets, Fleets, fleets_of
from optimizer.power.kinds import floor_of_kinds, kinds_of, search_kinds
from optimizer.power.proof import Fed, Floor, fed
from optimizer.power.read_site import site_of
from optimizer.power.search import Kept, Searched
from optimizer.power.site import ASSETS, OWN, ZERO, PowerSite
from optimizer.solve.claim import Prepared, undecided_error
from optimizer.solve.obstacle import missed_limits
from optimizer.solve.planner import laws, prepare, why_none
from optimizer.units import DAYS_PER_YEAR, KG_PER_TONNE, KW_PER_MW, KWH_PER_GWH, MONTHS_PER_YEAR, fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass
from optimizer.units.within import in_larger_unit, up, within

FIRST_FLEET_KW = 256
SAME_FLOOR = Fraction(1, 10**6)
"""How far the search in floats and the proof may lie apart before an answer is refused: a share of the cost."""


@dataclass(frozen=True, eq=False, repr=False)
class PowerPlan(Viewed):
    """A plan and what feeds it; every figure is exact, and no plan costs less than ``floor_usd``."""

    setting: Setting
    feed: Feed
    site: PowerSite
    item: PlanItem
    days: int
    lead_days: int
    fed: Fed
    cost_terms: Mapping[str, Fraction]
    """Every named part of the cost; they add up to it."""
    floor: Floor
    searched: Searched
    peak_kw: Fraction
    """Peak of all servers at full power."""
    item_kw: Fraction
    """Mean draw of one server at full speed."""
    tpp: Fraction
    capital_usd: Fraction
    """Landed price of all bought servers."""
    of_servers: tuple[LimitUse, ...]
    """The limits of the case that bind the servers, whatever feeds them, and what the plan uses of them."""

    def __repr__(self) -> str:
        """Short: what is used, for how long, at what cost."""
        what = f"{self.item.accelerators} {self.item.key.accelerator} ({self.item.key.procurement})"
        built = ", ".join(f"{name} {float(size):g}" for name, size in self.fed.dispatch.capacities.items() if size)
        return f"<PowerPlan: {what}, {self.days} days, {up(self.cost_usd, 0):,} USD; {built}>"

    @property
    def items(self) -> tuple[PlanItem, ...]:
        """The servers: of one kind."""
        return (self.item,)

    @property
    def cost_usd(self) -> Fraction:
        """What the run costs."""
        return self._within_limit("budget_usd", sum(self.cost_terms.values(), ZERO))

    def _within_limit(self, field: str, value: Fraction, scale: int = 1) -> Fraction:
        """A figure with the limit of the case that holds it, whose unit is so many of the figure's."""
        bound = getattr(self.setting.case, field)
        return within(value, None if bound is None else Fraction(bound) * scale)

    @property
    def limits(self) -> tuple[LimitUse, ...]:
        """Every limit of the case that touches the plan, in the order of their kinds: those of the servers as they are
        of any plan, those of the supply as it is built and runs."""
        grid_kw = self.fed.dispatch.capacities["grid"] if "grid" in self.feed.sources else self.peak_kw
        used = {
            "grid": grid_kw / KW_PER_MW,
            "budget": self.cost_usd,
            "energy": self.energy_gwh,
            "carbon": self.carbon_t,
        }
        of_supply = [
            use_of(limit, used[limit.kind], fraction(bound))
            for limit, bound in measure_limits(self.setting.case)
            if limit in LIFTED
        ]
        order = list(KINDS)
        return tuple(sorted((*self.of_servers, *of_supply), key=lambda use: order.index(use.limit.kind)))

    @property
    def gap_usd(self) -> Fraction:
        """By how much a plan could at most cost less."""
        return max(ZERO, self.cost_usd - (self.floor.usd or ZERO))

    @cached_property
    def flows(self) -> Flows:
        """The energy of a mean day."""
        return flows(self.site, self.fed.dispatch)

    @property
    def energy_kwh(self) -> Fraction:
        """What the servers draw over the run."""
        return self._within_limit("max_energy_gwh", self.flows.drawn * self.days, KWH_PER_GWH)

    @property
    def carbon_kg(self) -> Fraction:
        """What grid and fuel emit over the run."""
        return self._within_limit("max_carbon_t", carbon_kg(self.site, self.fed.dispatch, self.days), KG_PER_TONNE)

    @property
    def peak_mw(self) -> Fraction:
        """Peak of all servers, MW."""
        return self._within_limit("max_mw", self.peak_kw / KW_PER_MW)

    @property
    def energy_gwh(self) -> Fraction:
        """What the servers draw over the run, GWh."""
        return in_larger_unit(self.energy_kwh, KWH_PER_GWH)

    @property
    def carbon_t(self) -> Fraction:
        """What grid and fuel emit over the run, tCO2e."""
        return in_larger_unit(self.carbon_kg, KG_PER_TONNE)

    @property
    def supply_cash_usd(self) -> Fraction:
        """What must be found to build the supply, whatever this run is charged with."""
        return cash_usd(self.site, self.fed.dispatch)

    @property
    def cash_usd(self) -> Fraction:
        """What the run costs with the whole price of what is built for its supply, not its share of this run."""
        charged = terms_usd(self.site, self.fed.dispatch, self.days)
        whole = terms_usd(replace(self.site, basis="whole"), self.fed.dispatch, self.days)
        return self.cost_usd + sum(whole.values(), ZERO) - sum(charged.values(), ZERO)

    @property
    def supply_usd_per_mwh(self) -> Fraction:
        """What a MWh that the servers draw costs."""
        return self.fed.supply_usd / self.energy_kwh * KW_PER_MW

    @property
    def litres(self) -> Fraction:
        """Diesel over the run, litres."""
        return self.flows.generated * self.days * self.site.fuel_litres_per_kwh

    @property
    def utilisation(self) -> Fraction:
        """Share of its days for which the fleet works, by its speed."""
        fleet = self.item.servers * self.item_kw
        return work_done(self.site, self.fed.dispatch) / fleet


@dataclass(frozen=True, eq=False, repr=False)
class NotFed(NoPlanViewed):
    """No plan: nothing that may be built feeds a fleet that does the work within the limits, proven."""

    setting: Setting
    feed: Feed
    site: PowerSite
    floor: Floor
    least_usd: Fraction | None = None
    """Where only the budget is the obstacle: what the best plan without it costs."""
    why: NoPlan = NoPlan(Cause.LIMITS, over_limits=True)
    """The limits; or the law or the data where no accelerator can be had at all, however the site is fed."""

    @property
    def cause(self) -> Cause:
        """The same in a word."""
        return self.why.cause

    def __repr__(self) -> str:
        """Short: the cause, and the case."""
        return f"<NotFed ({self.cause}): {self.setting.said}>"


PowerOutcome = PowerPlan | NotFed


class MayBeFed:
    """Something that was planned with what feeds it."""

    outcome: PowerOutcome

    @property
    def plan(self) -> PowerPlan | None:
        """Its plan, where there is one."""
        return self.outcome if isinstance(self.outcome, PowerPlan) else None


@dataclass(frozen=True, eq=False)
class Ready:
    """A case with flags of Power made whole: its setting, its site, the fleets on both sides of the proof."""

    setting: Setting
    feed: Feed
    bare: Prepared
    site: PowerSite

    def fleets(self, site: PowerSite) -> tuple[Fleets, ExactFleets]:
        """The fleets for a site: random outages ask for more work.

        Where the case has a grid, its limit in MW is that of the grid contract; without one it is that of the servers.
        """
        lifted = LIFTED if "grid" in self.feed.sources else tuple(limit for limit in LIFTED if limit != GRID)
        return fleets_of(self.bare, site.availability, lifted)


def power_ready(case: Case, catalogue: Catalogue) -> Ready:
    """Make a case with flags of Power whole.

    Raises:
        DataError: the words do not go together, or the data cannot be used.
    """
    feed = case.feed or Feed()
    setting = settle(case, catalogue)
    if problems := list(_unfit(setting)):
        raise DataError(problems)
    ways = tuple(way for way in setting.case.procurement if way != "rent")
    # electricity has no price here: the supply has its own
    bare = prepare(case.changed(feed=None, electricity_usd_per_kwh=0, procurement=ways), catalogue)
    return Ready(setting, feed, bare, site_of(setting, feed))


def _unfit(setting: Setting) -> Iterator[Problem]:
    """What of a case does not work with flags of Power."""
    case = setting.case
    if case.objective != "cost":
        rule = say("does not work with flags of Power: the supply of the site is chosen for the lowest cost")
        yield Problem(rule, column="objective", value=case.objective)
    if (case.mix or 1) > 1:
        rule = say("does not work with flags of Power: they plan one kind of server")
        yield Problem(rule, column="mix", value=str(case.mix))
    of_owner = say("does not work with flags of Power: rented servers use the supply of their owner")
    if case.basis == "rental":
        yield Problem(of_owner, column="basis", value=case.basis)
    if (case.feed or Feed()).export_usd_per_kwh and case.max_mw is None:
        rule = say("needs the size of the connection: how much is sold, and built, depends on it")
        yield Problem(rule, column="export_usd_per_kwh", remedy=say("say how many MW it carries (max_mw)"))
    if case.basis != "rental" and set(case.procurement) == {"rent"}:
        yield Problem(of_owner, column="procurement", value="rent", remedy=say("let servers be bought or owned"))


def cached_site(ready: Ready, site: PowerSite, name: str) -> Kept:
    """The supply of a site with the lines found so far, kept in the catalogue for further cases at the same site."""
    case, setting = ready.setting.case, ready.setting
    limits = (case.max_mw, case.max_carbon_t, case.max_energy_gwh, case.electricity_usd_per_kwh)
    season = case.deadline_days if ready.feed.start_month else None
    where = (setting.country.id, setting.assumptions.id, site.peak_ratio)
    key = ("power site", name, ready.feed, *where, *limits, season)
    return get_or_make(setting.catalogue.cache, key, lambda: Kept.of(site, FIRST_FLEET_KW))


def power_plan(case: Case, catalogue: Catalogue) -> PowerOutcome:
    """The proven best plan of a case with flags of Power, or the proof that there is none.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the search and the proof do not agree.
    """
    return solved(case, catalogue)[1]


def solved(case: Case, catalogue: Catalogue) -> tuple[Ready, PowerOutcome]:
    """A case made whole, and its proven answer.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the search and the proof do not agree.
    """
    ready = power_ready(case, catalogue)
    return ready, settled(ready, ready.site, "asked")


def settled(ready: Ready, site: PowerSite, name: str) -> PowerOutcome:
    """Search and prove the best plan of a case at a site, which may be another than its own.

    Where its grid is cut without warning, a plan that takes nothing from it loses nothing: both are searched, and the
    cheaper is the plan.

    Args:
        ready: the case.
        site: what feeds it.
        name: of the site among those of the case, under which it is kept.
    """
    found = _settled(ready, site, name)
    if site.availability == 1 or not any(site.assets[source].allowed for source in (*OWN, "genset")):
        return found
    apart = _settled(ready, site.without("grid"), f"{name}, no grid")
    if isinstance(found, NotFed) or isinstance(apart, NotFed):
        return apart if isinstance(found, NotFed) and isinstance(apart, PowerPlan) else found
    best, other = sorted((found, apart), key=lambda plan: plan.cost_usd)
    bounds = [plan.floor.usd for plan in (best, other) if plan.floor.usd is not None]
    return replace(best, floor=replace(best.floor, usd=min(bounds)))


def _settled(ready: Ready, site: PowerSite, name: str) -> PowerOutcome:
    """The same of a site as it is."""
    kinds = kinds_of(site, *ready.fleets(site), lambda sized: cached_site(ready, sized, name))
    kind, found = search_kinds(kinds)
    if kind is None or found.choice is None:
        floor = floor_of_kinds(kinds, None, None)
        if floor.usd is not None:
            raise _undecided(ready, say("no plan was found, but it is not proven that there is none"))
        return NotFed(ready.setting, ready.feed, site, floor, why=_why_none(ready.bare))
    best = fed(kind.kept, kind.exact, found.choice)
    if best is None:
        raise _undecided(ready, say("the plan found could not be carried out hour by hour in exact figures"))
    floor = floor_of_kinds(kinds, best, kind)
    if floor.contradicted:
        raise _undecided(ready, say("the plan found costs less than the lower bound of all plans"))
    if floor.usd is None or best.cost_usd - floor.usd > _largest_gap(kind.site, best):
        raise _undecided(ready, say("the plan found and the lower bound of all plans are too far apart"))
    budget = ready.setting.case.budget_usd
    if budget is not None and best.cost_usd > fraction(budget):
        if floor.usd <= fraction(budget):
            raise _undecided(ready, say("the budget is between the plan found and the lower bound of all plans"))
        return NotFed(ready.setting, ready.feed, site, floor, best.cost_usd)
    return plan_of(ready, kind.site, kind.exact, best, floor, found)


def _why_none(bare: Prepared) -> NoPlan:
    """Why nothing can be fed: where there are accelerators, the limits and what may be built."""
    within_cap = bare.table.options and bare.asked.compute_allowed
    return missed_limits(bare.setting, bare.table) if within_cap else why_none(bare)


def _largest_gap(site: PowerSite, best: Fed) -> Fraction:
    """Whole kW and kWh cost at most one more of each; the search stops a hair before the end."""
    times = best.choice.days if site.basis == "share" else 1
    one_of_each = ZERO
    for name in ASSETS:
        upkeep = site.assets[name].om_usd_per_year * best.choice.days / DAYS_PER_YEAR
        one_of_each += charged_usd(site, name) * times + upkeep
    contract = site.demand_usd_per_kw_month * MONTHS_PER_YEAR * best.choice.days / DAYS_PER_YEAR
    return 2 * (one_of_each + contract) + best.cost_usd * SAME_FLOOR


def _undecided(ready: Ready, why: str) -> UndecidedError:
    return undecided_error(ready.bare, why)


def plan_of(ready: Ready, site: PowerSite, exact: ExactFleets, best: Fed, floor: Floor, found: Searched) -> PowerPlan:
    """A plan in exact figures from a choice that is fed.

    Raises:
        UndecidedError: the named parts of its cost do not add up to it.
    """
    choice = best.choice
    option = exact.option(choice.option)
    server_days = best.dispatch.fleet_kw * choice.days / option.mean_kw
    terms = {name: usd * choice.servers for name, usd in option.server_terms.items()}
    for name, usd in option.server_day_terms.items():
        if name != ENERGY:
            terms[name] = terms.get(name, ZERO) + usd * server_days
    terms["staff"] = exact.problem.staff_usd_per_day * choice.days
    terms["site_setup"] = exact.problem.site_setup_usd
    terms |= best.supply_terms
    # the grid is a limit of the servers only where the site has none to contract
    uses = limit_uses(exact.problem, [(choice.option, choice.servers, server_days)], choice.days)
    of_servers = tuple(use for use in uses if use.limit not in LIFTED)
    held = bounds_in(of_servers)
    plan = PowerPlan(
        setting=ready.setting,
        feed=ready.feed,
        site=site,
        item=item_of(option, choice.servers, server_days, laws(ready.bare.table)[option.key]),
        days=choice.days,
        lead_days=option.lead_days,
        fed=best,
        cost_terms={name: usd for name, usd in terms.items() if usd},
        floor=floor,
        searched=found,
        peak_kw=option.peak_kw * choice.servers,
        item_kw=option.mean_kw,
        tpp=within(option.tpp * choice.servers, held.get("tpp")),
        capital_usd=within(option.capital_usd * choice.servers, held.get("capital")),
        of_servers=of_servers,
    )
    if plan.cost_usd != best.cost_usd:
        raise _undecided(ready, say("the named parts of the cost do not add up to it"))
    return plan
