"""The vocabulary of limits: each kind is described here, once, and a limit of a case is named by a typed value.

Names and units only. What a plan uses of a limit is calculated twice, by the model and in exact arithmetic, and each
has its own formulas: one that stood here would be a slip that both share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import total_ordering
from typing import Literal

from optimizer.units.records import dataclass

KindName = Literal[
    "grid",
    "connection",
    "deadline",
    "budget",
    "energy",
    "carbon",
    "capital",
    "tpp",
    "training_flop",
    "accelerators",
    "supply",
    "hire",
    "owned",
    "law",
]
Scope = Literal["case", "site", "accelerator", "rule"]
"""What a limit is of: the whole case, the site's own connection, one accelerator, or one export rule."""


@dataclass(frozen=True)
class LimitKind:
    """A kind of limit: how it is called, in what it is counted, and where a case and a row have it."""

    name: KindName
    unit: str
    measure: str = ""
    """The measure that it bounds, by name; empty where it counts some of the servers only."""
    field: str = ""
    """The field of a case that gives it; empty where it is in the data."""
    scope: Scope = "case"
    whole: bool = False
    """Whether it counts whole things."""
    of_all_sites: bool = False
    """Whether in a consortium it is a limit on all sites together, and none of a single site."""
    of_country: bool = False
    """Whether in a consortium all sites of a country share it."""
    decimals: int | None = None
    """Decimals to which a row rounds what would be needed of it, up; None where rows have no such column."""
    has_share: bool = False
    """Whether rows have a column for the share of it that a plan uses."""
    steps: tuple[Decimal, ...] = ()
    """By how much it is raised to see what more of it is worth; empty where that is a share of it."""
    tolerance: Decimal | None = None
    """How far apart two values are that count as different where the choice changes; None where nobody looks for it."""

    @property
    def needed_column(self) -> str:
        """The column of a row with what would be needed of it; empty where there is none."""
        return "" if self.decimals is None else f"needed_{self.field}"

    @property
    def share_column(self) -> str:
        """The column of a row with the share of it that a plan uses; empty where there is none."""
        return f"{self.name}_share" if self.has_share else ""

    @property
    def word(self) -> str:
        """Its name where a person types it, ``deadline`` of ``deadline_days``; empty without a field."""
        return _END_OF_UNIT.sub("", self.field)

    @property
    def flag(self) -> str:
        """The flag of its field on the command line, ``--max-mw``; empty without a field."""
        return f"--{self.word.replace('_', '-')}" if self.field else ""


def _of_all(name: KindName, unit: str, measure: str, field: str, decimals: int, tolerance: Decimal) -> LimitKind:
    """A limit on a measure that all sites of a consortium share."""
    return LimitKind(
        name, unit, measure, field, of_all_sites=True, decimals=decimals, has_share=True, tolerance=tolerance
    )


_ONE, _TEN, _TENTH, _FINE = Decimal(1), Decimal(10), Decimal("0.1"), Decimal("0.0001")
_END_OF_UNIT = re.compile("_(days|usd|gwh|t)$")
"""What the name of a field has that nobody types: MW alone is typed."""

KINDS: Mapping[KindName, LimitKind] = {
    kind.name: kind
    for kind in (
        LimitKind(
            "grid", "MW", "peak_power", "max_mw", decimals=6, has_share=True, steps=(_TENTH, _ONE), tolerance=_FINE
        ),
        LimitKind("connection", "MW", scope="site"),
        LimitKind(
            "deadline",
            "days",
            "finish",
            "deadline_days",
            whole=True,
            decimals=0,
            has_share=True,
            steps=(_TEN,),
            tolerance=_ONE,
        ),
        _of_all("budget", "USD", "cost", "budget_usd", 2, _ONE),
        _of_all("energy", "GWh", "energy", "max_energy_gwh", 6, _FINE),
        _of_all("carbon", "tCO2e", "carbon", "max_carbon_t", 2, _TENTH),
        _of_all("capital", "USD", "capital", "max_capital_usd", 2, _ONE),
        LimitKind("tpp", "TPP", "tpp", "max_tpp", decimals=1, has_share=True, tolerance=_ONE),
        LimitKind("training_flop", "FLOP", field="max_training_flop"),
        LimitKind(
            "accelerators", "accelerators", "accelerators", "max_accelerators", whole=True, decimals=0, tolerance=_ONE
        ),
        LimitKind("supply", "accelerators", scope="accelerator", field="supply", whole=True),
        LimitKind("hire", "accelerators", scope="accelerator", of_country=True, whole=True),
        LimitKind("owned", "accelerators", scope="accelerator", field="owned", whole=True),
        LimitKind("law", "TPP", scope="rule", of_country=True),
    )
}
"""Every kind of limit by name, in the order of the fields of a case."""


@total_ordering
@dataclass(frozen=True)
class Limit:
    """The name of one limit. Its text, for JSON and messages: ``grid``, ``hire:h100``, ``grid@Recife from day 60``."""

    kind: KindName
    accelerator: str | None = None
    """Of a limit of one accelerator: which; None for a limit of any one of them alike."""
    rule: str | None = None
    """Of an export quota: the rule."""
    site: str | None = None
    """Of a consortium: the site that has the limit, or the country for what is hired or let in there."""
    from_day: int | None = None
    """The day of the run from which on it holds, where a site gets more later."""

    def __str__(self) -> str:
        what = self.accelerator or self.rule
        text = f"{self.kind}:{what}" if what else self.kind
        text += f"@{self.site}" if self.site else ""
        return f"{text} from day {self.from_day}" if self.from_day else text

    def __lt__(self, other: Limit) -> bool:
        return str(self) < str(other)

    @property
    def described(self) -> LimitKind:
        """What is known of its kind."""
        return KINDS[self.kind]

    @property
    def unit(self) -> str:
        """The unit in which it is counted."""
        return self.described.unit


DEADLINE = Limit("deadline")
BUDGET = Limit("budget")
CAPITAL = Limit("capital")
GRID = Limit("grid")
CONNECTION = Limit("connection")
TRAINING_FLOP = Limit("training_flop")

Aim = str | Limit
"""What is minimised or bounded: a measure by name, or what a limit bounds, in the limit's own unit."""


def measure_limits(of: object) -> Iterator[tuple[Limit, Decimal]]:
    """The limits on a measure of the whole that something states by the fields of a case: a case, or a total of sites.

    The deadline is none of them: it is a bound on whole days, and counts from the order or from the start of training.
    """
    for kind in KINDS.values():
        if kind.measure and kind.name != "deadline" and (value := getattr(of, kind.field, None)) is not None:
            yield Limit(kind.name), Decimal(value)
