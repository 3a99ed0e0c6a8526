"""What the data know of the power system of a country: how often it fails, and how much it generates."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.load import Catalogue
from optimizer.catalogue.tables import Line, decode, parse_row, read_lines
from optimizer.domain.world_facts import PowerFact
from optimizer.errors import DataError, Problem

FILE = "power_systems.csv"


def power_facts(catalogue: Catalogue, country: str) -> tuple[PowerFact, ...]:
    """Every fact of a country, in the order of the table; none where a data folder has no such table.

    Args:
        catalogue: names the data folder.
        country: ISO 3166-1 alpha-2 code.

    Raises:
        DataError: the table has no readable header, or a row of this country cannot be read.
    """
    return get_or_make(catalogue.cache, ("power facts", country), lambda: tuple(_read(catalogue, country)))


def _read(catalogue: Catalogue, country: str) -> Iterator[PowerFact]:
    path = catalogue.folder / FILE
    if not path.is_file():
        return
    header, *rows = path.read_bytes().splitlines(keepends=True)
    own = b"".join((header, *(row for row in rows if row.startswith(f"{country},".encode()))))  # five of a thousand
    problems: list[Problem] = []
    for line in read_lines(decode(own, FILE), FILE)[1]:
        if not isinstance(line, Line):
            problems.append(line)
            continue
        try:
            yield parse_row(line, PowerFact)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
