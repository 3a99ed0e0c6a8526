"""Text is laid out as rich lays it out, a library for terminals that the program does without."""

from __future__ import annotations

import io
import random
import re
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from optimizer.answers.form.blocks import Column, Line, Table, Verbatim
from optimizer.answers.form.document import Document, Grounds, Section
from optimizer.catalogue import Catalogue
from optimizer.cli.guide import FOLDER as GUIDE
from optimizer.render.guide_text import rendered
from optimizer.render.text import Paper, text_of, width_of
from optimizer.units.language import speaking

PARTS = ("a", "plan", "GB300", "1,024", "$9.19M", "days:", "(world", "price;", "São", "é", "·", "→", "█▏", "–", "'it'")
STRANGE = ("x" * 130, "中文", "e\u0301", "👍", "zero\u200bwidth", "half-ｗｉｄｅ", "two\nlines")
BETWEEN = (" ", " ", " ", " ", "  ", "   ")


def some_text(rng: random.Random, most: int) -> str:
    """Words of all kinds, with one blank or more between them."""
    words = (rng.choice(PARTS) + rng.choice(BETWEEN) for _ in range(rng.randint(0, most)))
    return ("  " if rng.random() < 0.1 else "") + "".join(words).rstrip(" ")


def some_table(rng: random.Random) -> Table:
    """Cells of all kinds; some with a line break."""
    columns = [
        Column(some_text(rng, 2), rng.random() < 0.5, rng.random() < 0.5, rng.choice((0, 0, 12)))
        for _ in range(rng.randint(1, 5))
    ]
    rows = [[some_text(rng, 3) for _ in columns] for _ in range(rng.randint(1, 4))]
    return Table(columns, rows, title=some_text(rng, 3), total=rng.random() < 0.3, headed=rng.random() < 0.7)


def some_document(rng: random.Random, catalogue: Catalogue) -> Document:
    """Lines at every level, tables and copied text."""

    def block() -> Line | Table | Verbatim:
        kind = rng.random()
        if kind < 0.6:
            return Line(
                some_text(rng, 40) or "text", rng.choice(("plain", "strong", "good", "quiet")), rng.randint(0, 2)
            )
        return some_table(rng) if kind < 0.9 else Verbatim(some_text(rng, 40) or "text")

    sections = [Section(some_text(rng, 30), [block() for _ in range(rng.randint(0, 4))]) for _ in range(3)]
    return Document("plan", some_text(rng, 30), sections, lambda: pytest.fail("no data"), Grounds(catalogue, {}, {}))


def by_rich(document: Document, width: int) -> str:
    """The same document as rich writes it, tables as wide as they need, without blanks at the end of lines."""
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
    if document.title:
        console.print(Text(document.title))
    begun = bool(document.title)
    for section in filter(lambda section: section.blocks, document.sections):
        if begun:
            console.print("")
        begun = True
        if section.title:
            console.print(Text(section.title))
        for place, block in enumerate(section.blocks):
            before = section.blocks[place - 1] if place else None
            if place and not (isinstance(block, Line) and isinstance(before, Line | Verbatim)):
                console.print("")
            if isinstance(block, Line):
                console.print(Padding(Text(block.text), (0, 0, 0, 2 * block.level), expand=False))
            elif isinstance(block, Verbatim):
                console.out(block.text, highlight=False)
            elif isinstance(block, Table):
                if block.title:
                    console.print(Text(block.title))
                table = rich_table(block)
                console.width = table.__rich_measure__(console, console.options.update(max_width=10_000)).maximum
                console.print(table)
                console.width = width
    assert isinstance(console.file, io.StringIO)
    return "".join(f"{line.rstrip(' ')}\n" for line in console.file.getvalue().splitlines())


def rich_table(block: Table) -> RichTable:
    table = RichTable(box=None, pad_edge=True, show_header=block.headed)
    for column in block.columns:
        justify: Literal["left", "right"] = "right" if column.right else "left"
        table.add_column(column.name, justify=justify, no_wrap=column.whole, min_width=column.least_width or None)
    for row in block.rows:
        table.add_row(*row)
    return table


@pytest.mark.parametrize("width", [40, 100])
def test_text_is_what_rich_would_write(frozen: Catalogue, width: int) -> None:
    """Random documents come out line by line as rich writes them."""
    for seed in range(50):
        document = some_document(random.Random(seed), frozen)
        assert text_of(document, Paper(width)) == by_rich(document, width), seed


@pytest.mark.parametrize("part", STRANGE)
@pytest.mark.parametrize("where", ["title", "section", "line", "cell", "caption"])
def test_what_is_out_of_the_ordinary_is_as_rich_has_it(part: str, where: str, frozen: Catalogue) -> None:
    """Wide, combining and invisible characters, and words longer than a line. Wrong: a table out of line."""
    text = {"title": "t", "section": "s", "line": "l", "cell": "c", "caption": ""} | {where: part}
    table = Table([Column("a"), Column("b", right=True)], [[text["cell"], "1"]], title=text["caption"])
    section = Section(text["section"], [Line(text["line"]), table])
    document = Document("plan", text["title"], [section], lambda: pytest.fail("no data"), Grounds(frozen, {}, {}))
    assert text_of(document, Paper(100)) == by_rich(document, 100)


def test_every_character_has_the_width_that_rich_gives_it() -> None:
    """Of the scripts that data are written in. Wrong: a table out of line."""
    scripts = (range(0x20, 0x590), range(0x1E00, 0x2000), range(0x2010, 0x2028), range(0x3041, 0x3130))
    signs = (
        chr(code)
        for codes in (*scripts, range(0x4E00, 0xA000), range(0xAC00, 0xD7A4))
        for code in codes
        if code != 0xAD
    )
    wrong = [sign for sign in signs if unicodedata.name(sign, "") and width_of(sign) != cell_len(sign)]
    assert wrong == []


def test_a_terminal_shows_what_is_strong_and_what_is_bad(frozen: Catalogue) -> None:
    """Colours where they are wanted, bold alone with NO_COLOR, and nothing on a dumb terminal or in a pipe."""
    table = Table([Column("a")], [["1"], ["2"]], total=True)
    document = Document(
        "plan", "t", [Section("s", [Line("x", "bad"), table])], lambda: pytest.fail("no data"), Grounds(frozen, {}, {})
    )
    coloured = text_of(document, Paper(80, "colour")).split("\n")
    assert coloured[0] == "\x1b[1mt\x1b[0m" and coloured[3] == "\x1b[1;31m  x\x1b[0m"
    assert coloured[5:8] == ["\x1b[1m a\x1b[0m", " 1", "\x1b[1m 2\x1b[0m"]
    assert "\x1b[1m  x\x1b[0m" in text_of(document, Paper(80, "bold"))
    assert "\x1b" not in text_of(document, Paper(80))


def test_a_table_wider_than_a_terminal_is_written_entry_by_entry(frozen: Catalogue) -> None:
    """Each row under its first cell, each cell with its heading; an empty one is left out. Wrong: half a row."""
    table = Table([Column("name"), Column("words"), Column("more")], [["one", "a " * 30, ""], ["two", "b", "c"]])
    document = Document("plan", "", [Section("", [table])], lambda: pytest.fail("no data"), Grounds(frozen, {}, {}))
    assert text_of(document, Paper(40, breaks_tables=True)).splitlines() == [
        "name one",
        "  words: a a a a a a a a a a a a a a a a",
        "  a a a a a a a a a a a a a a",
        "name two",
        "  words: b",
        "  more: c",
    ]
    assert len(text_of(document, Paper(40)).splitlines()) == 3


@pytest.mark.parametrize(("code", "point"), [("en", "."), ("es", ",")])
def test_numbers_of_a_column_stand_with_their_points_in_one_line(frozen: Catalogue, code: str, point: str) -> None:
    """Three digits of what is small are more decimals. Wrong: 0.868 above 0.0627, each to the right. Words stay."""
    cells = [f"0{point}868", f"0{point}0627", f"12{point}5", "3", "no plan"]
    table = Table([Column("name"), Column("MW", right=True)], [["a", cell] for cell in cells])
    document = Document("plan", "", [Section("", [table])], lambda: pytest.fail("no data"), Grounds(frozen, {}, {}))
    with speaking(code):
        lines = text_of(document, Paper(40)).splitlines()
    ends = (" 0.868", " 0.0627", "12.5", " 3", "no plan")
    assert [line[7:] for line in lines[1:]] == [end.replace(".", point) for end in ends]


def test_the_guide_is_shown_without_its_marks() -> None:
    """Headings, paragraphs and lists that wrap, tables, examples as they are. Wrong: a mark, or a word that is lost."""
    text = """# Title

A **bold** word, `code` and [a link](plan.md),
on two lines.

- one item that is
  longer than a line
1. two

| flag | what it does |
| --- | --- |
| `--json` | everything, as one document |

```console
$ optimizer  ask 'a `b`'
```
"""
    assert rendered(text, Paper(30, breaks_tables=True)).splitlines() == [
        "Title",
        "",
        "A bold word, code and a link,",
        "on two lines.",
        "",
        "- one item that is longer than",
        "  a line",
        "1. two",
        "",
        "--json",
        "  everything, as one document",
        "",
        "  $ optimizer  ask 'a `b`'",
    ]
    assert " flag    what it does" in rendered(text, Paper(80, breaks_tables=True))


@pytest.mark.parametrize("path", sorted(GUIDE.glob("*.md")), ids=lambda path: path.stem)
def test_no_word_of_the_guide_is_lost_on_a_terminal(path: Path) -> None:
    """Every topic, word by word, in its order. Wrong: a block that the reader of the guide does not know."""
    text = path.read_text(encoding="utf-8")
    bare = re.sub(r"\]\([^)]*\)|^```.*$", " ", text, flags=re.MULTILINE)
    shown = rendered(text, Paper(200))
    assert re.findall(r"\w+", shown) == re.findall(r"\w+", bare)
