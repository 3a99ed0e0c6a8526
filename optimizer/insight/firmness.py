"""How firm the figures behind a plan are, and the best plan that rests on firmer ones."""

from __future__ import annotations

from optimizer.case.grades import FIRMEST_FIRST, Grade, grades_of, weakest
from optimizer.insight.neighbours import sketch
from optimizer.plans.outcome import Fleet, Plan, PlanItem
from optimizer.solve.claim import Prepared
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class Firmness:
    """The grade of a plan, and the best plan on firmer figures."""

    grade: Grade
    """The weakest among the figures that decide the plan."""
    firmer: Plan | None
    """The best plan whose figures are all of a firmer grade; None if there is none."""
    firmer_grade: Grade | None
    """The weakest grade that it may rest on; None if there is none, or the plan is of the firmest grade."""


def item_grades(plan: Fleet, item: PlanItem) -> dict[str, Grade]:
    """The grades of one kind of server: price, efficiency, power, law."""
    setting, key = plan.setting, item.key
    row = setting.catalogue.efficiencies[setting.assumptions.id, key.accelerator, key.precision, setting.architecture]
    chip = setting.catalogue.accelerators[key.accelerator]
    return grades_of(setting, chip, row, key.procurement, item.policy, key.terms, key.machine)


def plan_grades(plan: Fleet) -> dict[str, Grade]:
    """The grades of a plan by what decides it: of several kinds of server the weakest."""
    found: dict[str, Grade] = {}
    for item in plan.items:
        for name, grade in item_grades(plan, item).items():
            found[name] = weakest({"before": found.get(name, Grade.LISTED), "now": grade})
    return found


def _places(ready: Prepared) -> list[int]:
    """Of every option, the place of its weakest grade among the grades; options of one server share it."""
    known: dict[tuple[object, ...], int] = {}
    found = []
    for option in ready.table.options:
        key = option.key
        alike = (key.accelerator, key.precision, key.procurement, key.route, key.terms, key.machine)
        if (place := known.get(alike)) is None:
            row, policy = option.efficiency, option.route.policy
            grades = grades_of(ready.setting, option.accelerator, row, key.procurement, policy, key.terms, key.machine)
            place = known[alike] = FIRMEST_FIRST.index(weakest(grades))
        found.append(place)
    return found


def firmness(ready: Prepared, plan: Plan) -> Firmness:
    """The grade of a plan, and the best plan one grade firmer, or firmer still where there is none."""
    grade = weakest(plan_grades(plan))
    grades = _places(ready)
    for place in reversed(range(FIRMEST_FIRST.index(grade))):
        firmer = FIRMEST_FIRST[place]
        # what --evidence leaves in; the options of a case are there already
        found = sketch(ready, [at for at, of_option in enumerate(grades) if of_option <= place])
        if found is not None:
            return Firmness(grade, found, firmer)
    return Firmness(grade, None, None)
