"""Why not, as values: why an option is left out, and why a case has no plan. Each says who is the obstacle.

Their words are made in :mod:`optimizer.answers.words.reason_words`; nothing below it branches on words.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from optimizer.domain.limits import Limit
from optimizer.domain.rows import Country
from optimizer.errors import Problem
from optimizer.units.records import dataclass


class By(StrEnum):
    """Who or what is the obstacle."""

    LAW = "law"
    """The export rules."""
    CASE = "case"
    """A wish of the case."""
    DATA = "data"
    """A figure or an offer that the data do not have."""
    LIMITS = "limits"
    """The limits of the case: it could be had, but not within them."""


class ReasonKind(StrEnum):
    """Why an option never enters the model."""

    NO_RULE = "no_rule"
    """No export rule of the set speaks of the chip and the country: it is not cleared."""
    LICENCE_DENIED = "licence_denied"
    """A licence is needed, and presumed to be denied."""
    LICENCE_OPEN = "licence_open"
    """A licence is needed, and decided case by case: no plan can count on it."""
    AVOIDED = "avoided"
    OTHERS_NAMED = "others_named"
    """The case names the accelerators to use, and this is none of them."""
    RENTED_ONLY = "rented_only"
    """The rental basis counts rented servers only."""
    NONE_OWNED = "none_owned"
    NOT_RELEASED = "not_released"
    """It was not yet sold on the date of the case."""
    NOT_SOLD_NEW = "not_sold_new"
    """New ones are no longer sold on the date of the case: it may be rented or owned."""
    NO_SERVER = "no_server"
    """The size or the power of its server is not known."""
    NO_EFFICIENCY = "no_efficiency"
    """No training efficiency is known in any precision that the case allows."""
    NO_PURCHASE_PRICE = "no_purchase_price"
    NO_IMPORT_DUTY = "no_import_duty"
    NO_FIGURE = "no_figure"
    """A figure of the country that every plan needs is not known."""
    NO_MAINTENANCE = "no_maintenance"
    """It is owned, but has no price, from which its maintenance is calculated."""
    WEAK_EVIDENCE = "weak_evidence"
    """It rests on figures of a weaker grade than the case allows."""
    NO_OFFER = "no_offer"
    """No public offer to rent it in the country is known."""
    SMALL_MACHINES = "small_machines"
    """Only machines smaller than its server are offered in the country: they are no cluster."""
    NO_RENT = "no_rent"
    """Nor is a list price anywhere in the world."""

    @property
    def by(self) -> By:
        """Who or what is the obstacle."""
        return By.LAW if self in _OF_LAW else By.CASE if self in _OF_CASE else By.DATA


_OF_LAW = frozenset({ReasonKind.NO_RULE, ReasonKind.LICENCE_DENIED, ReasonKind.LICENCE_OPEN})
_OF_CASE = frozenset(
    {
        ReasonKind.AVOIDED,
        ReasonKind.OTHERS_NAMED,
        ReasonKind.RENTED_ONLY,
        ReasonKind.NONE_OWNED,
        ReasonKind.WEAK_EVIDENCE,
        ReasonKind.NOT_RELEASED,
    }
)


_REMEDIES = {
    ReasonKind.NO_IMPORT_DUTY: "import_duty",
    ReasonKind.NO_OFFER: "rent",
    ReasonKind.SMALL_MACHINES: "rent",
    ReasonKind.NOT_SOLD_NEW: "supply",
}
"""The field of a case that mends what a reason is about."""


OF_A_COUNTRY = frozenset({ReasonKind.NO_IMPORT_DUTY, ReasonKind.NO_FIGURE})
"""That a figure of the country is not known, which a case may state."""


@dataclass(frozen=True)
class Reason:
    """Why an option never enters the model, with what its kind is about; the other fields are empty."""

    kind: ReasonKind
    rule: str = ""
    """The export rule that bars the chip."""
    meaning: str = ""
    """That rule in the words of the data."""
    chip_class: str = ""
    """The chip's class under the rules."""
    groups: tuple[str, ...] = ()
    """Of the country, those that the rule names, where it is reported what decides."""
    counts_as: str = ""
    """As what the rules count the country, in the words of the data; empty where as itself."""
    bars: int = 0
    """How many accelerators the rule bars, where it is reported what decides."""
    beside: tuple[Reason, ...] = ()
    """The further rules that bar other accelerators, most accelerators first, where it is reported what decides."""
    country: Country | None = None
    """Of the site."""
    architecture: str = ""
    precisions: tuple[str, ...] = ()
    """The precisions that the case allows."""
    assumptions: str = ""
    """The assumption set that has no such figure."""
    figure: str = ""
    """The planning parameter that is not known of the country."""
    weak: tuple[str, ...] = ()
    """What is too weak: price, efficiency, power or law."""
    world_usd_per_hour: Decimal | None = None
    """The world's median list price of one device and hour, where no offer in the country is known."""
    released: str = ""
    sold_new_until: str = ""
    """The day, month or year from which an accelerator is sold."""
    provider: str = ""
    """Who offers machines smaller than a server."""
    devices: int = 0
    """Of such a machine."""

    @property
    def by(self) -> By:
        """Who or what is the obstacle."""
        return self.kind.by

    @property
    def remedy(self) -> str:
        """The field of the case that would mend it; empty where none would."""
        return _REMEDIES.get(self.kind, self.figure)


@dataclass(frozen=True)
class Need:
    """A limit and the least value of it that would do, all others as they are."""

    limit: Limit
    value: Fraction | None
    """None: there is one, but of a mix the proofs leave its value undecided."""
    asked: Fraction | None = None
    """What the case gives for the limit; None where a limit is looked at alone."""


@dataclass(frozen=True)
class OverLimits:
    """An option that could be had, but not within the limits; with what it would need of each alone.

    Without a need, no single limit would do: it breaks more than one at once.
    """

    needs: tuple[Need, ...]

    @property
    def by(self) -> By:
        """Who or what is the obstacle."""
        return By.LIMITS


OptionWhy = Reason | OverLimits
"""Why an option has no plan."""


class Cause(StrEnum):
    """Why a case has no plan at all."""

    LAW = "law"
    """The export rules: without them there would be a plan, or they bar whatever could be had otherwise."""
    DATA = "data"
    """No option has all its figures, or is allowed by the case."""
    COMPUTE_CAP = "compute_cap"
    """The training compute itself is above its cap."""
    LIMITS = "limits"
    """Power, time, money or supply."""
    CONFIDENCE = "confidence"
    """There is a plan, but none that meets every limit in the share of the draws that the case asks for."""


@dataclass(frozen=True)
class NoPlan:
    """A case that was planned and has no plan, and which limits alone would mend that, where they are the cause."""

    cause: Cause
    needs: tuple[Need, ...] = ()
    deciding: Reason | None = None
    """Of the law the rule that bars most accelerators with the others next to it, of the data a figure to be stated. Of
    the limits the duty that is not known, where no plan is within them even at 0."""
    barring: Reason | None = None
    """Where something else is the cause: the rule that bars most accelerators all the same."""
    missing: tuple[Reason, ...] = ()
    """Further figures that are not known; where the law is the cause, those that would have to be stated without it."""
    example: tuple[tuple[str, Decimal], ...] = ()
    """Where figures are to be stated, by field of the case: values with which there is a plan."""
    over_limits: bool = False
    """Whether there is an option at all: then more of the limits alone would do."""
    largest_cluster: int | None = None
    """Accelerators of the largest cluster whose efficiency is known, where none up to it is fast enough."""
    beyond_any_deadline: bool = False
    """Whether none up to it is fast enough for the longest deadline that can be given."""

    @property
    def law(self) -> Reason | None:
        """The rule that bars most accelerators, whether it is the cause or not."""
        return self.deciding if self.cause is Cause.LAW else self.barring

    @property
    def of_one_rule(self) -> NoPlan:
        """The same with the rule that bars most accelerators alone, as the cells of a row name no other."""
        deciding, barring = (one and replace(one, beside=()) for one in (self.deciding, self.barring))
        return replace(self, deciding=deciding, barring=barring)

    @property
    def figures(self) -> tuple[Reason, ...]:
        """Everything that is not known and can be stated."""
        first = () if self.cause is Cause.LAW or self.deciding is None else (self.deciding,)
        return (*first, *self.missing)

    @property
    def lacks_figures(self) -> bool:
        """Whether a plan is in sight, once figures of the country are stated that are not known."""
        return self.cause is Cause.DATA and any(reason.kind in OF_A_COUNTRY for reason in self.figures)


@dataclass(frozen=True)
class NotAsked:
    """A case that cannot be asked so: what it says does not go together."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class NoTurn:
    """Members that take turns within a deadline which leaves no whole day for each of them."""

    deadline_days: int
    members: int


@dataclass(frozen=True)
class Undetermined:
    """A case next to the answer whose proofs do not agree: nothing is said of it. The answer itself is proven."""


CaseWhy = NoPlan | NotAsked | NoTurn | Undetermined
"""Why a case has no plan."""
