"""The register: every question that the program answers, once.

The command line, the Python face and the reference loop over it; a page, a JSON interface or an assistant's tools can.
An entry is made by :func:`question` on the function that answers; its docstring is the help. Light: nothing heavy is
imported before a question is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import reduce, wraps
from importlib import import_module
from operator import or_
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal

from optimizer.units.language import language
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from pydantic import BaseModel

    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

Kind = Literal["text", "whole", "number", "switch", "choice", "argument"]
TakesCase = bool | Literal["axes"]
Group = Literal["Plan", "Why and what else", "Trade-offs and uncertainty", "Several sites", "Data and checks"]
GROUPS: tuple[Group, ...] = (
    "Plan",
    "Why and what else",
    "Trade-offs and uncertainty",
    "Several sites",
    "Data and checks",
)


def is_file(metavar: str) -> bool:
    """Whether what represents a value says that it is the name of a file: FILE, [FILE], FILE.csv, PLANS, PLAN.json."""
    return metavar.strip("[]").partition(".")[0] in ("FILE", "PLANS", "PLAN", "DIR")


@dataclass(frozen=True)
class Parameter:
    """Something that a question takes next to the fields of a case."""

    name: str
    words: str
    kind: Kind = "text"
    metavar: str = ""
    flag: str = ""
    """Where it is not ``--name``."""
    short: str = ""
    """Another flag, of one letter: ``-i``."""
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    least_is_open: bool = False
    many: bool = False
    """May be repeated; the value is a tuple."""
    required: bool = False
    is_written: bool = False
    """Whether its value names a file that is written, not read."""
    is_table: bool = False
    """Whether the file may be a table of plans, which Python has as a DataFrame."""
    if_missing: str = ""
    """A message that says more where it is required and not given."""

    @property
    def is_file(self) -> bool:
        """Whether its value names a file of the machine that answers, which a visitor of it must not name."""
        return is_file(self.metavar)

    @property
    def as_flag(self) -> str:
        """The flag, such as ``--tokens-per-param``."""
        return self.flag or f"--{self.name.replace('_', '-')}"

    @property
    def key(self) -> str:
        """Its name among the inputs of an answer: that of its flag, such as ``from``."""
        return self.as_flag[2:].replace("-", "_")

    @property
    def is_of_question(self) -> bool:
        """Whether the answer depends on it: not on a file that is written, nor on the number of processes."""
        return not self.is_written and self.name != "workers"


_PLAIN = (str, int, float, tuple)
"""What a value of a parameter is, where it is no table."""


@dataclass(frozen=True)
class Asked:
    """A question as it was put: the data, the values of its own, and those that make its case."""

    catalogue: Catalogue
    own: Mapping[str, Any]
    fields: Mapping[str, Any]
    """By field of the case, as typed."""
    today: str
    note: Callable[[str], None] = lambda text: None
    """Says something at once, next to the answer."""
    progress: Callable[[int, int], None] | None = None
    """To be called with the number done and the number of all, where an answer takes long."""
    language: str = field(default_factory=language)
    """In which notes are, where the answer is for a program, and in English."""
    step: Callable[[str], None] | None = None
    """To be called with the name of every step, where an answer takes long and its steps are unlike."""

    def case(self, **changes: Any) -> Case:
        """The case that its fields make, with some of them changed.

        Raises:
            InputError: every value that cannot be read or names something unknown, by field, at once.
        """
        from optimizer.service.case_text import read_case

        return read_case({**self.fields, **changes}, self.catalogue, self.today)

    def stated(self, document: Document, parameters: tuple[Parameter, ...]) -> Document:
        """An answer whose inputs have what the question takes next to its case, as far as it was given."""
        inputs, settled = document.grounds.inputs, document.grounds.settled
        own = {p.key: self.own.get(p.name) for p in parameters if p.is_of_question}
        if own.keys() & inputs.keys():  # the answer states them itself
            return document
        own = {name: value for name, value in own.items() if isinstance(value, _PLAIN) and value not in (False, ())}
        usual = {p.key: p.default for p in parameters}
        given = {name: value for name, value in own.items() if value != usual[name]}
        grounds = replace(document.grounds, inputs={**given, **inputs}, settled={**own, **settled})
        return replace(document, grounds=grounds)


Answer = Callable[[Asked], "Document"]


@dataclass(frozen=True)
class Question:
    """An entry of the register."""

    name: str
    """Of the command; two words for one of a group, such as ``data list``."""
    group: Group
    help: str
    """The first line says what it answers; the rest explains, with examples."""
    answer: Answer
    outputs: tuple[str, ...]
    """``module:Type`` of the outputs, several where they depend on how it is asked."""
    rows: tuple[str, ...]
    """``module:Type`` of its rows; several where they depend on how it is asked."""
    parameters: tuple[Parameter, ...]
    takes_case: TakesCase
    """Whether it takes the fields of a case, each once (True) or each with several values (``axes``)."""
    takes_power: bool = False
    """Whether it takes up what a case says of the feeding of its site."""
    passes_on: bool = False
    """Whether the answer may be that of any other question of the register."""
    progress: str | Callable[[Mapping[str, Any]], str] = ""
    """What is counted while it is answered, as a message, by the values of its own where that depends on them; empty
    where nothing is reported meanwhile."""

    @property
    def summary(self) -> str:
        """What it answers, in a line."""
        return self.help.strip().splitlines()[0]

    def counted(self, own: Mapping[str, Any]) -> str:
        """What is counted while it is answered, with these values of its own."""
        return self.progress if isinstance(self.progress, str) else self.progress(own)

    def outputs_types(self) -> dict[str, type[BaseModel] | UnionType]:
        """By the question that an answer names, the type of its outputs, or a choice of several: first its own."""
        first, *others = map(type_at, self.outputs)
        own: dict[str, type[BaseModel] | UnionType] = {self.name: reduce(or_, others, first)}
        passed = (REGISTER[name] for name in REGISTER if name != self.name) if self.passes_on else ()
        return reduce(or_, (entry.outputs_types() for entry in passed), own)

    def row_types(self) -> tuple[type[BaseModel], ...]:
        """The types of its rows."""
        return tuple(map(type_at, self.rows))


class Register(Mapping[str, Question]):
    """Every question by its name, in the order in which help lists them.

    The module of a question is imported when the question is first looked up: a plan loads none of the others.
    """

    def __init__(self, modules: Mapping[str, tuple[str, ...]]) -> None:
        self._where = {name: module for module, names in modules.items() for name in names}
        self._entered: dict[str, Question] = {}

    def enter(self, entry: Question) -> None:
        """Take in a question of a module that is being imported."""
        assert entry.name in self._where, f"{entry.name} stands under no module of the register"
        assert entry.name not in self._entered, f"{entry.name} is registered twice"
        self._entered[entry.name] = entry

    def __getitem__(self, name: str) -> Question:
        if name not in self._entered:
            import_module(f"optimizer.service.{self._where[name]}")
        return self._entered[name]

    def named(self, name: str) -> Question | None:
        """The question of a name, whatever joins its words: data list, data-list, data_list; None of any other name."""
        plain = name.strip().lower().replace("-", " ").replace("_", " ")
        return next((self[known] for known in self._where if known.replace("-", " ") == plain), None)

    def __contains__(self, name: object) -> bool:
        return name in self._where

    def __iter__(self) -> Iterator[str]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)


REGISTER = Register(
    {
        "planning": ("ask", "plan", "options"),
        "reporting": ("report",),
        "powering": ("power",),
        "explaining": ("explain", "alternatives", "why-not"),
        "comparing": ("compare", "rank"),
        "curves": ("frontier", "largest", "tipping"),
        "doubt": ("sensitivity",),
        "paths": ("ways",),
        "sharing": ("consortium",),
        "checking": ("verify",),
        "references": (
            *("law", "data list", "data show", "data package", "data dictionary"),
            *("reproduce", "validate", "cite"),
        ),
        "projects": ("data projects",),
        "gaps": ("data gaps",),
    }
)
"""By module of this part, the questions that it enters."""

MANY: Mapping[str, tuple[str, str]] = {
    "batch": ("batch.summary:ManyOut", "answers.plan.row:PlanRow"),
    "sweep": ("batch.summary:ManyOut", "answers.plan.row:PlanRow"),
    "atlas": ("atlas.summary:AtlasOut", "atlas.summary:RankedCountryRow"),
}
"""The commands of many cases, which write rows as they are done: ``module:Type`` of their outputs and of a row."""


def question(
    name: str,
    group: Group,
    *parameters: Parameter,
    outputs: str | tuple[str, ...],
    rows: str | tuple[str, ...],
    takes_case: TakesCase = True,
    takes_power: bool = False,
    passes_on: bool = False,
    progress: str | Callable[[Mapping[str, Any]], str] = "",
) -> Callable[[Answer], Answer]:
    """Enter the function that answers a question into the register.

    Args:
        name: of the command.
        group: under which help lists it.
        parameters: what it takes next to the fields of a case.
        outputs: ``module:Type`` of its outputs, below ``optimizer``; several where they depend on how it is asked.
        rows: ``module:Type`` of its rows, below ``optimizer``.
        takes_case: whether it takes the fields of a case, each once (True) or each with several values (``axes``).
        takes_power: whether it takes up what a case says of the feeding of its site.
        passes_on: whether the answer may be that of any other question.
        progress: what is counted while it is answered, or a function of the values of its own that says it.
    """

    def enter(answer: Answer) -> Answer:
        of_outputs, of_rows = ((types,) if isinstance(types, str) else types for types in (outputs, rows))
        entry = Question(
            name,
            group,
            answer.__doc__ or "",
            wraps(answer)(lambda asked: asked.stated(answer(asked), parameters)) if takes_case else answer,
            of_outputs,
            of_rows,
            parameters,
            takes_case,
            takes_power,
            passes_on,
            progress,
        )
        REGISTER.enter(entry)
        return answer

    return enter


def type_at(where: str) -> type[BaseModel]:
    """A type by its place below ``optimizer``: ``module:Type``."""
    module, _, name = where.partition(":")
    found: type[BaseModel] = getattr(import_module(f"optimizer.{module}"), name)
    return found
