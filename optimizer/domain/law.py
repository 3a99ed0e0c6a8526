"""Export control as dated data: how a chip is classed, where a country stands, what follows."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from optimizer.domain.base import Day, Flag, Names, Number, Sourced, Whole, column


class RuleState(StrEnum):
    """Whether a rule is in force; its words are next to it in ``status``."""

    IN_FORCE = "in_force"
    GUIDANCE = "guidance"
    """Guidance that is in force: it is no rule of its own."""
    ISSUED = "issued"
    NOT_ENFORCED = "not_enforced"
    """It is in the regulations, and nobody enforces it."""
    STAYED = "stayed"
    WITHDRAWN = "withdrawn"
    """A draft that never took effect."""
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    PENDING = "pending"
    """A bill: no law yet."""
    HYPOTHETICAL = "hypothetical"


class Policy(StrEnum):
    """What an export rule asks for."""

    FREE = "free"
    """No licence."""
    EXCEPTION = "exception"
    """A licence exception, up to a quantity."""
    APPROVAL = "approval"
    """A licence, with presumption of approval."""
    CASE_BY_CASE = "case_by_case"
    """A licence that is decided case by case."""
    DENIAL = "denial"
    """A licence, with presumption of denial."""


class RuleSet(Sourced):
    """A named body of export rules."""

    id: str = column("name", pattern=r"^[a-z0-9-]+$")
    name: str = column("title")
    is_default: Flag = column("1 for the set used when a case names none")
    description: str = column("what the set represents")


class ChipClass(Sourced):
    """One test of the classification; the matching row of least ``priority`` decides.

    A missing performance density cannot clear a chip: a density test is then taken as met.
    """

    rule: str = column("name of the rule")
    priority: Whole = column("order of the test, lowest first")
    chip_class: str = column("class of a chip that meets the test")
    vendor: str = column("only chips of this maker; empty for all", default="")
    min_tpp: Number | None = column("minimum TPP", "TPP", None, ge=0)
    below_tpp: Number | None = column("TPP below this", "TPP", None, gt=0)
    min_density: Number | None = column("minimum performance density", "TPP/mm2", None, ge=0)
    below_density: Number | None = column("performance density below this", "TPP/mm2", None, gt=0)
    datacenter_marketed: Flag | None = column("1 or 0: only chips so marketed; empty for all", default=None)
    effective_from: Day = column("first day in force")
    effective_to: Day | None = column("last day in force; empty while it is in force", default=None)


class CountryGroup(Sourced):
    """A country's membership of a group that the rules speak of."""

    country: str = column("ISO 3166-1 alpha-2 code")
    group: str = column("group of Supplement No. 1 to 15 CFR 740 (A:5, D:1 ...), or a tier of a rule")
    effective_from: Day = column("first day of membership")
    effective_to: Day | None = column("last day of membership; empty while it is in force", default=None)


class LicenceRule(Sourced):
    """What follows for a class of chips in a group of countries.

    Of the rules of the set that match, those of least ``priority`` apply: more than one of them are
    alternative routes (an exception up to a quantity, a licence above it).
    """

    rule: str = column("name of the rule", pattern=r"^[A-Z0-9_]+$")
    rule_sets: Names = column("the rule sets it belongs to")
    priority: Whole = column("order of the rules, lowest first")
    chip_classes: Names = column("classes it covers; * for all")
    groups: Names = column("country groups it covers; * for all")
    except_groups: Names = column("country groups it does not cover", default=())
    below_tpp: Number | None = column("only chips with a TPP below this", "TPP", None, gt=0)
    below_bandwidth_gb_per_s: Number | None = column(
        "only chips with a memory bandwidth below this", "GB/s", None, gt=0
    )
    policy: Policy = column("free, by exception, licence with presumption of approval, case by case, or denial")
    lead_days: Whole = column("days that the licence or notice takes", "days", ge=0)
    cap_tpp: Number | None = column("maximum TPP that may be imported by this route", "TPP", None, gt=0)
    cap_scope: str = column("what the cap counts: one importer, one country, one year ...", default="")
    effective_from: Day = column("first day in force")
    effective_to: Day | None = column("last day in force; empty while it is in force", default=None)
    state: RuleState = column("whether it is in force")
    status: str = column("the same in words")
    meaning: str = column("the rule in one sentence, as shown in an answer")


class BuyerRule(Sourced):
    """What depends on the buyer, the seller or the way of the goods; bills; what the rules count a place as. It is
    reported, and no plan decides it."""

    rule: str = column("name of the rule", pattern=r"^[A-Z0-9_]+$")
    kind: Literal["rule", "bill", "place"] = column(
        "rule; a bill that is pending and no law yet; or as what the rules count a place", default="rule"
    )
    rule_sets: Names = column("the rule sets it belongs to")
    chip_classes: Names = column("classes it covers; * for all")
    min_bandwidth_gb_per_s: Number | None = column(
        "only chips with a memory bandwidth of at least this", "GB/s", None, gt=0
    )
    countries: Names = column("countries it covers; * for all")
    groups: Names = column("country groups it covers; * for all")
    except_groups: Names = column("country groups it does not cover", default=())
    effective_from: Day = column("first day in force; of a bill, the day of its state")
    effective_to: Day | None = column("last day in force; empty while it is in force", default=None)
    state: RuleState = column("whether it is in force")
    status: str = column("the same in words; of a bill, how far it got")
    in_sentence: Flag = column("1 where the law in one sentence would mislead without it", default=False)
    meaning: str = column("the rule in one sentence, as shown in an answer")


class ComputeThreshold(Sourced):
    """Training compute above which a law speaks of the model; reported with an answer, never enforced."""

    rule: str = column("name of the rule", pattern=r"^[A-Z0-9_]+$")
    jurisdiction: str = column("whose rule it is")
    above_flop: Number = column("training compute above this", "FLOP", gt=0)
    applies_to: str = column("which models or developers it speaks of")
    effective_from: Day = column("first day in force")
    effective_to: Day | None = column("last day in force; empty while it is in force", default=None)
    state: RuleState = column("whether it is in force")
    status: str = column("the same in words")
    consequence: str = column("what follows, in one sentence")
