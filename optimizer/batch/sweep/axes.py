"""An axis: a field of the case and the values that it takes, each with its cells and its word in the names of cases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from optimizer.batch.sweep.ranges import MAX_VALUES, Range, plain, read_number, read_range
from optimizer.case.ground import Ground, GroundKind
from optimizer.case.setting import Assumed
from optimizer.catalogue import Catalogue
from optimizer.catalogue.data_argument import group_of
from optimizer.catalogue.rows import problems_of
from optimizer.catalogue.unknown_names import is_also_elsewhere, unknown_name
from optimizer.domain import Case
from optimizer.domain.case import BASES, FEED_FIELDS, OBJECTIVES, Buyer, DeadlineFrom, EvidenceGrade
from optimizer.domain.case_names import flag_of
from optimizer.domain.limits import KINDS, LimitKind
from optimizer.domain.quantity_text import ambiguity
from optimizer.domain.rows import Architecture
from optimizer.errors import DataError, Problem
from optimizer.units import could_be_year, is_day, one_reading
from optimizer.units.language import say
from optimizer.units.records import dataclass

ALL, NONE = "all", "none"
MAX_WORD = 40
"""Characters of a value in the name of a case."""
_HASH_DIGITS = 8


class Spec(NamedTuple):
    """How a field is swept: what its values are, and how one is written in the name of a case."""

    kind: str
    """number, whole, days, money; name (of a table of the catalogue); word; counts, names, ways; regime; day; flag."""
    label: str
    words: tuple[str, ...] = ()
    """What ``all`` represents, where the words are known."""
    may_be_none: bool = False
    """Whether ``none`` leaves the field out: only where nothing else would be taken in its place."""


_WORDS: Mapping[str, tuple[str, ...]] = {
    **{"architecture": get_args(Architecture), "objective": OBJECTIVES, "basis": BASES, "buyer": get_args(Buyer)},
    **{"deadline_from": get_args(DeadlineFrom), "evidence": get_args(EvidenceGrade)},
    "supply_basis": ("share", "whole"),
}
"""The values of the fields that are words."""


def _of_the_file() -> Iterator[tuple[str, Spec]]:
    """The fields that are no limits, and those that say what feeds the site."""
    for line in Path(__file__).with_name("axes.txt").read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            name, kind, label, *none = line.split()
            yield name, Spec(kind, label, ("no", "yes") if kind == "flag" else _WORDS.get(name, ()), bool(none))


def _of_limit(kind: LimitKind) -> Spec:
    """How a limit is swept."""
    if kind.scope == "accelerator":
        return Spec("counts", f"{kind.name}-{{}}", may_be_none=True)
    if kind.unit == "days":
        return Spec("days", "{}d", may_be_none=True)
    if kind.unit == "USD":
        return Spec("money", "{}USD" if kind.measure == "cost" else f"{kind.name}-{{}}USD", may_be_none=True)
    return (
        Spec("whole", f"{{}}-{kind.unit}", may_be_none=True)
        if kind.whole
        else Spec("number", f"{{}}{kind.unit}", may_be_none=True)
    )


NO_AXES = ("case_id", "feed")
"""The fields that are no axes of a sweep."""
_LIMITS = {kind.field: _of_limit(kind) for kind in KINDS.values() if kind.field}
_OTHERS = dict(_of_the_file())
SPECS: Mapping[str, Spec] = {
    name: _LIMITS[name] if name in _LIMITS else _OTHERS[name]
    for name in (*Case.model_fields, *FEED_FIELDS)
    if name not in NO_AXES
}
"""Every field of a case but its name, in the order of the axes: the last one changes fastest."""

NUMERIC = ("number", "whole", "share", "days", "money")
_UNIT = re.compile("_(usd|days)$")
_CELLS_OF_A_FLAG = {"no": "0", "yes": "1"}


class Value(NamedTuple):
    """One value of an axis."""

    word: str
    """Its part of the names of cases: letters, digits, ".", "+" and "-"."""
    cells: tuple[tuple[str, str], ...]
    """By column; a date given as a deadline also says that it counts from the order."""


@dataclass(frozen=True)
class Axis:
    """A field and its values, in order. One value: the field is the same in every case."""

    field: str
    values: tuple[Value, ...]
    assumed: tuple[Assumed, ...] = ()
    """Countries named by a name that another place has, too."""


def as_flags(cells: Mapping[str, str]) -> list[str]:
    """A case as the words of the command that solves it alone."""
    found = []
    for column, cell in cells.items():
        if column in SPECS and SPECS[column].kind == "flag":
            found += [flag_of(column)] * (cell == _CELLS_OF_A_FLAG["yes"])
        elif cell:
            found += [flag_of(column), cell]
    return found


def read_axis(
    field: str, items: Sequence[str], catalogue: Catalogue, today: str, problems: list[Problem]
) -> Axis | None:
    """The axis of a field.

    Args:
        field: of the case.
        items: its values as typed, each one value, a range, ``all``, ``none`` or, of countries, a region.
        catalogue: knows the names.
        today: the day from which a date given as a deadline counts, YYYY-MM-DD.
        problems: what is wrong is added here, with ``column`` the field and ``value`` the item.

    Returns:
        None where there was a problem.
    """
    reported = len(problems)
    spec = SPECS[field]
    found: dict[tuple[tuple[str, str], ...], tuple[str, str]] = {}
    for item in items:
        try:
            read = list(_values(field, spec, item.strip(), catalogue, today))
            if len(found) + len(read) > MAX_VALUES:
                raise ValueError(say("makes more than {max_values:,} values of one axis", max_values=MAX_VALUES))
        except ValueError as error:
            problems.append(Problem(str(error), column=field, value=item))
            continue
        except DataError as error:
            problems.extend(error.problems)
            continue
        for word, cells in read:
            if (earlier := found.get(cells)) is not None:
                if spec.kind == "name":  # a country of two regions, or of a region and by itself, is one
                    continue
                said = f" (as {earlier[1]})" if earlier[1] != item else ""
                problems.append(Problem(say("appears twice on its axis{said}", said=said), column=field, value=item))
                break
            found[cells] = (word, item)
    if not found and len(problems) == reported:
        problems.append(Problem(say("must not be empty"), column=field))
    if len(problems) > reported:
        return None
    words = _distinct([word for word, _ in found.values()])
    values = tuple(Value(word, cells) for word, cells in zip(words, found, strict=True))
    return Axis(field, values, tuple(_also_elsewhere(items, catalogue)) if field == "country" else ())


def _also_elsewhere(items: Sequence[str], catalogue: Catalogue) -> Iterator[Assumed]:
    for item in items:
        if (code := catalogue.known("country", item)) and is_also_elsewhere(item, code):
            yield Assumed("country", code, Ground(GroundKind.ALSO_ELSEWHERE, item.strip()))


def _values(field: str, spec: Spec, item: str, catalogue: Catalogue, today: str) -> Iterator[Value]:
    """What one item represents.

    Raises:
        ValueError: with the rule in words.
        DataError: a name that is not known, or a value out of bounds.
    """
    if not item:
        raise ValueError(say("must not be empty"))
    if item.lower() == NONE and spec.may_be_none:
        yield Value(_safe(f"no-{_UNIT.sub('', field)}"), ((field, ""),))
    elif item.lower() == ALL and (every := spec.words or _names(spec, field, catalogue)):
        for name in every:
            yield from _values(field, spec._replace(may_be_none=False), name, catalogue, today)
    elif (
        field == "country"
        and catalogue.known("country", item) is None
        and (region := catalogue.known("region", item)) is not None
    ):
        for name in catalogue.regions[region].members:
            yield _word(field, spec, name, catalogue)
    elif spec.kind in NUMERIC:
        yield from _numbers(field, spec, item, today)
    else:
        yield _word(field, spec, item, catalogue)


def _names(spec: Spec, field: str, catalogue: Catalogue) -> Sequence[str]:
    tables: Mapping[str, Mapping[str, Any]] = {
        "country": catalogue.every_country,
        "workload": catalogue.workloads,
        "way": catalogue.ways,
        "assumptions": catalogue.assumption_sets,
        "rules": catalogue.rule_sets,
    }
    return tuple(tables[field]) if spec.kind == "name" else ()


def _numbers(field: str, spec: Spec, item: str, today: str) -> Iterator[Value]:
    if spec.kind == "days" and is_day(item):
        # a day of the calendar comes whether or not delivery is late
        cells = ((field, plain(read_number("days", item, today))), ("deadline_from", "order"))
        _check(dict(cells), item)
        cells = ((field, _cell(spec, cells[0][1])), cells[1])
        yield Value(f"by-{item}", cells)
        return
    texts: Range | None = None
    if ":" in item:
        texts = read_range(spec.kind, _without_units(field, spec.kind, item), today, partial(ambiguity, field))
        ends = [texts.text(0), texts.text(texts.count - 1)]
    else:
        ends = [plain(read_number(spec.kind, _without_units(field, spec.kind, item), today, partial(ambiguity, field)))]
    for text in dict.fromkeys(ends):  # bounds are intervals: what holds for both ends holds between them
        _check({field: one_reading(text)}, item)
    for text in texts.texts() if texts else ends:
        yield Value(
            spec.label.format(_short_usd(text) if spec.kind == "money" else text), ((field, _cell(spec, text)),)
        )


def _cell(spec: Spec, number: str) -> str:
    """A number as a cell that has one reading."""
    return f"{number}d" if spec.kind == "days" and could_be_year(int(number)) else one_reading(number)


def _without_units(field: str, kind: str, item: str) -> str:
    """A number, or the parts of a range, in the unit of the field: 500kW is 0.5, 10% is 0.1; a plain number stays as it
    is, and so do money and days, which are read with their units.

    Raises:
        ValueError: a unit that the field does not know.
    """
    if kind in ("days", "money") or re.fullmatch(r"[-+0-9.:eE ]+", item):
        return item
    from optimizer.domain.quantity_text import read_quantity  # knows all units: only where there is one

    read = (read_quantity(field, part) for part in item.split(":"))
    return ":".join(part if isinstance(part, str) else plain(part) for part in read)


def _short_usd(text: str) -> str:
    """5000000 as 5M."""
    for zeros, sign in ((9, "B"), (6, "M"), (3, "k")):
        if text.isdigit() and text.endswith("0" * zeros) and len(text) > zeros:
            return f"{text[:-zeros]}{sign}"
    return text


def _word(field: str, spec: Spec, item: str, catalogue: Catalogue) -> Value:
    cell = item
    if spec.kind == "name":
        cell = catalogue.find(field, item, field)
    elif spec.kind == "regime":
        known = {row.regime: row for row in catalogue.tax_regimes}
        cell = item.strip().lower()
        if cell not in known:
            raise DataError([unknown_name("tax_regime", item, known, field)])
    elif spec.kind == "flag":
        if item.lower() not in _CELLS_OF_A_FLAG:
            raise ValueError(say("must be yes or no"))
        cell = _CELLS_OF_A_FLAG[item.lower()]
    elif spec.kind == "word" and (cell := "_".join(item.lower().replace("-", " ").split())) not in spec.words:
        raise ValueError(say("must be {words} or {words_2}", words=", ".join(spec.words[:-1]), words_2=spec.words[-1]))
    case = _check({field: cell}, item)
    if spec.kind in ("counts", "names", "rents"):
        entries = getattr(case, field)
        if not entries:
            raise ValueError(say("must name an accelerator"))
        for entry in entries:
            name = entry if spec.kind == "names" else entry[0]
            several = group_of(name, catalogue) if spec.kind == "names" else catalogue.family_of(name)
            if field == "owned" or not several:
                catalogue.find("accelerator", name, field)
    return Value(_safe(spec.label.format(item.lower() if spec.kind == "flag" else cell)), ((field, cell),))


def _check(cells: Mapping[str, str], item: str) -> Case | None:
    """A case of these cells alone; None where only the fields together are at fault.

    Raises:
        DataError: what is wrong with a cell by itself, with the item.
    """
    try:
        return Case.model_validate(cells)
    except ValidationError as error:
        wrong = [problem for problem in problems_of(error, None) if problem.column]
        if wrong:
            raise DataError([Problem(p.rule, column=p.column, value=item, remedy=p.remedy) for p in wrong]) from error
        return None


def _safe(text: str) -> str:
    """A word of letters, digits, ".", "+" and "-", of at most MAX_WORD characters."""
    word = re.sub(r"[^A-Za-z0-9.+-]+", "-", text).strip("-")
    if len(word) <= MAX_WORD:
        return word
    mark = hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{word[: MAX_WORD - _HASH_DIGITS - 1]}-{mark}"


def _distinct(words: Sequence[str]) -> Sequence[str]:
    """The same words, with a number where one represents two values."""
    taken = set(words)
    if len(taken) == len(words):
        return words
    made: list[str] = []
    used: set[str] = set()
    for word in words:
        name, number = word, 1
        while name in used or (number > 1 and name in taken):
            number += 1
            name = f"{word}.{number}"
        used.add(name)
        made.append(name)
    return made
