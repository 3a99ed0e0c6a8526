"""A consortium with every default filled in: each site as a setting, and one more for each of its phases."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from optimizer.case.setting import Setting, missing_figure, settle
from optimizer.catalogue import Catalogue
from optimizer.consortium.members import Consortium, Member, Total
from optimizer.domain import Distribution, Spread
from optimizer.errors import DataError, Problem
from optimizer.units import fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class Stage:
    """What holds at a site from some day of the run on."""

    from_day: int
    setting: Setting


@dataclass(frozen=True, eq=False)
class Place:
    """One site, settled."""

    member: Member
    stages: tuple[Stage, ...]
    """What holds from the first day on, and from the day of each phase on."""

    @property
    def name(self) -> str:
        """The site's name."""
        return self.member.name

    @property
    def setting(self) -> Setting:
        """What holds in the end: the most that the site ever has."""
        return self.stages[-1].setting


@dataclass(frozen=True, eq=False)
class Settled:
    """A consortium, settled. The first of its sites leads: its wages pay the team but for the posts at other sites."""

    asked: Consortium
    catalogue: Catalogue
    places: tuple[Place, ...]
    total: Total
    """The limits on all sites together, names looked up."""

    @property
    def lead(self) -> Setting:
        """The setting of the site that leads."""
        return self.places[0].setting

    @property
    def objective(self) -> str:
        """What is minimised."""
        return self.lead.case.objective or "cost"

    def distribution(self, spread: Spread) -> Distribution:
        """What the data say of one run over several sites."""
        return self.catalogue.distribution[self.lead.assumptions.id, spread]

    def efficiency(self, spread: Spread) -> Fraction:
        """Share of the speed that is left, 0 to 1: the consortium's own figure, or that of the data."""
        own = self.asked.efficiency
        return fraction(own if own is not None else self.distribution(spread).efficiency)


def settle_sites(asked: Consortium, catalogue: Catalogue) -> Settled:
    """Fill in the defaults of every site.

    Raises:
        DataError: unknown names and values that do not go together, of all sites at once.
    """
    problems: list[Problem] = []
    places = [place for member in asked.members if (place := _place(asked, member, catalogue, problems)) is not None]
    if not problems and "engineer_usd_per_year" in (lead := places[0]).setting.figures.lacks:  # it pays the team
        unknown = missing_figure("engineer_usd_per_year", lead.setting.country.name)
        rule = say("its wages pay the team, and the wage of an engineer is not known")
        problems.append(replace(unknown, rule=rule, column="site", value=lead.name))
    if problems:
        raise DataError(problems)
    return Settled(asked, catalogue, tuple(places), _total(asked, catalogue))


def _total(asked: Consortium, catalogue: Catalogue) -> Total:
    """The common limits with the names of accelerators looked up, as those of a site are."""
    supply = dict(asked.total.supply)
    if not supply:
        return asked.total
    looked_up = settle(asked.case_of(asked.members[0]).changed(supply=supply), catalogue).case.supply
    return asked.total.model_copy(update={"supply": looked_up})


def _place(asked: Consortium, member: Member, catalogue: Catalogue, problems: list[Problem]) -> Place | None:
    case = asked.case_of(member)
    try:
        stages = [Stage(0, settle(case, catalogue))]
        for phase in member.phases:
            before = stages[-1].setting.case
            more = {"max_mw": phase.max_mw} if phase.max_mw is not None else {}
            supply = dict(before.supply) | dict(phase.supply)
            now = settle(case.changed(supply=supply, **{"max_mw": before.max_mw, **more}), catalogue)
            problems += _less(member, phase.from_day, stages[-1].setting, now)
            stages.append(Stage(phase.from_day, now))
    except DataError as error:
        problems += [replace(problem, file=problem.file or f"site {member.name}") for problem in error.problems]
        return None
    return Place(member, tuple(stages))


def _less(member: Member, day: int, before: Setting, now: Setting) -> list[Problem]:
    """What a phase takes away."""
    found = []
    place = say("site {member_name}", member_name=member.name)
    if before.case.max_mw is None and now.case.max_mw is not None:
        found.append(
            Problem(
                say("limits something that had no limit before"),
                file=place,
                column="max_mw",
                value=str(now.case.max_mw),
            )
        )
    elif before.case.max_mw is not None and now.case.max_mw is not None and now.case.max_mw < before.case.max_mw:
        rule = say("must be at least {max_mw}, as before day {day}", max_mw=before.case.max_mw, day=day)
        found.append(Problem(rule, file=place, column="max_mw", value=str(now.case.max_mw)))
    held = dict(before.case.supply)
    for accelerator, count in now.case.supply:
        if accelerator not in held:
            rule = say("limits something that had no limit before: give the supply of the site")
            found.append(Problem(rule, file=place, column="supply", value=accelerator))
        elif count < held[accelerator]:
            rule = say("must be at least {held}, as before day {day}", held=held[accelerator], day=day)
            found.append(Problem(rule, file=place, column="supply", value=f"{accelerator}={count}"))
    return found
