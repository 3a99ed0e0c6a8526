"""Who takes part in a consortium: the sites with what each of them has, what they train, and their common limits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from decimal import Decimal

from pydantic import Field, model_validator

from optimizer.domain import Case
from optimizer.domain.base import Frozen, Number, Whole
from optimizer.domain.case import Counts
from optimizer.domain.limits import KINDS
from optimizer.errors import DataError, Problem
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.language import say
from optimizer.units.records import dataclass

MOST_SITES = 100
DEFAULT_MIX = 4
"""Kinds of server over all sites together, where nothing is said."""
OF_A_SITE = (
    *("country", "max_mw", "max_tpp", "max_accelerators", "supply", "owned", "use", "avoid", "procurement"),
    *(
        "tax_regime",
        "buyer",
        "import_duty",
        "pue",
        "peak_pue",
        "electricity_usd_per_kwh",
        "engineer_usd_per_year",
        "rent_premium",
        "rent",
        "assume_hire",
        "site_setup_usd",
    ),
)
"""Fields of a case that each site has of its own; stated for the run, they hold for every site that states none."""
OF_ALL_SITES = tuple(kind.field for kind in KINDS.values() if kind.of_all_sites)
"""Fields of a case that are limits on all sites together, and of no site by itself."""
_NAME = re.compile(r"[\w .-]{1,60}")


class Phase(Frozen):
    """What a site has from some day of the run on. Nothing that a site has ever gets less."""

    from_day: Whole = Field(ge=1, lt=MAX_DEADLINE_DAYS, description="days of the run that have passed by then")
    max_mw: Number | None = Field(None, gt=0, le=100_000, description="grid limit from then on, MW; empty: as before")
    supply: Counts = Field((), description="accelerators available from then on, in total: h100=512; empty: as before")

    @model_validator(mode="after")
    def _changes_something(self) -> Phase:
        if self.max_mw is None and not self.supply:
            raise ValueError(say("changes nothing: give max_mw or supply"))
        return self


class Total(Frozen):
    """Limits on all sites together."""

    budget_usd: Number | None = Field(None, gt=0, le=Decimal("1e13"), description="maximum spending of all sites, USD")
    max_energy_gwh: Number | None = Field(None, gt=0, le=Decimal("1e9"), description="maximum energy of all sites, GWh")
    max_carbon_t: Number | None = Field(
        None, gt=0, le=Decimal("1e12"), description="maximum emissions of all sites, tCO2e"
    )
    max_capital_usd: Number | None = Field(
        None, gt=0, le=Decimal("1e13"), description="maximum value of the bought hardware of all sites, USD"
    )
    max_tpp: Number | None = Field(None, gt=0, le=Decimal("1e15"), description="cap on all sites' TPP")
    max_accelerators: Whole | None = Field(
        None, ge=1, le=10_000_000, description="maximum number of accelerators at all sites"
    )
    supply: Counts = Field((), description="maximum number of accelerators of a kind available to all sites: h100=512")


@dataclass(frozen=True)
class Member:
    """One site."""

    name: str
    case: Case
    """What it has of its own: only the fields of :data:`OF_A_SITE` are set."""
    phases: tuple[Phase, ...] = ()
    share: Decimal | None = None
    """Its agreed share of the cost; None where none is agreed."""


@dataclass(frozen=True)
class Consortium:
    """What is asked: one run that several sites share.

    Raises:
        DataError: the members do not go together, with all problems at once.
    """

    run: Case
    """What is trained, by when, what is minimised; and what every site has that states nothing else."""
    members: tuple[Member, ...]
    total: Total = field(default_factory=Total)
    efficiency: Decimal | None = None
    """What is left of the speed where sites share the run; by default that of the data."""

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DataError(problems)

    def _problems(self) -> Iterable[Problem]:
        if not 1 <= len(self.members) <= MOST_SITES:
            yield Problem(
                say("must have 1 to {most_sites} sites", most_sites=MOST_SITES),
                column="site",
                value=str(len(self.members)),
            )
        names: set[str] = set()
        for member in self.members:
            if not _NAME.fullmatch(member.name):
                rule = say('must be 1 to 60 letters, digits, blanks, "_", "." and "-"')
                yield Problem(rule, column="name", value=member.name)
            elif member.name.lower() in names:
                yield Problem(say("is the name of more than one site"), column="name", value=member.name)
            names.add(member.name.lower())
            days = [phase.from_day for phase in member.phases]
            if days != sorted(set(days)):
                yield Problem(say("must follow one another by from_day"), column="phase", value=member.name)
        if self.run.mix == 1:
            yield Problem(
                say("must be 2 or more: sites that share a run use at least two kinds"), column="mix", value="1"
            )
        for limit in OF_ALL_SITES:
            if getattr(self.run, limit) is not None:
                yield Problem(say("is a limit on all sites together: give it as their total"), column=limit)
        shares = [member.share for member in self.members if member.share is not None]
        if shares and (len(shares) < len(self.members) or sum(shares) != 1):
            yield Problem(say("of all sites must be given and add up to 1"), column="share", value=str(sum(shares)))
        # what is not a number can be compared with none
        if self.efficiency is not None and not (self.efficiency.is_finite() and 0 < self.efficiency <= 1):
            yield Problem(say("must be above 0 and at most 1"), column="efficiency", value=str(self.efficiency))

    @property
    def mix(self) -> int:
        """Kinds of server over all sites together."""
        return self.run.mix or DEFAULT_MIX

    def case_of(self, member: Member) -> Case:
        """What a site is asked by itself, under its own limits alone."""
        own = member.case.model_fields_set & set(OF_A_SITE)
        return self.run.changed(case_id=member.name, mix=self.mix, **{name: getattr(member.case, name) for name in own})
