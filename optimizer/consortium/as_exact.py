"""Several sites in exact figures, straight from the data: the independent side of the proof.

What an option, a limit and a measure are of one site is calculated by :mod:`optimizer.exact`; here they are put
together. Nothing is taken from :mod:`optimizer.consortium.as_table`, which does the same for the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from optimizer.consortium.members import Total
from optimizer.consortium.settle import Place, Settled
from optimizer.domain import Distribution, OptionKey
from optimizer.domain.limits import Limit, measure_limits
from optimizer.exact import ZERO, ExactCap, ExactOption, ExactOptions, ExactProblem, exact_problem
from optimizer.exact.figures import Figures
from optimizer.exact.measures import Measure, Site
from optimizer.exact.problem import bound_measures
from optimizer.units import DAYS_PER_YEAR, HOURS_PER_DAY, fraction
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class JointProblem(ExactProblem):
    """A consortium in exact figures: as a case, with the site of every option."""

    places: tuple[Site, ...] = ()

    def _measure(self, name: str) -> Measure:
        found = super()._measure(name)
        if name == "cost":
            return replace(found, sites=self.places)
        if name == "carbon":
            grams = (
                option.mean_kw * HOURS_PER_DAY * place.carbon_g_per_kwh
                for option, place in zip(self.options, self.places, strict=True)
            )
            return replace(found, per_server_day=Figures(grams))
        return found


def exact_joint(
    settled: Settled,
    places: Sequence[Place],
    keys: Sequence[Sequence[OptionKey]],
    total: Total,
    efficiency: Fraction,
    distribution: Distribution,
    fewest: int,
) -> JointProblem:
    """The exact figures of some sites of a consortium.

    Args:
        keys: of every site the options, named as its own setting names them.
        total: the limits on them together.
        efficiency: share that is left of the speed of each.
        fewest: how many sites a plan uses at least; with 1, the team is paid at the site that is used.
    """
    own = [
        [exact_problem(stage.setting, some) for stage in place.stages] for place, some in zip(places, keys, strict=True)
    ]
    posts = min(fraction(distribution.site_staff_fte), settled.lead.exact("staff_fte"))
    if fewest == 1:
        posts = settled.lead.exact("staff_fte")
    options: list[ExactOption] = []
    sites: list[Site] = []
    spans: list[range] = []
    for place, problems in zip(places, own, strict=True):
        setting, begin = place.setting, len(options)
        works = any(problem.options for problem in problems)  # where none can, nobody is paid, and no wage is needed
        site = Site(
            name=place.name,
            setup_usd=fraction(setting.case.site_setup_usd or 0),
            staff_usd_per_day=posts * setting.exact("engineer_usd_per_year") / DAYS_PER_YEAR if works else ZERO,
            carbon_g_per_kwh=fraction(setting.country.grid_carbon_g_per_kwh),
        )
        for stage in place.stages:
            options += [_at(place, stage.from_day, option, efficiency) for option in problems[-1].options]
        spans.append(range(begin, len(options)))
        sites += [site] * (len(options) - begin)
    first = own[0][-1]
    joint = ExactOptions(options)
    team = (settled.lead.exact("staff_fte") - posts) * settled.lead.exact("engineer_usd_per_year") / DAYS_PER_YEAR
    problem = JointProblem(
        options=joint,
        work_pflops_days=first.work_pflops_days,
        memory_gb=first.memory_gb,
        deadline_days=first.deadline_days,
        compute_allowed=first.compute_allowed,
        ceilings=(),
        caps=tuple(_of_sites(places, own, spans, joint)),
        staff_usd_per_day=team,
        site_setup_usd=ZERO,
        carbon_g_per_kwh=ZERO,
        fewest_sites=fewest,
        places=tuple(sites),
    )
    ceilings, caps = bound_measures(problem, measure_limits(total))
    return replace(
        problem,
        ceilings=ceilings,
        caps=(*problem.caps, *caps, *_supply_of_all(total, joint, settled.catalogue.forms_of)),
    )


def _at(place: Place, day: int, option: ExactOption, efficiency: Fraction) -> ExactOption:
    """An option as it is in the consortium: by the site's name, slower, beginning with its phase."""
    return replace(
        option,
        key=replace(option.key, site=place.name),
        pflops=option.pflops * efficiency,
        lead_days=max(0, option.lead_days - day),
        start_days=day,
    )


def _of_sites(
    places: Sequence[Place], own: Sequence[Sequence[ExactProblem]], spans: Sequence[range], joint: ExactOptions
) -> Iterator[ExactCap]:
    """The limits of every site: of each phase on all that is there by then. Hire and licences are a country's."""
    of_countries: dict[Limit, tuple[ExactCap, list[Fraction]]] = {}
    for place, problems, span in zip(places, own, spans, strict=True):
        for stage, problem in zip(place.stages, problems, strict=True):
            for cap in problem.caps:
                of_country = cap.limit.described.of_country
                uses = [ZERO] * len(joint)
                if of_country:
                    limit = replace(cap.limit, site=place.setting.country.id)
                    uses = of_countries.setdefault(limit, (cap, uses))[1]
                for position, option in enumerate(span):
                    if joint[option].start_days <= stage.from_day:
                        uses[option] = cap.uses[position % len(problem.options)]
                if not of_country and any(uses):
                    limit = replace(cap.limit, site=place.name, from_day=stage.from_day or None)
                    yield ExactCap(limit, cap.bound, Figures(uses))
    for limit, (cap, uses) in of_countries.items():
        if any(uses):
            yield ExactCap(limit, cap.bound, Figures(uses))


def _supply_of_all(total: Total, joint: ExactOptions, forms_of: Callable[[str], tuple[str, ...]]) -> Iterator[ExactCap]:
    """How many of a kind all sites together can have."""
    for name, count in total.supply:
        columns = [acquired for form, acquired, _, _ in joint.devices_had if form in forms_of(name)]
        had = Figures(sum((column[place] for column in columns), ZERO) for place in range(len(joint)))
        if had.any:
            yield ExactCap(Limit("supply", name), Fraction(count), had)
