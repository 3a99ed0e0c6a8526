"""The odds of a plan over several sites: what it costs, and how often it meets every limit of each site and of all.

The choice stands, as that of :mod:`optimizer.uncertainty.odds`: so many servers of each kind at each site. All work
from the day on which they begin to the end of the run, whose length ``L`` is that at which they have done the work:
with ``F`` the server-days that each kind alone would need, ``s`` the day on which it begins and ``e`` the share of the
speed that is left, ``sum e n (L - s) / F = 1``. What each kind comes to is that of
:mod:`optimizer.uncertainty.drawn_option`.

What is of the hardware, the model or the run is one doubt for all sites; what is of a country (its electricity, wages,
duty, offers) is drawn for each country apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np

from optimizer.case.setting import Setting
from optimizer.case.what_if import Cell, parameter_cell
from optimizer.consortium.as_exact import exact_joint
from optimizer.consortium.plan import JointItem, JointPlan, SiteUse
from optimizer.consortium.settle import Place, Stage
from optimizer.domain import Distribution, OptionKey
from optimizer.domain.limits import DEADLINE, Limit, measure_limits
from optimizer.exact import ExactOptions, problem_over
from optimizer.exact.shares import at_work
from optimizer.model.limit_rows import demand
from optimizer.options import options_table
from optimizer.options.cost import staff_usd_per_day
from optimizer.options.performance import Value
from optimizer.plans.verify import violations
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.amounts import Amount
from optimizer.uncertainty.distribution import Floats
from optimizer.uncertainty.drawn_option import DrawnOption, draw_option
from optimizer.uncertainty.fixed_choice import scenario_setting
from optimizer.uncertainty.limits_met import Met, decided, whole_days
from optimizer.uncertainty.odds import DRAWS, SEED, Odds, summed_up
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.spreads import Spread, UncertainInput
from optimizer.uncertainty.uncertain_inputs import Uncertain, uncertain_inputs
from optimizer.units.records import dataclass

EFFICIENCY, POSTS = "distributed_efficiency", "site_staff_fte"
"""The doubts about sharing a run: the share of the speed that is left, and the posts at each site."""


@dataclass(frozen=True, eq=False)
class _Part:
    """One kind of server at one site, in every draw."""

    place: Place
    joint: JointItem
    held: Mapping[int, DrawnOption]
    """By the day from which something holds at the site, the servers under it; those of later days only."""

    @property
    def drawn(self) -> DrawnOption:
        """Its servers under what holds in the end."""
        return self.held[self.place.stages[-1].from_day]

    @property
    def servers(self) -> int:
        """How many there are."""
        return self.joint.item.servers

    @property
    def key(self) -> OptionKey:
        """Its option as the setting of the site names it."""
        return replace(self.joint.item.key, site=self.place.setting.country.id)

    def come_to(self, amount: Amount, length: Floats, constant: float = 0.0) -> Value:
        """What these servers come to of a measure in a run of some length."""
        if amount.is_of_servers:  # one value where no doubt touches it, which is met as in the central case
            return np.multiply(amount.per_server, self.servers)
        share = np.maximum(length - self.joint.start_days, 0.0) * self.servers / self.drawn.full_days
        return amount.of_share(self.servers, share, constant)


@dataclass(frozen=True, eq=False)
class DrawnConsortium:
    """The servers of a plan over several sites, in every draw."""

    plan: JointPlan
    parts: tuple[_Part, ...]
    samples: Mapping[str, Sample]
    """Of each site that is used, and of the one that leads, by name."""

    @property
    def sample(self) -> Sample:
        """That of the site that leads, which has the doubts about sharing."""
        return self.samples[self.plan.settled.places[0].name]

    def _sharing(self, name: str, central: Fraction) -> Value:
        """A figure of a shared run, in every draw where the data have a range of it."""
        if self.plan.spread is None:
            return float(central)
        drawn = self.sample.of(_sharing_cell(self.plan, name))
        return float(central) if drawn is None else drawn

    @cached_property
    def length(self) -> Floats:
        """Days, not whole, until the work is done."""
        found: Floats = np.zeros(self.sample.count)
        left = self._sharing("efficiency", self.plan.efficiency)
        pace, begun = np.zeros(self.sample.count), np.zeros(self.sample.count)
        starts = sorted({part.joint.start_days for part in self.parts})
        for start in starts:  # what begins after the end of the run adds nothing to it
            here = found == 0 if start == starts[0] else found > start
            for part in self.parts:
                if part.joint.start_days == start:
                    speed = left * part.servers / part.drawn.full_days
                    pace, begun = pace + speed, begun + speed * start
            found = np.where(here, (1 + begun) / pace, found)
        return found

    @cached_property
    def days(self) -> Floats:
        """Whole days until the work is done."""
        return whole_days(self.length)

    @cached_property
    def cost_usd(self) -> Floats:
        """What the run costs until the work is done."""
        total: Value = np.multiply(self._team_usd_per_day(), self.days)
        for part in self.parts:
            setup = float(part.place.setting.case.site_setup_usd or 0)
            total = total + part.come_to(part.drawn.usd, self.length, setup)
        total = total + sum(float(site.place.setting.case.site_setup_usd or 0) for site in self.plan.sites)
        return np.broadcast_to(np.asarray(total, dtype=np.float64), self.sample.count)

    def _team_usd_per_day(self) -> Value:
        """The posts at each site that is used at its own wages, the others at those of the site that leads."""
        lead = self.plan.settled.lead
        posts: Value = _figure(self.sample, lead, "staff_fte")
        here = posts
        if self.plan.spread is not None:
            row = self.plan.settled.distribution(self.plan.spread)
            here = np.minimum(posts, self._sharing("site_staff_fte", Fraction(row.site_staff_fte)))
        total = np.multiply(0.0, here)
        if self.plan.spread is not None:
            total = staff_usd_per_day(np.subtract(posts, here), _figure(self.sample, lead, "engineer_usd_per_year"))
        for site in self.plan.sites:
            wage = _figure(self.samples[site.place.name], site.place.setting, "engineer_usd_per_year")
            total = total + staff_usd_per_day(here, wage)
        return total

    def uses(self) -> Iterator[tuple[Limit | str, Value, Value]]:
        """Every limit, what the servers come to of it, and its bound."""
        deadline = float(self.plan.settled.lead.case.deadline_days or 0)
        left = [np.minimum(part.drawn.left_days + part.joint.start_days, deadline) for part in self.parts]
        yield DEADLINE, self.length, np.min(left, axis=0)
        for site in self.plan.sites:
            here = [part for part in self.parts if part.place is site.place]
            first = min(part.joint.start_days for part in here)
            held = [part for part in here if part.joint.start_days == first]
            yield "memory", 1.0, sum(np.divide(part.servers, part.drawn.memory_servers) for part in held)
        of_sites: dict[Limit, list[tuple[_Part, Amount, Value]]] = {}
        for part in self.parts:
            for limit, amount, bound, day in _bounded(part):
                at = part.place.setting.country.id if limit.described.of_country else part.place.name
                whose = replace(limit, site=at, from_day=None if limit.described.of_country else day or None)
                of_sites.setdefault(whose, []).append((part, amount, bound))
        for limit, parts in of_sites.items():
            yield limit, sum(part.come_to(amount, self.length) for part, amount, _ in parts), parts[0][2]
        for limit, value in measure_limits(self.plan.total):
            if limit.described.measure == "cost":
                yield limit, self.cost_usd, float(value)
            else:
                used = sum(part.come_to(part.drawn.amount_of(limit), self.length) for part in self.parts)
                yield limit, used, float(value)
        forms = self.plan.settled.catalogue.forms_of
        for name, count in self.plan.total.supply:
            kinds = [part for part in self.parts if part.key.accelerator in forms(name)]
            had = sum(part.servers * part.drawn.acquired for part in kinds if part.key.procurement != "own")
            yield Limit("supply", name), had, float(count)

    def met(self) -> tuple[dict[Limit | str, Met], Met]:
        """Whether the plan meets each limit, and all of them, draw by draw: exactly where a float cannot say."""
        each, near = decided(self.uses(), self.sample.count)
        found: Met = np.logical_and.reduce(list(each.values()))
        for draw in np.flatnonzero(near).tolist():
            found[draw] = self.exactly(draw)[1]
        return each, found

    def exactly(self, draw: int) -> tuple[Fraction, bool]:
        """What the plan costs in one draw, USD, and whether it meets every limit: exactly, from the data."""
        places = tuple(
            self._drawn_place(place, draw) for place in self.plan.settled.places if place.name in self.samples
        )
        settled = replace(
            self.plan.settled, places=places, catalogue=places[0].setting.catalogue, total=self.plan.total
        )
        keys = [list(dict.fromkeys(part.key for part in self.parts if part.place.name == one.name)) for one in places]
        spread = self.plan.spread
        left = settled.efficiency(spread) if spread else Fraction(1)
        row, fewest = settled.distribution(spread or "domestic"), 2 if spread else 1
        problem = exact_joint(settled, places, keys, self.plan.total, left, row, fewest)
        at = {(option.key, option.start_days): place for place, option in enumerate(problem.options)}
        servers = {at[part.joint.item.key, part.joint.start_days]: part.servers for part in self.parts}
        used, days = at_work(problem, servers)
        # a run that ends before a phase begins leaves the servers of that phase without work; no limit is missed by it
        broken = [name for name, _ in violations(problem, used, days, len(used)) if name != "together"]
        return problem.measure("cost").value(used, days), not broken

    def _drawn_place(self, place: Place, draw: int) -> Place:
        """A site as it is in one draw."""
        sample = self.samples[place.name]
        scenario = sample.scenario(draw)
        stages = [
            Stage(stage.from_day, scenario_setting(replace(sample.known, setting=stage.setting), scenario))
            for stage in place.stages
        ]
        return replace(place, stages=tuple(stages))


def odds_over_sites(plan: JointPlan, count: int = DRAWS, seed: int = SEED) -> Odds | None:
    """The odds of a plan of a consortium; None where no figure of it is uncertain.

    Args:
        plan: of one run over several sites, or of the one site that does it best.
        count: draws.
        seed: the same gives the same.

    Raises:
        DataError: a table that the ranges rest on cannot be read.
    """
    drawn = draw_consortium(plan, count, seed)
    doubts = {given.name: given for sample in drawn.samples.values() for given in sample.known.inputs}
    if not doubts:
        return None
    each, met = drawn.met()
    known = replace(drawn.sample.known, inputs=tuple(doubts[name] for name in sorted(doubts)))
    return summed_up(replace(drawn.sample, known=known), each, met, drawn.days, drawn.cost_usd)


def draw_consortium(plan: JointPlan, count: int = DRAWS, seed: int = SEED) -> DrawnConsortium:
    """The servers of a plan in every draw of what is uncertain about all sites."""
    lead = plan.settled.places[0]
    uses = {site.place.name: site for site in plan.sites}
    samples = {
        place.name: _sample(plan, place, uses.get(place.name), count, seed)
        for place in plan.settled.places
        if place is lead or place.name in uses
    }
    parts = [_part(site, joint, samples[site.place.name]) for site in plan.sites for joint in site.items]
    return DrawnConsortium(plan, tuple(parts), samples)


def _sample(plan: JointPlan, place: Place, site: SiteUse | None, count: int, seed: int) -> Sample:
    """Draws of what is uncertain about a site. Those of the leading country are those of a case of its own."""
    lead = plan.settled.places[0]
    keys = () if site is None else tuple(replace(joint.item.key, site=place.setting.country.id) for joint in site.items)
    known = uncertain_inputs(place.setting, keys)
    if place is lead and plan.spread is not None:
        known = _with_sharing(known, plan)
    apart = place.setting.country.id != lead.setting.country.id
    return Sample(known, count, seed, place.setting.country.id if apart else "")


def _with_sharing(known: Uncertain, plan: JointPlan) -> Uncertain:
    """What is uncertain with what the data say of sharing a run, but for what the consortium states itself."""
    assert plan.spread is not None
    row: Distribution = plan.settled.distribution(plan.spread)
    own = plan.settled.asked.efficiency is not None
    found = list(known.inputs)
    for name, column, unit in ((EFFICIENCY, "efficiency", "share"), (POSTS, "site_staff_fte", "posts")):
        ends = row.range_of(column)
        if ends is not None and not (own and name == EFFICIENCY):
            central: Decimal = getattr(row, column)
            spread = Spread((_sharing_cell(plan, column),), ends[0], central, ends[1])
            found.append(UncertainInput(name, unit, (spread,), estimate=row.is_estimate(column)))
    return replace(known, inputs=tuple(sorted(found, key=lambda given: given.name)))


def _sharing_cell(plan: JointPlan, column: str) -> Cell:
    """Where the data say what sharing a run comes to."""
    assert plan.spread is not None
    return Cell("distribution", (plan.settled.lead.assumptions.id, plan.spread), column)


def _part(site: SiteUse, joint: JointItem, sample: Sample) -> _Part:
    """Servers of a site in every draw."""
    place = site.place
    table = options_table(place.setting)
    option = table.places[replace(joint.item.key, site=place.setting.country.id)]
    held = {}
    for stage in place.stages:
        if stage.from_day >= joint.start_days:
            nothing = problem_over(stage.setting, ExactOptions(()))
            ready = Prepared(stage.setting, table, demand(stage.setting, table), nothing)
            held[stage.from_day] = draw_option(ready, option, sample)
    return _Part(place, joint, held)


def _bounded(part: _Part) -> Iterator[tuple[Limit, Amount, Value, int]]:
    """Every limit of the site on some servers, and the day from which it holds; those of a country hold once."""
    last = part.place.stages[-1].from_day
    for day, drawn in part.held.items():
        for limit, amount, bound in drawn.bounded:
            if day == last or not limit.described.of_country:
                yield limit, amount, bound, day


def _figure(sample: Sample, setting: Setting, name: str) -> Value:
    """A planning parameter of a site, in every draw where it is uncertain."""
    drawn = sample.of(parameter_cell(setting, name))
    return setting.number(name) if drawn is None else drawn
