"""What becomes of a fixed choice, one kind of server and how many, where the figures are others: exactly.

The choice stands; the run goes on until the work is done, however long that takes.
"""

from __future__ import annotations

import math
from fractions import Fraction

from optimizer.case.setting import Setting, settle
from optimizer.case.what_if import change_cells
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, OptionKey
from optimizer.domain.limits import Limit
from optimizer.exact import ExactOption, ExactOptions, exact_option, problem_over
from optimizer.plans.verify import Rule, violations
from optimizer.uncertainty.spreads import Scenario
from optimizer.uncertainty.uncertain_inputs import Uncertain
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Choice:
    """What is chosen here and now."""

    key: OptionKey
    servers: int


@dataclass(frozen=True)
class Standing:
    """A choice in one scenario."""

    cost_usd: Fraction
    days: int
    """Whole days of training until the work is done."""
    lead_days: int
    missed: tuple[Limit | Rule, ...]
    """The limits and rules that it breaks; none where it meets them all."""

    @property
    def met(self) -> bool:
        """Whether it meets every limit."""
        return not self.missed


def days_of(full_days: Fraction, servers: int) -> int:
    """Whole days in which so many servers do what takes one ``full_days``."""
    return max(1, math.ceil(full_days / servers))


def standing(setting: Setting, choice: Choice, option: ExactOption | None = None) -> Standing:
    """What becomes of a choice where a case is settled.

    Args:
        option: its exact figures, where they are known.

    Raises:
        DataError: a figure that the option needs is not in the data.
    """
    option = option or exact_option(setting, choice.key)
    problem = problem_over(setting, ExactOptions([option]))
    full_days = problem.work_pflops_days / option.pflops
    days = days_of(full_days, choice.servers)
    used = [(0, choice.servers, full_days)]
    missed = [name for name, _ in violations(problem, used, days, 1)]
    return Standing(problem.measure("cost").value(used, days), days, option.lead_days, tuple(missed))


def in_scenario(known: Uncertain, scenario: Scenario, stamp: str) -> tuple[Case, Catalogue]:
    """The case and the catalogue as they are in a scenario."""
    setting = known.setting
    return change_cells(setting.asked, setting.catalogue, known.values(scenario), stamp)


def scenario_setting(known: Uncertain, scenario: Scenario) -> Setting:
    """The setting of a scenario."""
    return settle(*in_scenario(known, scenario, ""))
