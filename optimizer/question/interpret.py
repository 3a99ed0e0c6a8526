"""A parsed question -> facts: one method for each rule of grammar.lark."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, get_args

from optimizer.domain import Procurement
from optimizer.domain.limits import KINDS, KindName
from optimizer.question import dates
from optimizer.question.errors import QuestionError
from optimizer.question.facts import PER_PARAMETER, SOUGHT, TUNED, Fact
from optimizer.question.place import Place, tokens_of
from optimizer.question.quantities import (
    MONEY_ONLY,
    UNITS,
    equivalents_tpp,
    exact_decimal,
    quantity,
    shown,
)
from optimizer.question.words import NOUNS, ONE_COUNTRY
from optimizer.units import MAX_DEADLINE_DAYS

if TYPE_CHECKING:
    from lark import Token, Tree

TppOf = Callable[[str], tuple[str, Decimal] | None]
"""The name and the TPP of one device of an accelerator id; the id "" stands for the H100."""
FormsOf = Callable[[int, int], tuple[str, ...]]
"""The accelerators that a part of the sentence (from, to) names as a family; none if it is no such name."""

_OBJECTIVE_NOUNS = {
    "COST": "cost",
    "BASIS": "cost",
    "TIME": "days",
    "TIME_UNIT": "days",
    "POWER": "peak_power",
    "ENERGY": "energy",
    "CARBON": "carbon",
}
_OBJECTIVE_WORDS = {
    "cost": "least cost",
    "days": "fewest days",
    "peak_power": "lowest peak power",
    "energy": "least energy",
    "carbon": "lowest carbon",
}
_LIMITED = frozenset(
    (
        *("power", "duration", "budget", "energy", "carbon", "capital", "performance", "training_compute", "mix"),
        *("max_accelerators", "supply", "set"),
    )
)
"""What may stand after "under" or "at most", and before "limit"."""
_COUNTS = frozenset({"max_accelerators", "supply", "training_compute"})
_AMOUNTS = "say under 1 MW, within 120 days, at most 512 H100, under $5M"
_SET_WORDS = {"RULES": "export rules", "ASSUMPTIONS": "assumptions", "TAX_REGIME": "the tax regime"}
_FROM_WORDS = {"order": "counted from the order, delivery included", "training": "counted from the start of training"}


class Interpreter:
    """Reads the facts of one sentence."""

    def __init__(
        self, error: Callable[..., QuestionError], today: datetime.date, tpp_of: TppOf, forms_of: FormsOf
    ) -> None:
        self._error = error
        self._today = today
        self._tpp_of = tpp_of
        self._forms_of = forms_of

    def facts(self, question: Tree[Token]) -> list[Fact]:
        """Every fact of a question, in the order said.

        Raises:
            QuestionError: a value that cannot be.
        """
        return [fact for item in question.children for fact in self._item(item)]

    def _item(self, item: Any) -> Iterator[Fact]:
        tokens = tokens_of(item)
        node = next(child for child in item.children if hasattr(child, "data"))
        place = Place(node, tokens[0].start_pos or 0, tokens[-1].end_pos or 0)
        limits = [child for child in item.children if getattr(child, "type", "") in ("LIMIT", "CAP")]
        if limits and node.data not in _LIMITED:
            raise self._refuse(limits[-1], "a limit needs an amount", _AMOUNTS)
        if not limits and node.data in _COUNTS:
            if node.data == "training_compute":
                remedy = "say under 1e25 FLOP for a cap; a workload is named, or given by its parameters and tokens"
                raise self._refuse(node, "training compute is read as a cap only", remedy)
            raise self._refuse(node, "a count is read as a limit only", 'say "at most 64 H100", or "we own 64 H100"')
        yield from getattr(self, f"_read_{node.data}")(place)

    def _fact(self, place: Place, field: str, value: Any, words: str, *notes: str, is_calendar: bool = False) -> Fact:
        said = [note for note in notes if note]
        words = f"{words} ({'; '.join(said)})" if said else words
        return Fact(field, value, words, place.start, place.end, place.key_start, is_calendar)

    def _limit(
        self,
        place: Place,
        kind: KindName,
        value: Decimal | int,
        words: str,
        note: str = "",
        *,
        is_calendar: bool = False,
    ) -> Fact:
        """A limit of the case, in its own unit."""
        told = f"{words} {shown(value)} {KINDS[kind].unit}"
        return self._fact(place, KINDS[kind].field, value, told, note, is_calendar=is_calendar)

    def _refuse(self, node: Any, message: str, remedy: str = "") -> QuestionError:
        """The error that points at a token or a node."""
        tokens = tokens_of(node)
        return self._error(message, tokens[0].start_pos, tokens[-1].end_pos, remedy)

    # Numbers

    def _number(
        self, number: Tree[Token], unit: Fraction = Fraction(1), is_money: bool = False, terminal: str = ""
    ) -> Fraction:
        """A number with its scale, in the unit of the case."""
        text, *rest = tokens_of(number)
        scale = str(rest[0]) if rest else None
        if scale == MONEY_ONLY and not is_money:
            raise self._refuse(rest[0], 'unknown unit "m"', "write M or million; months, metres and minutes in full")
        try:
            return quantity(text, scale, unit, terminal)
        except ValueError as error:
            raise self._refuse(number, str(error)) from error

    def _count(self, number: Tree[Token]) -> int:
        """A whole number of devices or kinds."""
        value = self._number(number)
        if value.denominator != 1:
            raise self._refuse(number, "a count must be a whole number", "write it without a decimal point")
        return int(value)

    def _amount(self, place: Place, terminal: str) -> tuple[Decimal, str]:
        """The number of the phrase in the unit that stands there, exactly, and what is told of the unit."""
        unit = UNITS[place.tokens(terminal)[0]]
        return exact_decimal(self._number(place.nodes("number")[0], unit.factor, terminal=terminal)), unit.definition

    # Objective and limits

    def _read_objective(self, place: Place) -> Iterator[Fact]:
        said = place.tokens("OBJECTIVE", *_OBJECTIVE_NOUNS)[0]
        objective = str(said) if said.type == "OBJECTIVE" else _OBJECTIVE_NOUNS[said.type]
        yield self._fact(place, "objective", objective, _OBJECTIVE_WORDS[objective])
        if said.type == "BASIS":
            yield self._fact(place, "basis", str(said), f"{said} basis")

    def _read_power(self, place: Place) -> Iterator[Fact]:
        value, note = self._amount(place, "POWER_UNIT")
        yield self._limit(place, "grid", value, "grid limit", note)

    def _read_duration(self, place: Place) -> Iterator[Fact]:
        unit = UNITS[place.tokens("TIME_UNIT")[0]]
        days = self._number(place.nodes("number")[0], unit.factor)
        if days.denominator != 1:
            near = f"{days.numerator // days.denominator or 1} or {-(-days.numerator // days.denominator)} days"
            raise self._refuse(place.node, f"{float(days):.6g} days: a deadline is in whole days", f"write {near}")
        if days > MAX_DEADLINE_DAYS:
            raise self._refuse(place.node, f"a deadline is at most {MAX_DEADLINE_DAYS:,} days, ten years")
        yield self._limit(place, "deadline", int(days), "deadline", unit.definition)

    def _dollars(self, place: Place) -> Decimal:
        return exact_decimal(self._number(place.nodes("number")[0], is_money=True))

    def _read_budget(self, place: Place) -> Iterator[Fact]:
        yield self._limit(place, "budget", self._dollars(place), "budget limit")

    def _read_capital(self, place: Place) -> Iterator[Fact]:
        yield self._limit(place, "capital", self._dollars(place), "limit on bought hardware")

    def _read_energy(self, place: Place) -> Iterator[Fact]:
        value, note = self._amount(place, "ENERGY_UNIT")
        yield self._limit(place, "energy", value, "energy limit", note)

    def _read_carbon(self, place: Place) -> Iterator[Fact]:
        value, note = self._amount(place, "CARBON_UNIT")
        yield self._limit(place, "carbon", value, "carbon limit", note)

    def _read_performance(self, place: Place) -> Iterator[Fact]:
        count = self._number(place.nodes("number")[0])
        note = ""
        if not place.tokens("TPP"):
            known = self._tpp_of("".join(place.tokens("ACCELERATOR")))
            if known is None:
                raise self._refuse(place.node, "the TPP of this accelerator is not known", "give the cap in TPP")
            note = f"1 {known[0]} equivalent = {shown(known[1])} TPP"
            count = equivalents_tpp(count, known[1])
        value = exact_decimal(count)
        yield self._limit(place, "tpp", value, "export limit", note)

    def _read_training_compute(self, place: Place) -> Iterator[Fact]:
        value, note = self._amount(place, "FLOP")
        yield self._limit(place, "training_flop", value, "training compute limit", note)

    def _read_mix(self, place: Place) -> Iterator[Fact]:
        value = self._count(place.nodes("number")[0])
        yield self._fact(place, "mix", value, f"limit of {value} options in a plan")

    def _read_pue(self, place: Place) -> Iterator[Fact]:
        yield from self._ratio(place, "pue", "PUE")

    def _read_overhead(self, place: Place) -> Iterator[Fact]:
        yield from self._ratio(place, "overhead", "compute overhead")

    def _ratio(self, place: Place, field: str, words: str) -> Iterator[Fact]:
        """A ratio of at least 1."""
        number = place.nodes("number")[0]
        value = exact_decimal(self._number(number))
        if value < 1:
            raise self._refuse(number, f"{words} is at least 1", "say 1.2 for a fifth on top")
        yield self._fact(place, field, value, f"{words} {shown(value)}")

    # Counts of accelerators

    def _read_max_accelerators(self, place: Place) -> Iterator[Fact]:
        value = self._count(place.nodes("number")[0])
        yield self._limit(place, "accelerators", value, "limit of")

    def _counted(self, place: Place, *, of_families: bool = False) -> tuple[dict[str, int], str]:
        counts: dict[str, int] = {}
        for number, token in zip(place.nodes("number"), place.tokens("ACCELERATOR"), strict=True):
            forms = self._forms_of(token.start_pos or 0, token.end_pos or 0) if of_families else ()
            count, name = self._count(number), forms[0].partition("_")[0] if forms else str(token)
            if counts.setdefault(name, count) != count:
                raise self._refuse(number, f"two counts of {name}")
        return counts, ", ".join(f"{count:,} {name}" for name, count in counts.items())

    def _read_supply(self, place: Place) -> Iterator[Fact]:
        counts, words = self._counted(place, of_families=True)
        yield self._fact(place, "supply", counts, f"limit of {words}")

    def _read_owned(self, place: Place) -> Iterator[Fact]:
        counts, words = self._counted(place)
        yield self._fact(place, "owned", counts, f"already owned: {words}")

    # Dates

    def _day(self, node: Tree[Token]) -> datetime.date:
        parts = {token.type: str(token) for token in tokens_of(node)}
        try:
            if "DATE" in parts:
                return dates.parse_day(parts["DATE"])
            number = parts["NUMBER"]
            if not number.isdigit():
                raise ValueError("no such day in the calendar")
            return dates.make_day(int(parts["YEAR"]), int(parts["MONTH"]), int(number))
        except ValueError as error:
            raise self._refuse(node, str(error), "write a day as 2027-03-31") from error

    def _read_date_limit(self, place: Place) -> Iterator[Fact]:
        node = place.nodes("day")[0]
        day = self._day(node)
        if place.tokens("BEFORE") and day > self._today:
            day -= dates.ONE_DAY
        yield self._deadline(place, node, day)

    def _read_period_limit(self, place: Place) -> Iterator[Fact]:
        """A month or a year: "before June 2027" ends on 31 May, "by the end of June 2027" on 30 June."""
        period = place.tokens("MONTH", "YEAR")
        parts = {token.type: int(token) for token in period}
        if not 1900 <= parts["YEAR"] <= 9000:
            raise self._refuse(period[-1], "no such year in this calendar", "write a day as 2027-03-31")
        first, last = dates.span(parts["YEAR"], parts.get("MONTH"))
        if not place.tokens("END"):
            if place.tokens("BY"):
                said = f"{calendar.month_name[first.month]} {first.year}" if "MONTH" in parts else str(first.year)
                remedy = f"say before {said}, or by the end of {said}"
                raise self._refuse(period[0], f"{said} could be {first} or {last}", remedy)
            last = first - dates.ONE_DAY
        yield self._deadline(place, period[-1], last)

    def _deadline(self, place: Place, node: Any, last: datetime.date) -> Fact:
        """The deadline that leaves ``last`` as the last day."""
        try:
            days = dates.days_until(last, self._today, MAX_DEADLINE_DAYS)
        except ValueError as error:
            raise self._refuse(node, str(error)) from error
        note = f"by {last} = {days} days from today, {self._today}"
        return self._limit(place, "deadline", days, "deadline", note, is_calendar=True)

    def _read_as_of(self, place: Place) -> Iterator[Fact]:
        day = self._day(place.nodes("day")[0])
        yield self._fact(place, "date", day.isoformat(), f"law and prices of {day}")

    def _read_deadline_from(self, place: Place) -> Iterator[Fact]:
        said = str(place.tokens("DEADLINE_FROM")[0])
        yield self._fact(place, "deadline_from", said, _FROM_WORDS[said])

    # Names

    def _one(self, place: Place, terminal: str, remedy: str) -> str:
        """The one name of a list that may hold one name only."""
        names = place.tokens(terminal)
        for other in names[1:]:
            if other != names[0]:
                raise self._refuse(other, f"two values for one {terminal.lower()}: {names[0]} and {other}", remedy)
        return str(names[0])

    def _read_country(self, place: Place) -> Iterator[Fact]:
        name = self._one(place, "COUNTRY", ONE_COUNTRY)
        yield self._fact(place, "country", name, f"country {name}")

    def _read_workload(self, place: Place) -> Iterator[Fact]:
        name = self._one(place, "WORKLOAD", "ask for one workload at a time, or use `optimizer batch` for several")
        yield self._fact(place, "workload", name, f"workload {name}")

    def _read_size(self, place: Place) -> Iterator[Fact]:
        is_active, is_total = bool(place.tokens("ACTIVE")), bool(place.tokens("TOTAL"))
        if is_active and is_total:
            raise self._refuse(place.node, "the parameters are either active or in total", "say them one by one")
        number = place.nodes("number")[0]
        if len(number.children) == 1 and not place.tokens("PARAMETERS"):
            raise self._refuse(number, "a number without a unit", "say a 70B model, 70B parameters")
        value = exact_decimal(self._number(number, UNITS["parameters"].factor))
        kind, field = ("active", "params_active_b") if is_active else ("", "params_total_b")
        yield self._fact(place, field, value, f"{shown(value)} billion {kind} parameters".replace("  ", " "))
        yield from self._read_architecture(place)

    def _read_tokens(self, place: Place) -> Iterator[Fact]:
        value, _ = self._amount(place, "TOKENS")
        yield self._fact(place, "tokens_t", value, f"{shown(value)} trillion tokens")

    def _read_way(self, place: Place) -> Iterator[Fact]:
        said = str(place.tokens("WAY")[0])
        yield self._fact(place, TUNED if said == "tune" else "way", said, f"the way to train {said}")

    def _read_tokens_per_parameter(self, place: Place) -> Iterator[Fact]:
        value = exact_decimal(self._number(place.nodes("number")[0]))
        yield self._fact(place, PER_PARAMETER, value, f"{shown(value)} tokens per parameter")

    def _read_sought(self, place: Place) -> Iterator[Fact]:
        sought = str(place.tokens("SOUGHT")[0])
        words = {"parameters": "the largest dense model", "tokens": "the most training tokens"}[sought]
        yield self._fact(place, SOUGHT, sought, words)

    def _read_architecture(self, place: Place) -> Iterator[Fact]:
        for said in place.tokens("ARCHITECTURE"):
            words = "mixture of experts" if said == "moe" else "dense"
            yield self._fact(place, "architecture", str(said), words)

    def _names(self, place: Place, terminal: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(token) for token in place.tokens(terminal)))

    def _forms(self, place: Place) -> tuple[str, ...]:
        """The accelerators of a list; "H100" in it stands for every form of the H100."""
        forms = [
            form
            for token in place.tokens("ACCELERATOR")
            for form in self._forms_of(token.start_pos or 0, token.end_pos or 0) or (str(token),)
        ]
        return tuple(dict.fromkeys(forms))

    def _read_use(self, place: Place) -> Iterator[Fact]:
        names = self._forms(place)
        yield self._fact(place, "use", names, f"only {' or '.join(names)}")

    def _read_avoid(self, place: Place) -> Iterator[Fact]:
        names = self._forms(place)
        yield self._fact(place, "avoid", names, f"without {' and '.join(names)}")

    def _read_avoid_country(self, place: Place) -> Iterator[Fact]:
        raise self._refuse(place.tokens("AVOID")[0], "a country to avoid is not understood", ONE_COUNTRY)

    def _read_procurement(self, place: Place) -> Iterator[Fact]:
        names = tuple(dict.fromkeys(str(token) for token in place.tokens("PROCUREMENT", "OWN")))
        yield self._fact(place, "procurement", names, f"servers to {' or '.join(names)} only")

    def _read_avoid_procurement(self, place: Place) -> Iterator[Fact]:
        avoided = {str(token) for token in place.tokens("PROCUREMENT", "OWN")}
        names = tuple(way for way in get_args(Procurement) if way not in avoided)
        if not names:
            raise self._refuse(place.tokens("AVOID")[0], "no way to have servers is left", "allow buying or renting")
        yield self._fact(place, "procurement", names, f"servers to {' or '.join(names)} only")

    def _read_basis(self, place: Place) -> Iterator[Fact]:
        said = str(place.tokens("BASIS")[0])
        yield self._fact(place, "basis", said, f"{said} basis")

    def _read_precision(self, place: Place) -> Iterator[Fact]:
        names = self._names(place, "PRECISION")
        yield self._fact(place, "precision", names, f"precision {' or '.join(names)} only")

    def _read_set(self, place: Place) -> Iterator[Fact]:
        """A rule set, an assumption set or a tax regime; a noun beside it must be its own."""
        name = place.tokens(*NOUNS)[0]
        for noun in place.tokens(*NOUNS.values()):
            if noun.type != NOUNS[name.type]:
                raise self._refuse(noun, f"{name} is not one of these", f"{name} names {_SET_WORDS[name.type]}")
        yield self._fact(place, name.type.lower(), str(name), f"{_SET_WORDS[name.type]} {name}")
