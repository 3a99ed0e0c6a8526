"""The messages of the program and their catalogues: what is said in the source, and what each language has for it."""

from __future__ import annotations

import ast
import inspect
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from string import Formatter

import click
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from pydantic import BaseModel

from optimizer.catalogue import load_catalogue
from optimizer.catalogue.source_licences import credits_of_sources, source_licences
from optimizer.cli import OTHERS, cli
from optimizer.cli.help_words import translated
from optimizer.question.refusals import words as refusals
from optimizer.reference.data_list import KINDS
from optimizer.reference.data_tables import table_rows
from optimizer.reference.row_types import row_types, summary
from optimizer.service.fields import CASE_ID, FIELDS, POWER_FIELDS, SUBJECTS
from optimizer.service.references import described
from optimizer.service.register import GROUPS, type_at
from optimizer.units.language import ENGLISH, LANGUAGES, tables_of
from optimizer.validation.evidence import load_evidence
from optimizer.validation.projects import projects_of

PACKAGE = Path(__file__).parents[2] / "optimizer"  # an installed one has the compiled catalogues alone
TRANSLATED = tuple(code for code in LANGUAGES if code != ENGLISH)
NO_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
"""The day of every compiled catalogue: the same messages give the same bytes."""
SAME = "same"
"""The comment of a translation that is the English text on purpose."""
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_UNITS = frozenset(
    [
        "MW",
        "kW",
        "GWh",
        "MWh",
        "kWh",
        "GB",
        "FLOP",
        "USD",
        "TPP",
        "tCO",
        "FP",
        "MFU",
        "PUE",
        "PPA",
        "CSV",
        "JSON",
        "HTML",
        "AI",
    ]
)


@dataclass(frozen=True)
class Message:
    """One message of the source."""

    one: str
    several: str = ""
    where: tuple[str, ...] = ()

    @property
    def key(self) -> str | tuple[str, str]:
        """As a catalogue has it."""
        return (self.one, self.several) if self.several else self.one


@cache
def messages() -> dict[str, Message]:
    """Every message that is to be translated, by its English text, in the order of the source."""
    found: dict[str, Message] = {}
    for message in _said():
        before = found.get(message.one)
        several = message.several or (before.several if before else "")
        found[message.one] = Message(message.one, several, (*(before.where if before else ()), *message.where))
    return found


def _said() -> Iterator[Message]:
    for path in sorted(PACKAGE.rglob("*.py")):
        where = (path.relative_to(PACKAGE.parent).as_posix(),)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for texts in _texts(name, node, path):
                    if has_words(texts[0]):
                        yield Message(texts[0], texts[1] if len(texts) > 1 else "", where)
    yield from _of_the_data()
    yield from _of_the_columns()
    yield from _of_the_help()
    for pair in refusals().values():
        yield from (Message(text, "", ("optimizer/question/refusals.txt",)) for text in pair if has_words(text))


def _of_the_help() -> Iterator[Message]:
    """What help says: subjects, fields of a case, commands with their paragraphs, arguments and options."""
    for text in (*SUBJECTS, *(field.words for field in (*FIELDS, *POWER_FIELDS, CASE_ID))):
        yield Message(text, "", ("optimizer/service/fields.py",))
    for text in (*GROUPS, *OTHERS):
        yield Message(text, "", ("optimizer/service/register.py",))
    for command in commands_by_path(cli).values():
        module = getattr(command.callback, "__module__", "optimizer.service.register")
        where = ("optimizer/service/register.py" if module == "functools" else module.replace(".", "/") + ".py",)
        texts = [command.get_short_help_str(limit=100), *help_of(command.help), *help_of(command.epilog)]
        for parameter in command.params:
            shown = isinstance(parameter, click.Option) and not parameter.hidden
            texts.append((parameter.help if shown else getattr(parameter, "words", "")) or "")
        yield from (Message(text, "", where) for text in texts if has_words(text))


def help_of(text: str | None) -> Iterator[str]:
    """The messages of a text of help, as click cleans it."""
    found: list[str] = []
    translated(inspect.cleandoc(text or ""), lambda message: found.append(message) or message)
    return iter(found)


def commands_by_path(command: click.Command, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    """A command and all that it has, by the words that are typed."""
    found = {path: command}
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None, name
                found |= commands_by_path(inner, (*path, name))
    return found


def _of_the_data() -> Iterator[Message]:
    """Names of the data that are English words, and not only names; what the law says, and how far it is in force."""
    known = load_catalogue()
    for row in known.workloads.values():
        if re.search(r" (on|with) | \(", row.name):
            yield Message(row.name, "", ("data/workloads.csv",))
    for text in (known.licence.rstrip("."), *credits_of_sources(known)):
        yield Message(text, "", ("data/catalogue.toml",))
    for terms in source_licences(known).values():
        if any(" " in part for part in terms.licence.split(" AND ")):  # no name of SPDX
            yield Message(terms.licence, "", ("data/source_licences.csv",))
    for assumptions in known.assumption_sets.values():
        yield from (
            Message(text, "", ("data/assumption_sets.csv",)) for text in (assumptions.name, assumptions.description)
        )
    for listed in row_types().values():
        yield Message(summary(listed), "", ("optimizer/reference/data_list.py",))
    for kind in KINDS.values():
        for name in kind.row_type.model_fields:
            yield Message(name.replace("_", " "), "", ("optimizer/reference/data_list.py",))
    for project in projects_of(known):
        shown = [project.status] * has_words(project.status) + [project.cost_covers] * ("cost_usd" in project.no_limits)
        shown += [project.power_covers] * ("peak_mw" in project.no_limits)
        yield from (
            Message(text, "", ("data/projects.csv",)) for text in (project.differs, project.parts, *shown) if text
        )
    for band in load_evidence(known).bands:
        yield Message(band.seen_on, "", ("data/run_bands.csv",))
    for name in (name for region in known.regions.values() for name in region.absent):
        yield Message(name, "", ("data/regions.csv",))
    for rule_set in known.rule_sets.values():
        yield from (Message(text, "", ("data/rule_sets.csv",)) for text in (rule_set.name, rule_set.description))
    for way in known.ways.values():
        yield from (Message(text, "", ("data/ways.csv",)) for text in (way.name, way.gives, way.lacks))
    for table in ("parameters", "parallelism", "usual_ranges"):
        yield from (Message(row.meaning, "", (f"data/{table}.csv",)) for row in table_rows(known, table))
    for default in known.defaults.values():
        yield Message(default.why, "", ("data/defaults.csv",))
    laws: Iterable[tuple[str, Iterable[object], tuple[str, ...]]] = (
        ("licence_rules", known.licence_rules, ("meaning", "status", "note")),
        ("buyer_rules", known.buyer_rules, ("meaning", "status", "note")),
        ("country_groups", itertools.chain.from_iterable(known.country_groups.values()), ("note",)),
        ("compute_thresholds", known.thresholds, ("jurisdiction", "applies_to", "status", "consequence")),
    )
    for table, rules, columns in laws:
        texts = (getattr(rule, column) for rule in rules for column in columns)
        yield from (Message(text, "", (f"data/{table}.csv",)) for text in texts if text)


def _of_the_columns() -> Iterator[Message]:
    """What every column means of which a person can ask: of the tables of data, and of the rows of every answer."""
    for row_type in described_types():
        where = (row_type.__module__.replace(".", "/") + ".py",)
        texts = (column.description for column in row_type.model_fields.values())
        yield from (Message(text, "", where) for text in texts if text)


def described_types() -> list[type[BaseModel]]:
    """The types whose columns are shown: ``data show``, the data dictionary, the sheet of columns of a workbook."""
    return list(dict.fromkeys((*row_types().values(), *map(type_at, described().values()))))


def _texts(name: str, call: ast.Call, path: Path) -> Iterator[tuple[str, ...]]:
    if name in ("say_many", "mark_many"):
        yield tuple(_text(argument) for argument in call.args[:2])
    elif name == "mark" or (name == "say" and call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr)):
        yield (_text(call.args[0]),)
    elif name == "Messages":
        (given,) = call.args
        if ast.unparse(given).startswith("tables_of("):
            return  # where the tables of text files are read
        assert isinstance(given, ast.Dict), ast.unparse(call)
        yield from ((_text(value),) for value in given.values)
    elif name == "messages_of":
        yield from ((text,) for text in tables_of(path.with_suffix(".txt"))[_text(call.args[1])].values())


def _text(node: ast.expr) -> str:
    """The text of a message: only what stands in the source as one can be translated."""
    assert isinstance(node, ast.Constant) and isinstance(node.value, str), f"no message: {ast.unparse(node)}"
    return node.value


def has_words(text: str) -> bool:
    """Whether a message has a word to translate: not only places, marks and units."""
    plain = "".join(literal for literal, *_ in Formatter().parse(text))
    return any(word not in _UNITS for word in _LETTERS.findall(plain)) or bool(re.search(r"[$}]M|}B|[$]", text))


def places(text: str) -> frozenset[str]:
    """The places of a message, each with the format of its number."""
    return frozenset(f"{name}:{spec}" for _, name, spec, _ in Formatter().parse(text) if name is not None)


def catalogue_path(code: str) -> Path:
    """The file of a language."""
    return PACKAGE / "locale" / code / "LC_MESSAGES" / "optimizer.po"


@cache
def catalogue(code: str) -> Catalog:
    """The catalogue of a language, as its file has it."""
    path = catalogue_path(code)
    if not path.is_file():
        return Catalog(locale=code, fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=code)


def texts_of(entry: Entry) -> tuple[str, ...]:
    """The forms of a translation."""
    string = _string(entry)
    return string if isinstance(string, tuple) else (string,)


def _string(entry: Entry) -> str | tuple[str, ...]:
    return tuple(entry.string) if isinstance(entry.string, list | tuple) else entry.string or ""


def missing(code: str) -> list[Message]:
    """Messages without a translation."""
    known = catalogue(code)
    found = []
    for message in messages().values():
        entry = known.get(message.one)
        if entry is None or isinstance(entry.id, tuple) != bool(message.several) or not all(texts_of(entry)):
            found.append(message)
    return found


def obsolete(code: str) -> list[str]:
    """Translations of what is said no longer."""
    known = messages()
    keys = (entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in catalogue(code) if entry.id)
    return [key for key in keys if key not in known]


def written(code: str, further: dict[str, tuple[str, ...]] | None = None) -> Catalog:
    """The catalogue with every message of the source and no other: what is new has no translation yet.

    Args:
        code: the language.
        further: translations that are new, by the English text.
    """
    known, given = catalogue(code), further or {}
    made = Catalog(locale=code, fuzzy=False, project="optimizer", charset="utf-8", header_comment=f"# {code}")
    # babel has a third form of Spanish, for millions of things
    vars(made).update(_num_plurals=2, _plural_expr="(n != 1)")
    for message in messages().values():
        before = known.get(message.one)
        string: str | tuple[str, ...] = ("", "") if message.several else ""
        comments: list[str] = []
        if before is not None and isinstance(before.id, tuple) == bool(message.several):
            string, comments = _string(before), before.user_comments
        if message.one in given:
            texts = given[message.one]
            string = texts if message.several else texts[0]
            comments = [SAME] if texts[0] == message.one else []
        made.add(message.key, string, locations=[(name, 0) for name in dict.fromkeys(message.where)])
        made[message.one].user_comments = comments
    return made


def write(code: str, made: Catalog) -> None:
    """Write the file of a language, and what is compiled of it."""
    path = catalogue_path(code)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(po_bytes(made))
    path.with_suffix(".mo").write_bytes(mo_bytes(made))
    catalogue.cache_clear()


def po_bytes(made: Catalog) -> bytes:
    """The text of a catalogue, without a clock."""
    text = io.BytesIO()
    write_po(text, made, width=120, include_lineno=False, omit_header=False, sort_output=False)
    return b"".join(
        line for line in text.getvalue().splitlines(keepends=True) if not re.match(rb'"(POT|PO)-[A-Za-z-]+Date', line)
    )


def mo_bytes(made: Catalog) -> bytes:
    """A catalogue compiled, without its header's dates and comments."""
    compiled = Catalog(locale=made.locale, fuzzy=False, charset="utf-8", creation_date=NO_CLOCK, revision_date=NO_CLOCK)
    vars(compiled).update(_num_plurals=2, _plural_expr="(n != 1)")
    for entry in made:
        if entry.id and all(texts_of(entry)):
            compiled.add(entry.id, _string(entry))
    text = io.BytesIO()
    write_mo(text, compiled)
    return text.getvalue()
