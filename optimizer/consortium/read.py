"""A consortium from a file: TOML with everything, or CSV with a row a site; or from words like BR=1.

TOML: ``[run]`` holds fields of a case that all sites share, ``[total]`` limits on all of them, and each ``[[site]]``
its name, its agreed share of the cost, fields of a case of its own, and ``[[site.phase]]`` what it has more of later.
CSV: the columns are name, share and the fields of a case that a site has of its own.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from optimizer.catalogue.rows import keyed_problems
from optimizer.catalogue.tables import Line, parse_toml, read_bytes, read_lines, read_text, suggestion
from optimizer.consortium.members import OF_A_SITE, OF_ALL_SITES, Consortium, Member, Phase, Total
from optimizer.domain import Case
from optimizer.domain.base import Frozen, Number
from optimizer.domain.case_names import by_field, field_named, flag_of, meant
from optimizer.domain.quantity_text import ambiguity, read_quantity
from optimizer.domain.row_rules import NO_KEY
from optimizer.errors import DataError, Problem
from optimizer.units import is_day, pointed, refuse_year
from optimizer.units.language import say

MAX_BYTES = 256 * 1024
MOST_SITES = 200
OF_A_ROW = ("name", "share")
_TOP = ("run", "total", "site", "efficiency")
_A_NAME = ("site", "case_id", "id", "member")
"""What others call the name of a site."""
_NOT_OF_A_RUN = ("case_id", "feed", *OF_ALL_SITES)
_ModelT = TypeVar("_ModelT", bound=BaseModel)


class _Head(Frozen):
    """What a site states besides the fields of a case."""

    name: str = ""
    share: Number | None = Field(None, ge=0, le=1)


def from_words(
    words: Iterable[str], run: Mapping[str, Any], total: Mapping[str, Any], efficiency: Decimal | None
) -> Consortium:
    """A consortium of words like BR, MX=0.5 (a country and its grid limit in MW).

    Args:
        run: fields of a case that all sites share.
        total: limits on all sites together.

    Raises:
        DataError: with all problems at once.
    """
    problems: list[Problem] = []
    members: list[Member] = []
    for word in words:
        country, sign, mw = word.partition("=")
        if (other := re.fullmatch(r"(.+?)\s*[:@]\s*([0-9].*)", word)) and not sign:
            remedy = say("write {word}", word=f"{other[1]}={other[2]}")
            problems.append(Problem(say("is no country with its limit"), value=word, column="country", remedy=remedy))
            continue
        stated = {"country": country.strip(), **({"max_mw": mw.strip()} if sign else {})}
        if len(several := re.split(r"\s*[,;]\s*(?=[^\W\d])", word)) > 1 and "=" in word:
            remedy = say("write {word}", word=" ".join(several))
            problems.append(Problem(say("has several sites"), value=word, column="country", remedy=remedy))
            continue
        case = _case(stated, None, word, problems)
        if case is not None:
            members.append(Member(_free(country.strip(), members), case))
    limits = _typed(Total, total, None, "total", problems)
    return _made(run, members, limits or Total(), efficiency, None, problems)


def from_file(path: Path, run: Mapping[str, Any], total: Mapping[str, Any], efficiency: Decimal | None) -> Consortium:
    """A consortium from a TOML or CSV file; what is given here goes over what the file states for the run.

    Raises:
        DataError: the file cannot be read, or with all problems at once, each with its place.
    """
    if path.suffix.lower() == ".csv":
        return _from_csv(path, run, total, efficiency)
    if path.suffix.lower() != ".toml":
        raise DataError.at(say("must be a .toml or a .csv file"), file=path.name)
    tables = parse_toml(read_bytes(path, MAX_BYTES), path.name, Decimal)
    problems: list[Problem] = []
    _known(tables, _TOP, path.name, "", problems)
    stated = _fields_of(tables.get("run", {}), path.name, "run", problems)
    _known(stated, [name for name in Case.model_fields if name not in _NOT_OF_A_RUN], path.name, "run", problems)
    limits = _typed(
        Total,
        {**_fields_of(tables.get("total", {}), path.name, "total", problems), **total},
        path.name,
        "total",
        problems,
    )
    rows = tables.get("site", [])
    if not isinstance(rows, list) or not rows:
        problems.append(Problem(say("must be one table or more: write [[site]]"), file=path.name, column="site"))
        rows = []
    if len(rows) > MOST_SITES:
        raise DataError.at(
            say("has {rows:,} sites, and at most {most_sites} are read", rows=len(rows), most_sites=MOST_SITES),
            file=path.name,
        )
    members: list[Member] = []
    for number, row in enumerate(rows, 1):
        member = _site(
            _fields_of(row, path.name, f"site[{number}]", problems), path.name, f"site[{number}]", members, problems
        )
        if member is not None:
            members.append(member)
    own = efficiency if efficiency is not None else tables.get("efficiency")
    if own is not None and (isinstance(own, bool) or not isinstance(own, int | Decimal)):
        problems.append(Problem(say("must be a number"), file=path.name, column="efficiency", value=str(own)))
        own = None
    return _made(
        {**{name: value for name, value in stated.items() if name in Case.model_fields}, **run},
        members,
        limits or Total(),
        None if own is None else Decimal(own),
        path.name,
        problems,
    )


def _site(
    row: Mapping[str, Any], file: str, place: str, before: list[Member], problems: list[Problem]
) -> Member | None:
    """One ``[[site]]``."""
    _known(row, (*OF_A_ROW, "phase", *OF_A_SITE), file, place, problems)
    head = _typed(_Head, {name: row[name] for name in OF_A_ROW if name in row}, file, place, problems)
    phases = row.get("phase", [])
    if not isinstance(phases, list):
        problems.append(
            Problem(
                say("must be tables: write [[{value}.phase]]", value=place.partition("[")[0]), file=file, column=place
            )
        )
        phases = []
    later = [
        _typed(
            Phase, _table(entry, file, f"{place}.phase[{number}]", problems), file, f"{place}.phase[{number}]", problems
        )
        for number, entry in enumerate(phases, 1)
    ]
    case = _case({name: row[name] for name in OF_A_SITE if name in row}, file, place, problems)
    if head is None or case is None or None in later:
        return None
    name = head.name or _free(case.country or f"site{len(before) + 1}", before)
    return Member(name, case, tuple(phase for phase in later if phase is not None), head.share)


def _from_csv(path: Path, run: Mapping[str, Any], total: Mapping[str, Any], efficiency: Decimal | None) -> Consortium:
    header, lines = read_lines(read_text(path, most_bytes=MAX_BYTES), path.name, field_named)
    problems = []
    for column in header:
        if column not in (*OF_A_ROW, *OF_A_SITE):
            of_all = say("leave the column out, and write {flag}", flag=flag_of(column))
            problem = _stranger(column, (*OF_A_ROW, *OF_A_SITE), of_all, say("is not a column of a site"))
            problems.append(replace(problem, file=path.name, line=1, column=column))
    if problems:
        raise DataError(problems)
    members: list[Member] = []
    for count, line in enumerate(lines, 1):
        if count > MOST_SITES:
            problems.append(Problem(say("has more than {most_sites} sites", most_sites=MOST_SITES), file=path.name))
            break
        if isinstance(line, Problem):
            problems.append(line)
            continue
        cells = {name: _with_point(cell.strip(), line) for name, cell in line.cells.items() if cell.strip()}
        reported = len(problems)
        head = _typed(_Head, {name: cells[name] for name in OF_A_ROW if name in cells}, path.name, "", problems)
        case = _case({name: cells[name] for name in OF_A_SITE if name in cells}, path.name, "", problems)
        problems[reported:] = [replace(problem, line=line.number) for problem in problems[reported:]]
        if head is not None and case is not None:
            name = head.name or _free(case.country or f"site{line.number}", members)
            members.append(Member(name, case, (), head.share))
    limits = _typed(Total, total, path.name, "total", problems)
    return _made(run, members, limits or Total(), efficiency, path.name, problems)


def _with_point(cell: str, line: Line) -> str:
    """A cell, its decimal comma a point where commas separate no cells; a number may have its unit."""
    return pointed(cell) if line.comma and re.fullmatch(r"[$]?[0-9.,]+[^0-9]*", cell) else cell


def _made(
    run: Mapping[str, Any],
    members: list[Member],
    total: Total,
    efficiency: Decimal | None,
    file: str | None,
    problems: list[Problem],
) -> Consortium:
    """The consortium, or all that is wrong with it."""
    shared = _case(run, file, "run", problems)
    if shared is None or problems:
        raise DataError(problems)
    try:
        return Consortium(shared, tuple(members), total, efficiency)
    except DataError as error:
        raise DataError([replace(problem, file=problem.file or file) for problem in error.problems]) from error


def _free(name: str, before: list[Member]) -> str:
    """A name that no site bears yet: BR, BR-2, BR-3."""
    taken = {member.name.lower() for member in before}
    names = [name, *(f"{name}-{number}" for number in range(2, len(before) + 3))]
    return next(free for free in names if free.lower() not in taken)


def _case(stated: Mapping[str, Any], file: str | None, place: str, problems: list[Problem]) -> Case | None:
    """Some fields of a case; None, with the problems added."""
    found = [
        Problem(rule, file=file, column=_key(place, name), value=value)
        for name, value in stated.items()
        if isinstance(value, str) and (rule := ambiguity(name, value))
    ]
    problems += found
    return None if found else _typed(Case, stated, file, place, problems)


def _typed(
    row_type: type[_ModelT], stated: Mapping[str, Any], file: str | None, place: str, problems: list[Problem]
) -> _ModelT | None:
    """A typed table, or None with its problems added, by file and key."""
    plain, reported = {}, len(problems)
    for name, value in stated.items():
        try:
            plain[name] = _plain(name, value)
        except ValueError as error:
            problems.append(Problem(str(error), file=file, column=_key(place, name), value=str(value)))
    if len(problems) > reported:
        return None
    try:
        return row_type.model_validate(plain)
    except ValidationError as error:
        problems += keyed_problems(error, file, place, plain)
        return None


def _plain(name: str, value: Any) -> Any:
    """A value as the type of its table reads it: a number in the unit of its field, whichever it was typed in.

    Raises:
        ValueError: another unit, or a number with two readings.
    """
    if isinstance(value, datetime.date):
        return value.isoformat()
    if name == "deadline_days" and isinstance(value, int | Decimal):
        refuse_year(value)
    return read_quantity(name, value) if isinstance(value, str) and not is_day(value) else value


def _key(place: str, name: str | None) -> str:
    return f"{place}.{name}" if place and name else name or place


def _table(value: Any, file: str, place: str, problems: list[Problem]) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    problems.append(Problem(say("must be a table"), file=file, column=place, value=str(value)))
    return {}


def _fields_of(value: Any, file: str, place: str, problems: list[Problem]) -> Mapping[str, Any]:
    """A table whose keys are fields of a case, under the names of the fields."""
    found, twice = by_field(_table(value, file, place, problems))
    problems += [Problem(say("is given twice"), file=file, column=_key(place, name)) for name in twice]
    return found


def _known(table: Mapping[str, Any], known: Iterable[str], file: str, place: str, problems: list[Problem]) -> None:
    """Keys that nobody knows."""
    known = tuple(known)
    for name in table:
        if name not in known:
            of_all = say("write it under [total]") if name in OF_ALL_SITES else say("write it under [run]")
            problems.append(replace(_stranger(name, known, of_all, say(NO_KEY)), file=file, column=_key(place, name)))


def _stranger(name: str, known: Collection[str], of_all: str, rule: str) -> Problem:
    """What is wrong with a key or column that nobody knows; ``of_all``: where to write one that all sites share."""
    if name in OF_ALL_SITES:
        return Problem(say("is a limit on all sites together"), remedy=of_all)
    if name in Case.model_fields and name not in _NOT_OF_A_RUN:
        return Problem(say("is the same for all sites"), remedy=of_all)
    near = say("did you mean {first}?", first="name") if name in _A_NAME else meant(name, known)
    return Problem(rule, remedy=near or suggestion(name, dict.fromkeys(known)))
