"""How to cite the program and its data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from optimizer.answers.form.document import Document, Grounds, Rows, Section, Verbatim
from optimizer.answers.form.shapes import Shape, entry
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import credits_of_sources
from optimizer.units.language import say
from optimizer.version import __version__


class CitationOut(Shape):
    """What a paper needs."""

    program: str = entry("how to cite the program")
    data: str = entry("how to cite the data")
    licence: str = entry("licence of the data")
    attribution: tuple[str, ...] = entry("whose work the data rest on, and who asks to be named")


class CitationRow(Shape):
    """Something to be cited."""

    what: Literal["program", "data", "attribution"] = entry("the program, its data, or a source that asks to be named")
    citation: str = entry("in words")
    version: str | None = entry("its version")
    sha256: str | None = entry("SHA-256 over the data tables")
    licence: str | None = entry("its licence")


def bibtex_of(catalogue: Catalogue) -> str:
    """The program and the data as two entries of BibTeX; the version and the digest say which they were."""
    year = catalogue.as_of[:4]
    entries = {
        "optimizer": {
            "author": "{The optimizer authors}",
            "title": "{optimizer: cost-optimal training plans under export, power and time limits}",
            "version": __version__,
            "year": year,
            "note": "Computer program, MIT licence",
        },
        "optimizer-data": {
            "author": "{The optimizer authors}",
            "title": f"{{{catalogue.title}}}",
            "version": catalogue.version,
            "year": year,
            "note": f"Data set, as of {catalogue.as_of}, SHA-256 {catalogue.digest}",
        },
    }
    return "\n\n".join(
        f"@misc{{{key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}"
        for key, fields in entries.items()
    )


def document(catalogue: Catalogue, *, bibtex: bool = False) -> Document:
    """The program, the data with their licence, and who asks to be named; or the first two as BibTeX."""
    cited = CitationOut(
        program=say(
            "optimizer, version {version}: cost-optimal training plans under export, power and time limits.",
            version=__version__,
        ),
        data=say("{citation} SHA-256 {digest}.", citation=catalogue.citation, digest=catalogue.digest),
        licence=catalogue.licence,
        attribution=credits_of_sources(catalogue),
    )
    lines = [
        cited.program,
        cited.data,
        say("Licence of the data: {licence}", licence=cited.licence),
        *(say("  {a}", a=a) for a in cited.attribution),
    ]
    return Document(
        question="cite",
        title="",
        sections=[Section("", [Verbatim(bibtex_of(catalogue) if bibtex else "\n".join(lines))])],
        outputs=lambda: cited,
        grounds=Grounds(catalogue, {}, {}),
        rows=Rows("citations", "How to cite the program and its data", CitationRow, partial(_rows, cited, catalogue)),
    )


def _rows(cited: CitationOut, catalogue: Catalogue) -> Iterator[CitationRow]:
    yield CitationRow(what="program", citation=cited.program, version=__version__, sha256=None, licence="MIT")
    yield CitationRow(
        what="data", citation=cited.data, version=catalogue.version, sha256=catalogue.digest, licence=cited.licence
    )
    for line in cited.attribution:
        yield CitationRow(what="attribution", citation=line, version=None, sha256=None, licence=None)
