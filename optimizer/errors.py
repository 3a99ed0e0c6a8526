"""What can go wrong, as values and exceptions. Infeasible is not here: it is an answer."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from optimizer.units.language import Messages, language, mark, say
from optimizer.units.records import dataclass


def shown_name(name: object) -> str:
    """A file's name as text that can be written anywhere: bytes that are not UTF-8 as ``\\xNN``."""
    try:
        return str(name).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a character that no system gave
        return str(name).encode("utf-8", "backslashreplace").decode()


_OF_SYSTEM: Mapping[int, str] = Messages(
    {
        errno.ENOENT: "No such file or directory",
        errno.EACCES: "Permission denied",
        errno.EISDIR: "Is a directory",
        errno.ENOTDIR: "Not a directory",
        errno.EEXIST: "File exists",
        errno.ENAMETOOLONG: "File name too long",
        errno.ENOSPC: "No space left on device",
        errno.EROFS: "Read-only file system",
    }
)
"""The usual faults of files, in the words of the system."""
CONTROL = mark("contains a control character, or one that changes the direction of text")
_COMMANDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Escape sequences begin with one of these; tab, line feed and carriage return are none."""


def commands_terminal(text: str) -> bool:
    """Whether a text has a character that commands a terminal."""
    return not text.isprintable() and _COMMANDS.search(text) is not None


def visible(text: str) -> str:
    """A text as it can be shown in a terminal: what would command it is written as ``\\x1b``."""
    if text.isprintable():
        return text
    return _COMMANDS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def escaped(text: str) -> str:
    """A part of JSON with ``\\u009b`` in place of what would command a terminal: it means the same."""
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_HELD = (list, tuple, set, frozenset)
_AS_WRITTEN = (str, int, float, complex, bytes, type(None))
_MODULES_AS_WRITTEN = ("decimal", "fractions", "datetime")


def described(value: object) -> str:
    """A value as a message names it: a plain one as it is written, of anything else its kind, such as DataFrame."""
    parts = value if isinstance(value, _HELD) else (*value, *value.values()) if isinstance(value, dict) else (value,)
    plain = (isinstance(each, _AS_WRITTEN) or type(each).__module__ in _MODULES_AS_WRITTEN for each in parts)
    try:
        return shown_name(value) if all(plain) else type(value).__name__
    except ValueError:  # a whole number of thousands of digits
        return type(value).__name__


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, with its place and what would mend it."""

    rule: str
    """What the value must be, in words."""
    file: str | None = None
    line: int | str | None = None
    """Its number, in a sheet that of the row; a text represents it where one message serves several lines."""
    column: str | None = None
    value: str | None = None
    remedy: str | None = None
    sheet: str | None = None
    """Of a workbook; empty where a text is named by cells, as a spreadsheet shows it."""
    letter: str | None = None
    """The letters of the column in the sheet."""
    missing: str = ""
    """The figure that the data do not have, where that is what is wrong, and nothing that was said."""

    @property
    def place(self) -> str:
        """Where it is: file and line, or file, sheet and cell as a spreadsheet names it."""
        name = shown_name(self.file or "")
        if self.sheet is None:
            return f"{name}:{self.line}" if name and self.line is not None else name
        if self.line is None:
            return say('{file}, sheet "{sheet}"', file=name, sheet=self.sheet) if self.sheet else name
        if not self.sheet:
            if self.letter is None:
                return say("{file}, row {row}", file=name, row=str(self.line))
            return say("{file}, cell {cell}", file=name, cell=f"{self.letter}{self.line}")
        if self.letter is None:
            return say('{file}, sheet "{sheet}", row {row}', file=name, sheet=self.sheet, row=str(self.line))
        cell = f"{self.letter}{self.line}"
        return say('{file}, sheet "{sheet}", cell {cell}', file=name, sheet=self.sheet, cell=cell)

    def __str__(self) -> str:
        place = f"{self.place}," if self.sheet is not None and self.column else self.place
        parts = [place] if place else []
        if self.column:
            parts.append(self.column)
        if self.value is not None:
            shown = self.value if len(self.value) <= 60 else self.value[:57] + "..."
            parts.append(f'"{shown}"')
        head = " ".join(parts)
        text = f"{head}: {self.rule}" if head else self.rule
        return visible(f"{text}; {self.remedy}" if self.remedy else text)


MOST_SHOWN = 50
"""Problems that a message lists; of the others it says how many there are."""


def first_lines(lines: Iterable[str], total: int) -> list[str]:
    """The first lines of a list of problems, and how many are left out.

    Args:
        lines: of the problems, at least the first ones.
        total: how many problems there are.
    """
    shown = [line for _, line in zip(range(MOST_SHOWN), lines, strict=False)]
    return [*shown, say("and {left:,} more", left=total - MOST_SHOWN)] if total > MOST_SHOWN else shown


class OptimizerError(Exception):
    """Base of every error that this package raises on purpose."""

    exit_status = 1

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)
        self.language = language()
        """In which its message is."""

    @classmethod
    def say(cls, message: str, /, **values: object) -> Self:
        """The error that says a message, as :func:`optimizer.units.language.say` has it."""
        return cls(say(message, **values))


class UsageError(OptimizerError):
    """The question or the flags cannot be read."""

    exit_status = 2


class DataError(OptimizerError):
    """Bad input data: every problem found, reported at once."""

    exit_status = 4

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(first_lines(map(str, self.problems[: MOST_SHOWN + 1]), len(self.problems))))

    @classmethod
    def at(
        cls,
        rule: str,
        *,
        file: str | None = None,
        line: int | str | None = None,
        column: str | None = None,
        value: str | None = None,
        remedy: str | None = None,
    ) -> Self:
        """The error of one problem: see :class:`Problem`."""
        return cls([Problem(rule, file, line, column, value, remedy)])


def unreadable(path: object, error: OSError) -> DataError:
    """What is said of a file that the system does not give."""
    return DataError.at(say("cannot be read: {strerror}", strerror=system_words(error)), file=str(path))


class UnreadableError(ValueError):
    """A text that cannot be read, in our own words."""


def unreadable_words(error: Exception, *, one_line: bool = False) -> str:
    """What is wrong with a text that is no JSON or TOML, and where: the words of Python are for who writes Python."""
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, RecursionError):
        return say("nested too deeply")
    found = re.search(r"line (\d+)(?:,? column (\d+))?|end of document", str(error))
    if found is None:
        return say("a part of it is too long")
    if found[1] is None:
        return say("it ends too early")
    if found[2] is None:
        return say("line {line}", line=found[1])
    if one_line:
        return say("column {column}", column=found[2])
    return say("line {line}, column {column}", line=found[1], column=found[2])


def system_words(error: OSError) -> str:
    """What the system says is wrong, in the language that is spoken where it is one of the usual faults."""
    return _OF_SYSTEM.get(error.errno or 0) or str(error.strerror or error)


class InputError(DataError):
    """What was asked cannot be read: each problem names a field of the case, or a parameter of the question."""

    exit_status = 2


class SolverError(OptimizerError):
    """The solver gave no verdict that could be proven."""

    exit_status = 5


class ScaleError(SolverError):
    """The figures of a model are too far apart for a solver in floating point to be trusted with them."""


class UndecidedError(SolverError):
    """Two proofs disagree, or a proof is missing: no plan is reported.

    ``dossier`` holds what is needed to reproduce it (case, both answers, versions).
    """

    def __init__(self, message: str, dossier: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.dossier = dict(dossier)


class NoVerdictError(UndecidedError):
    """The solver itself gives nothing that could be believed; no figure of one side contradicts the other."""


class StoppedError(UndecidedError):
    """The solver's time was over.

    ``bound``: no plan is better than that, as far as the solver can tell. ``choice``: the best plan that it had found,
    if any: what is used and the days, within every limit in exact arithmetic.
    """

    def __init__(self, message: str, dossier: Mapping[str, Any], bound: float, choice: Any = None) -> None:
        super().__init__(message, dossier)
        self.bound, self.choice = bound, choice


class StoppedBySignal(KeyboardInterrupt):  # no error: somebody wants it
    """Ctrl-C, or another signal that asks the program to end. ``number``: of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(say("signal {number}", number=number))
        self.number = number
