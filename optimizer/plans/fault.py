"""What is wrong with a plan that exact verification recomputed, as values; answers/readback/ has their words."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from optimizer.units.records import dataclass


class FaultKind(StrEnum):
    """What a plan has wrong."""

    LIMIT_BROKEN = "limit_broken"
    LIMIT_WRONG = "limit_wrong"
    """The use or the bound of a limit is not what it is."""
    LIMIT_MISSING = "limit_missing"
    """A limit that the plan touches is not among its limits."""
    FIGURE_WRONG = "figure_wrong"
    """A figure is ``reported`` otherwise than it is."""
    TERM_WRONG = "term_wrong"
    """A named cost is not what it is."""
    SPEED_WRONG = "speed_wrong"
    """The speed of an option's servers is not what it is."""
    DEVICES_WRONG = "devices_wrong"
    """So many servers of an option do not hold as many accelerators as are ``reported``."""
    SPARES_WRONG = "spares_wrong"
    """The spare devices of an option are not so many."""
    OUTSIDE_BRACKET = "outside_bracket"
    """More or fewer accelerators than the size bracket has."""
    NO_RULE = "no_rule"
    """No rule of the set, which ``rule`` names, lets the option in."""
    RULE_ELSEWHERE = "rule_elsewhere"
    """The rule does not cover the country on the date."""
    RULE_NOT_IN_FORCE = "rule_not_in_force"
    RULE_ENDED = "rule_ended"
    NOT_RELEASED = "not_released"
    """The chip is not sold before ``true``, and the plan is of an earlier date."""
    NOT_SOLD_NEW = "not_sold_new"
    """New ones were sold until ``true``, and the plan is of a later date."""
    ABOVE_THRESHOLDS = "above_thresholds"
    """The rule covers only chips below thresholds that this one is above."""
    CLASS_WRONG = "class_wrong"
    """The chip is not of the class that is ``reported``."""
    CLASS_NOT_COVERED = "class_not_covered"
    """The rule does not cover the chip's class."""
    POLICY_WRONG = "policy_wrong"
    """The rule's policy is not the one that is ``reported``."""
    WORDS_WRONG = "words_wrong"
    """The rule is not worded as in the data."""
    WORK_MISSING = "work_missing"
    """The servers do not do the work."""
    KINDS = "kinds"
    """More kinds of server than a plan may combine, or none."""
    SPREAD = "spread"
    """One site with a spread, or several without one."""
    COUNTRIES = "countries"
    """Sites of several countries where all should are in one."""
    EFFICIENCY_WRONG = "efficiency_wrong"
    """What is left of the speed is not what it is."""
    NO_PHASE = "no_phase"
    """An option begins on a day that is none of its site's phases."""
    TOO_MANY_DAYS = "too_many_days"
    """An option works on more days than the run has."""
    IDLE = "idle"
    """Some servers do not work from the day on which they begin to the end of the run."""
    TWICE = "twice"
    """The same kind of server is at a site twice."""
    SEVERAL_BRACKETS = "several_brackets"
    SEVERAL_CONNECTIONS = "several_connections"
    MEMORY = "memory"
    """The servers do not hold the model."""


Value = Fraction | str


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a plan; fields that its kind has no use for are empty."""

    kind: FaultKind
    what: str = ""
    """The option, limit, figure, cost term or size bracket that it is about."""
    reported: Value | None = None
    """As the plan has it."""
    true: Value | None = None
    """As it is."""
    servers: int = 0
    rule: str = ""
    """The export rule."""
    country: str = ""
    date: str = ""
    site: str = ""
    """The site of a consortium."""

    def __str__(self) -> str:
        """For the message of an error: site, kind, what it is about and the rule."""
        return " ".join(filter(None, (self.site, self.kind, self.what, self.rule)))
