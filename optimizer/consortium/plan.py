"""What a consortium is reported: the plan of one run over its sites, and what is next to it. All figures are exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.consortium.members import Total
from optimizer.consortium.settle import Place, Settled
from optimizer.consortium.solve import JointPrepared
from optimizer.domain import OptionKey, Spread
from optimizer.domain.limits import DEADLINE, Limit
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.exact import ZERO, Used
from optimizer.plans.outcome import COST_TERMS, Drawn, LetIn, LimitUse, PlanItem, bounds_in, item_of, use_of
from optimizer.plans.proof import Proof
from optimizer.solve.planner import laws
from optimizer.units import GRAMS_PER_TONNE, HOURS_PER_DAY, KWH_PER_GWH
from optimizer.units.records import dataclass
from optimizer.units.within import in_larger_unit, within


@dataclass(frozen=True)
class JointItem:
    """One kind of server at one site; ``item.key.site`` is the name of the site."""

    item: PlanItem
    start_days: int
    """Days of the run that are over when it begins to work."""


@dataclass(frozen=True, eq=False)
class SiteUse(Drawn):
    """What one site does, draws and costs in a plan."""

    place: Place
    items: tuple[JointItem, ...]
    cost_terms: Mapping[str, Fraction]
    peak_kw: Fraction
    energy_kwh: Fraction
    carbon_g: Fraction
    capital_usd: Fraction
    work_share: Fraction
    """Of the work of the run."""

    @property
    def cost_usd(self) -> Fraction:
        """What is spent at the site."""
        return sum(self.cost_terms.values(), ZERO)

    @property
    def accelerators(self) -> int:
        """Accelerators at the site."""
        return sum(joint.item.accelerators for joint in self.items)


@dataclass(frozen=True, eq=False)
class Standing:
    """Some servers of a plan, for what is reported of the servers of any plan
    (:class:`optimizer.plans.outcome.Fleet`)."""

    setting: Setting
    items: tuple[PlanItem, ...]
    days: int
    lead_days: int


@dataclass(frozen=True, eq=False)
class JointPlan:
    """A plan of one run over one or several sites, verified in exact arithmetic."""

    settled: Settled
    spread: Spread | None
    """None where one site does the run by itself."""
    efficiency: Fraction
    """What is left of the speed."""
    total: Total
    """The limits on all sites together that it was planned under."""
    sites: tuple[SiteUse, ...]
    """The sites that are used, in the order of the consortium."""
    days: int
    lead_days: int
    objective_value: Fraction
    team_usd: Fraction
    """The posts of the team that stand at no particular site, at the wages of the leading one."""
    limits: tuple[LimitUse, ...]
    proof: Proof

    def fleet_at(self, site: SiteUse) -> Standing:
        """The servers of one of its sites, under what holds there."""
        items = tuple(joint.item for joint in site.items)
        return Standing(site.place.setting, items, self.days, self.lead_days)

    @property
    def fleet(self) -> Standing:
        """The servers of all sites, under what holds for the run."""
        items = tuple(joint.item for site in self.sites for joint in site.items)
        return Standing(self.settled.lead, items, self.days, self.lead_days)

    def _total(self, name: str) -> Fraction:
        return sum((getattr(site, name) for site in self.sites), ZERO)

    def _within_limit(self, kind: str, value: Fraction) -> Fraction:
        """A figure with the limit on all sites together that holds it."""
        return within(value, bounds_in(self.limits).get(kind))

    @property
    def cost_usd(self) -> Fraction:
        """The whole cost."""
        return self._within_limit("budget", self._total("cost_usd") + self.team_usd)

    @property
    def cost_terms(self) -> Mapping[str, Fraction]:
        """Named parts of the whole cost, USD; they add up to it."""
        terms = dict.fromkeys(COST_TERMS, ZERO)
        for site in self.sites:
            for name, usd in site.cost_terms.items():
                terms[name] += usd
        terms["staff"] += self.team_usd
        return {name: usd for name, usd in terms.items() if usd}

    @property
    def capital_usd(self) -> Fraction:
        """Landed price of all bought servers."""
        return self._within_limit("capital", self._total("capital_usd"))

    @property
    def peak_mw(self) -> Fraction:
        """Peaks of all sites, MW."""
        return self._total("peak_mw")

    @property
    def energy_gwh(self) -> Fraction:
        """Energy of the run, GWh."""
        return in_larger_unit(self._within_limit("energy", self._total("energy_kwh")), KWH_PER_GWH)

    @property
    def carbon_g(self) -> Fraction:
        """Emissions of the energy, g."""
        return self._within_limit("carbon", self._total("carbon_g"))

    @property
    def carbon_t(self) -> Fraction:
        """Emissions of the energy, tCO2e."""
        return in_larger_unit(self.carbon_g, GRAMS_PER_TONNE)

    @property
    def accelerators(self) -> int:
        """Accelerators at all sites."""
        return sum(site.accelerators for site in self.sites)


def assemble_joint(ready: JointPrepared, used: Sequence[Used], days: int, proof: Proof) -> JointPlan:
    """A plan in exact figures from what the proof settled."""
    problem = ready.problem
    known = laws(ready.table)
    sites, uses = [], tuple(_limits(ready, used, days))
    for place in ready.places:
        here = [item for item in used if problem.options[item[0]].key.site == place.name]
        if here:
            sites.append(_site(ready, place, here, days, known, bounds_in(uses, place.name).get("grid")))
    return JointPlan(
        settled=ready.settled,
        spread=ready.spread,
        efficiency=ready.efficiency,
        total=ready.total,
        sites=tuple(sites),
        days=days,
        lead_days=max(problem.options[option].lead_days for option, _, _ in used),
        objective_value=problem.measure(ready.settled.objective).value(used, days),
        team_usd=problem.staff_usd_per_day * days,
        limits=uses,
        proof=proof,
    )


def _site(
    ready: JointPrepared,
    place: Place,
    here: Sequence[Used],
    days: int,
    known: Mapping[OptionKey, LetIn],
    most_kw: Fraction | None,
) -> SiteUse:
    """What one site does in a plan, whose peak is at most so many kW."""
    problem = ready.problem
    options = problem.options
    terms = dict.fromkeys(COST_TERMS, ZERO)
    items = []
    for o, servers, worked in sorted(here, key=lambda item: (options[item[0]].start_days, options[item[0]].key)):
        option = options[o]
        for name, usd in option.server_terms.items():
            terms[name] += usd * servers
        for name, usd in option.server_day_terms.items():
            terms[name] += usd * option.paid_server_days(servers, worked)
        items.append(JointItem(item_of(option, servers, worked, known[option.key]), option.start_days))
    site = problem.places[here[0][0]]
    terms["staff"] += site.staff_usd_per_day * days
    terms["site_setup"] += site.setup_usd
    energy = sum((options[o].mean_kw * HOURS_PER_DAY * worked for o, _, worked in here), ZERO)
    return SiteUse(
        place=place,
        items=tuple(items),
        cost_terms={name: usd for name, usd in terms.items() if usd},
        peak_kw=within(sum((options[o].peak_kw * servers for o, servers, _ in here), ZERO), most_kw),
        energy_kwh=energy,
        carbon_g=energy * site.carbon_g_per_kwh,
        capital_usd=sum((options[o].capital_usd * servers for o, servers, _ in here), ZERO),
        work_share=sum((options[o].pflops * worked for o, _, worked in here), ZERO) / problem.work_pflops_days,
    )


def _limits(ready: JointPrepared, used: Sequence[Used], days: int) -> Iterable[LimitUse]:
    """Every limit on all sites together, and on some of them what the plan touches, with its use."""
    problem = ready.problem
    finish = days + max(problem.options[option].lead_days for option, _, _ in used)
    yield use_of(DEADLINE, Fraction(finish), Fraction(problem.deadline_days))
    for ceiling in problem.ceilings:
        yield use_of(ceiling.limit, ceiling.measure.value(used, days), ceiling.bound)
    for cap in problem.caps:
        if (use := cap.used(used)) or not cap.limit.site:
            yield use_of(cap.limit, use, cap.bound)


@dataclass(frozen=True, eq=False)
class Alone:
    """What a site can do by itself: the whole run under its own limits, without those on all sites together."""

    place: Place
    plan: JointPlan | None
    why: NoPlan | None
    """Why there is no plan."""
    breaks: tuple[Limit, ...] = ()
    """The limits on all sites together that the plan does not satisfy."""

    @property
    def cause(self) -> Cause | None:
        """The same in a word."""
        return None if self.why is None else self.why.cause


@dataclass(frozen=True, eq=False)
class Joint:
    """The answer to a consortium."""

    settled: Settled
    shared: JointPlan | None
    """The best plan in which two sites or more share the run; None where it is proven that there is none."""
    shared_proof: Proof
    one_site: JointPlan | None
    """The best plan of one site for all, within the limits on all; None where it is proven that there is none."""
    alone: tuple[Alone, ...]

    @property
    def best(self) -> JointPlan | None:
        """The better of the two; one site where they are equal."""
        plans = [plan for plan in (self.one_site, self.shared) if plan is not None]
        return min(plans, key=lambda plan: plan.objective_value, default=None)

    @property
    def each_usd(self) -> Fraction | None:
        """What it costs if every site trains the model by itself; None where a site cannot."""
        if any(alone.plan is None for alone in self.alone):
            return None
        return sum((alone.plan.cost_usd for alone in self.alone if alone.plan is not None), ZERO)
