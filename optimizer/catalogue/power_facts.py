"""What the data know of the power system of a country: how often it fails, and how much it generates."""

from __future__ import annotations

from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.load import Catalogue
from optimizer.catalogue.rows import made_of, parse_row
from optimizer.catalogue.tables import decode, read_lines
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
    return get_or_make(catalogue.cache, ("power facts", country), lambda: _read(catalogue, country))


def _read(catalogue: Catalogue, country: str) -> tuple[PowerFact, ...]:
    path = catalogue.folder / FILE
    if not path.is_file():
        return ()
    header, *rows = path.read_bytes().splitlines(keepends=True)
    own = b"".join((header, *(row for row in rows if row.startswith(f"{country},".encode()))))  # five of a thousand
    problems: list[Problem] = []
    lines = read_lines(decode(own, FILE), FILE)[1]
    facts = tuple(made_of(lines, lambda line: parse_row(line, PowerFact), problems))
    if problems:
        raise DataError(problems)
    return facts
