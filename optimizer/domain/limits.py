"""The vocabulary of limits: each kind is described here, once, and a limit of a case is named by a typed value.

Names and units only: what it is called in a case, in a row and in a question, and how people type it. What a plan uses
of a limit is calculated twice, by the model and in exact arithmetic, and each has its own formulas: one that stood here
would be a slip that both share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
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
    column: str = ""
    """The column of a row and the figure of a plan with what is used of it, in its unit; empty where there is none."""
    usual: tuple[str, str] | None = None
    """The lowest and the highest value between which a change of choice is searched for where nobody says them."""
    noun: str = ""
    """The terminal of a question that names its measure, ``CARBON_N``; empty where no word does."""
    unit_noun: str = ""
    """The terminal of the units in which a question gives it, ``CARBON_UNIT``; empty where that is money."""
    written: str = ""
    """The units to write, for who wrote another measure; empty where it is money or days, with readers of their own."""
    more_units: tuple[tuple[str, Fraction | int], ...] = ()
    """Further units, compact and in lower case, those of one size separated by "|"; and one of them in its unit."""
    scaled: bool = False
    """Whether a word for a scale is enough where it is typed: 5M."""
    typed_most: int | None = None
    """Above this nobody means a number that is typed with a point; None where any number may be meant."""
    likely: str = ""
    """Headings of other people's files that most likely mean it, separated by "|"."""

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


_ONE, _TEN, _TENTH, _FINE = Decimal(1), Decimal(10), Decimal("0.1"), Decimal("0.0001")
_MILLIONS = ("1000000", "100000000")
_END_OF_UNIT = re.compile("_(days|usd|gwh|t)$")
"""What the name of a field has that nobody types: MW alone is typed."""


KINDS: Mapping[KindName, LimitKind] = {
    kind.name: kind
    for kind in (
        LimitKind(
            "grid",
            "MW",
            "peak_power",
            "max_mw",
            decimals=6,
            has_share=True,
            steps=(_TENTH, _ONE),
            tolerance=_FINE,
            column="peak_mw",
            usual=("0.1", "10"),
            noun="POWER_N",
            unit_noun="POWER_UNIT",
            written="MW, kW, GW",
            typed_most=1000,
            likely="max_power|power_limit|power_mw|grid_mw|mw|grid|grid_limit|potencia_mw",
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
            usual=("30", "365"),
            noun="TIME_N",
            unit_noun="TIME_UNIT",
            likely="days|dias|time|plazo|prazo|months",
        ),
        LimitKind(
            "budget",
            "USD",
            "cost",
            "budget_usd",
            of_all_sites=True,
            decimals=2,
            has_share=True,
            tolerance=_ONE,
            column="cost_usd",
            usual=_MILLIONS,
            noun="BUDGET_N",
            likely="cost|cost_usd|money|presupuesto|orcamento",
        ),
        LimitKind(
            "energy",
            "GWh",
            "energy",
            "max_energy_gwh",
            of_all_sites=True,
            decimals=6,
            has_share=True,
            tolerance=_FINE,
            column="energy_gwh",
            usual=("0.1", "100"),
            noun="ENERGY_N",
            unit_noun="ENERGY_UNIT",
            written="GWh, MWh, TWh",
            typed_most=1000,
        ),
        LimitKind(
            "carbon",
            "tCO2e",
            "carbon",
            "max_carbon_t",
            of_all_sites=True,
            decimals=2,
            has_share=True,
            tolerance=_TENTH,
            column="carbon_t",
            usual=("10", "10000"),
            noun="CARBON_N",
            unit_noun="CARBON_UNIT",
            written="tCO2e, t, kt, kg",
            more_units=(("t", 1), ("kt", 1000), ("mt|mtco2|mtco2e", 1_000_000), ("kg|kgco2|kgco2e", Fraction(1, 1000))),
            likely="emissions|co2|co2e|emisiones|emissoes",
        ),
        LimitKind(
            "capital",
            "USD",
            "capital",
            "max_capital_usd",
            of_all_sites=True,
            decimals=2,
            has_share=True,
            tolerance=_ONE,
            column="capital_usd",
            usual=_MILLIONS,
            noun="CAPITAL_N",
            likely="capex|hardware",
        ),
        LimitKind(
            "tpp",
            "TPP",
            "tpp",
            "max_tpp",
            decimals=1,
            has_share=True,
            tolerance=_ONE,
            column="tpp",
            usual=("100000", "100000000"),
            unit_noun="TPP",
            written="TPP",
            scaled=True,
        ),
        LimitKind(
            "training_flop",
            "FLOP",
            field="max_training_flop",
            unit_noun="FLOP",
            written="FLOP",
            more_units=(("pflop", 1_000_000_000_000_000), ("eflop", 1_000_000_000_000_000_000)),
            scaled=True,
        ),
        LimitKind(
            "accelerators",
            "accelerators",
            "accelerators",
            "max_accelerators",
            whole=True,
            decimals=0,
            tolerance=_ONE,
            usual=("8", "4096"),
            written="GPUs",
            more_units=(("gpu|gpus|accelerator|accelerators|chip|chips", 1), ("k|K|kgpus", 1000)),
        ),
        LimitKind("supply", "accelerators", scope="accelerator", field="supply", whole=True),
        LimitKind("hire", "accelerators", scope="accelerator", of_country=True, whole=True),
        LimitKind("owned", "accelerators", scope="accelerator", field="owned", whole=True),
        LimitKind("law", "TPP", scope="rule", of_country=True),
    )
}
"""Every kind of limit by name, in the order of the fields of a case."""


def kind_named(name: str) -> LimitKind | None:
    """The kind that a name means: its own, that of its flag, its field or its measure, or a likely one."""
    plain = name.strip().lower().replace("-", "_")
    kinds = KINDS.values()
    own = next((kind for kind in kinds if plain in (kind.name, kind.word, kind.field, kind.measure)), None)
    return own or next((kind for kind in kinds if plain in kind.likely.split("|")), None)


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
