"""Text in a pipe is laid out as rich lays it out, without rich."""

from __future__ import annotations

import io
import random
import unicodedata

import pytest
from rich.cells import cell_len

from optimizer.answers.blocks import Column, Line, Table, Verbatim
from optimizer.answers.document import Document, Grounds, Section
from optimizer.catalogue import Catalogue
from optimizer.cli.output import PIPED_WIDTH
from optimizer.cli.output import console as piped_console
from optimizer.render import plain_text
from optimizer.render.text import write_document

PARTS = ("a", "plan", "GB300", "1,024", "$9.19M", "days:", "(world", "price;", "São", "é", "·", "→", "█▏", "–", "'it'")
STRANGE = ("x" * 130, "中文", "e\u0301", "👍", "\u200b", "soft\u00adhyphen", "half-ｗｉｄｅ", "\u00a0", "two\nlines")
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
    rows = [[some_text(rng, 3) for _ in columns] for _ in range(rng.randint(0, 4))]
    return Table(columns, rows, title=some_text(rng, 3), total=rng.random() < 0.3, headed=rng.random() < 0.7)


def some_document(rng: random.Random, catalogue: Catalogue) -> Document:
    """Lines at every level, tables and copied text."""

    def block() -> Line | Table | Verbatim:
        kind = rng.random()
        if kind < 0.6:
            return Line(some_text(rng, 40), rng.choice(("plain", "strong", "good", "quiet")), rng.randint(0, 2))
        return some_table(rng) if kind < 0.9 else Verbatim(some_text(rng, 40) or "text")

    sections = [Section(some_text(rng, 30), [block() for _ in range(rng.randint(0, 4))]) for _ in range(3)]
    return Document("plan", some_text(rng, 30), sections, lambda: pytest.fail("no data"), Grounds(catalogue, {}, {}))


def test_a_pipe_gets_what_rich_would_write(frozen: Catalogue) -> None:
    """Random documents come out byte for byte as a rich console without a terminal writes them; few are left to it."""
    left = 0
    for seed in range(400):
        document = some_document(random.Random(seed), frozen)
        rich, plain = io.StringIO(), io.StringIO()
        write_document(document, piped_console(rich))
        try:
            plain_text.write_document(document, plain, PIPED_WIDTH)
        except plain_text.OutOfTheOrdinaryError:
            left += 1
            assert plain.getvalue() == ""
        else:
            assert plain.getvalue() == rich.getvalue(), seed
    assert left < 100  # titles that are wider than their tables


@pytest.mark.parametrize("part", STRANGE)
@pytest.mark.parametrize("where", ["title", "section", "line", "cell", "heading", "caption"])
def test_what_is_out_of_the_ordinary_is_left_to_rich(part: str, where: str, frozen: Catalogue) -> None:
    """Nothing is written of it, wherever it stands. Wrong: half a document, or a line of another length."""
    text = {"title": "t", "section": "s", "line": "l", "cell": "c", "heading": "h", "caption": ""} | {where: part}
    table = Table([Column(text["heading"])], [[text["cell"]]], title=text["caption"])
    section = Section(text["section"], [Line(text["line"]), table])
    document = Document("plan", text["title"], [section], lambda: pytest.fail("no data"), Grounds(frozen, {}, {}))
    out = io.StringIO()
    if part == "x" * 130 and where in ("cell", "heading"):  # a table is as wide as its cells in a pipe
        plain_text.write_document(document, out, PIPED_WIDTH)
        return
    with pytest.raises(plain_text.OutOfTheOrdinaryError):
        plain_text.write_document(document, out, PIPED_WIDTH)
    assert out.getvalue() == ""


def test_every_ordinary_character_takes_one_place() -> None:
    """What is counted without asking rich has the width that rich gives it. Wrong: a table out of line."""
    narrow = [chr(code) for code in range(0x3000) if plain_text._ORDINARY.fullmatch(chr(code))]
    assert len(narrow) > 700
    wrong = [unicodedata.name(sign, repr(sign)) for sign in narrow if cell_len(sign) != 1]
    assert wrong == []
