"""The controls of the page: their names in an address, how what is typed in them is read, and flags by their labels."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace

from optimizer.answers.form.document import Block, Document, Line, Table, with_notes
from optimizer.batch.cells import read_cell
from optimizer.domain.case_names import field_named
from optimizer.errors import InputError
from optimizer.service.fields import FLAG_OF, POWER_FIELDS
from optimizer.units.language import local_number, say
from optimizer.web.answers import Given, given

OWN_MODEL = ("params_total_b", "params_active_b")
"""With one of these the model is your own, and no model of the list."""
OWN = "own"
"""The choice in the list of models that says so, too."""
NUMBERS = ("max_mw", "deadline", "budget", "import_duty", "confidence", "tokens_t", *OWN_MODEL)
"""Controls in which a number is typed, with or without its unit."""
FIELDS = ("question", "country", "workload", "rules", "buyer", "rent", "outage", "others", "more", *NUMBERS)
"""The controls of the page, by their names in an address."""
FURTHER = (
    *((name, False) for name in (*OWN_MODEL, "tokens_t", "import_duty", "rent")),
    ("more", True),
)
"""The controls that are folded, and whether an answer to one takes long."""
_FOLDED = frozenset(name for name, _ in FURTHER)
_FIELD_OF = {"deadline": "deadline_days", "budget": "budget_usd"}
"""Control -> field of a case, where they differ."""
SLOW_SETTINGS = "--(?:mix|confidence|" + "|".join(field.flag.removeprefix("--") for field in POWER_FIELDS) + ")"
"""A pattern of the further settings with which an answer takes long."""
CONTROL_OF = {field: control for control, field in _FIELD_OF.items()}
_FLAGS = {flag: name for name, flag in FLAG_OF.items()}
_FLAG = re.compile(r"(--[a-z]+(?:-[a-z]+)*)(?:[ =]('[^']*'|[0-9][^\s;,)]*[0-9A-Za-z%]|[0-9]|public|private)(?![\w-]))?")
_POWER = re.compile(r"`?optimizer power`?(?: --outage ([0-9;@A-Z-]+))?")


def asked_of(query: Mapping[str, str], home: str) -> tuple[str, Given]:
    """Which question the page asks with its controls: a sentence, a comparison, or a plan.

    Args:
        query: of the address.
        home: the country where none is chosen.

    Raises:
        InputError: what is in the field for further settings is no flag, or a model of your own has no parameters.
    """
    fields = {name: value.strip() for name, value in query.items() if name in FIELDS and value.strip()}
    if sentence := fields.pop("question", ""):
        return "ask", (("question", sentence),)
    fields |= dict(_settings(fields.pop("more", "")))
    is_own = any(name in fields for name in OWN_MODEL)
    if fields.get("workload") == OWN and not is_own:
        raise InputError.at(say("is needed"), column=OWN_MODEL[0])
    if is_own:
        fields.pop("workload", None)
    for name in fields.keys() & set(NUMBERS):
        fields[name] = typed(name, fields[name])
    if others := fields.pop("others", ""):
        fields["country"] = f"{fields.get('country', home)},{others}"
        return "compare", given(fields)
    return "plan", given(fields)


def typed(name: str, text: str) -> str:
    """A number of a control as a cell of a workbook is read: "0,5", "500 kW", "US$ 5 M"; a day stays one.

    What cannot be read comes back as it was typed: whoever makes the case of it says what is wrong.
    """
    try:
        found = read_cell(_FIELD_OF.get(name, name), text, comma=True)
    except ValueError:
        return text
    return f"{found}d" if name == "deadline" and found.isdigit() else found


def _settings(text: str) -> Iterator[tuple[str, str]]:
    """Fields and values of the flags that were typed: "--mix 2 --evidence derived"."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InputError.at(say("a quotation mark is not closed"), column="more", value=text) from error
    while words:
        flag, is_one, value = words.pop(0).partition("=")
        if flag not in _FLAGS:
            rule = say("must be settings as a command has them, such as --mix 2 --evidence derived")
            raise InputError.at(rule, column="more", value=flag)
        if not is_one:
            value = words.pop(0) if words and not words[0].startswith("--") else "yes"
        yield flag.removeprefix("--").replace("-", "_"), value


def typed_case(document: Document) -> dict[str, str]:
    """The fields of the case that a plan or a comparison of countries answers, as they are typed; else none."""
    inputs = dict(document.grounds.settled if document.question == "compare" else document.grounds.inputs)
    inputs.pop("region", None)  # whose countries are the settled ones
    others: list[str] = []
    if document.question == "compare" and isinstance(codes := inputs.get("country"), tuple):
        inputs["country"], *others = codes
    elif document.question != "plan":
        return {}
    from optimizer.domain import Case
    from optimizer.question.reading import flags

    try:
        case = Case(**inputs)
    except InputError:  # a comparison of something else than countries
        return {}
    typed_fields = dict(_settings(" ".join(flags(case, {}))))
    return typed_fields | ({"others": ", ".join(others)} if others else {})


def shown_in_controls(case: Mapping[str, str], usual: Mapping[str, str]) -> dict[str, str]:
    """The values that the controls take from a case, its numbers as the language writes them.

    What has no control of its own goes into the field for further settings: a condition of the question that the
    controls lost would be gone from the next answer.

    Args:
        case: its fields as they are typed.
        usual: defaults, which need not be shown.
    """
    found = {name: value for name, value in case.items() if name in FIELDS}
    rest = {name: value for name, value in case.items() if name not in FIELDS and usual.get(name) != value}
    more = (
        f"--{name.replace('_', '-')}" + (f" {shlex.quote(value)}" * (value != "yes")) for name, value in rest.items()
    )
    if rest:
        found["more"] = " ".join(more)
    if found.get("deadline", "").removesuffix("d").isdigit():
        found["deadline"] = found["deadline"].removesuffix("d")
    for name in found.keys() & (set(NUMBERS) - {"deadline", "budget"}):
        found[name] = local_number(found[name])
    return found


def by_labels(text: str, labels: Mapping[str, str]) -> str:
    """A text with every flag that the page has a control for called by its label: there is nothing to type it into.

    Args:
        text: "give it with --import-duty".
        labels: of the controls, by their names.
    """

    def labelled(name: str, value: str | None) -> str:
        label = f"{labels['further']} › {labels[name]}" if name in _FOLDED else labels[name]
        return f"“{label}: {labels.get(value, local_number(value))}”" if value else f"“{label}”"

    def flag(found: re.Match[str]) -> str:
        field = field_named(_FLAGS.get(found[1], ""))
        name = CONTROL_OF.get(field, field)
        return labelled(name, found[2]) if name in FIELDS and name in labels else found[0]

    return _FLAG.sub(flag, _POWER.sub(lambda found: labelled("outage", found[1]), text))


def with_labels(document: Document, labels: Mapping[str, str]) -> Document:
    """The document, with what is said next to it, its advice in the words of the page; commands stay as they are."""

    def block_of(block: Block) -> Block:
        if isinstance(block, Line) and not block.text.startswith("optimizer "):
            return replace(block, text=by_labels(block.text, labels))
        if isinstance(block, Table):
            return replace(block, rows=[[by_labels(cell, labels) for cell in row] for row in block.rows])
        return block

    sections = [replace(part, blocks=tuple(map(block_of, part.blocks))) for part in with_notes(document)]
    return replace(document, sections=sections)
