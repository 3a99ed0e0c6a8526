"""What can go wrong, as values and exceptions. Infeasible is not here: it is an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


def shown_name(name: object) -> str:
    """A file's name as text that can be written anywhere: bytes that are not UTF-8 as ``\\xNN``."""
    return str(name).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, with its place and what would mend it."""

    rule: str
    """What the value must be, in words."""
    file: str | None = None
    line: int | None = None
    column: str | None = None
    value: str | None = None
    remedy: str | None = None

    def __str__(self) -> str:
        place = shown_name(self.file or "")
        if self.line is not None:
            place += f":{self.line}"
        parts = [place] if place else []
        if self.column:
            parts.append(self.column)
        if self.value is not None:
            shown = self.value if len(self.value) <= 60 else self.value[:57] + "..."
            parts.append(f'"{shown}"')
        head = " ".join(parts)
        text = f"{head}: {self.rule}" if head else self.rule
        return f"{text}; {self.remedy}" if self.remedy else text


class OptimizerError(Exception):
    """Base of every error that this package raises on purpose."""

    exit_status = 1


class UsageError(OptimizerError):
    """The question or the flags cannot be read."""

    exit_status = 2


class DataError(OptimizerError):
    """Bad input data: every problem found, told at once."""

    exit_status = 4

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputError(DataError):
    """What was asked cannot be read: each problem names a field of the case, or a parameter of the question."""

    exit_status = 2


class SolverError(OptimizerError):
    """The solver gave no verdict that could be proved."""

    exit_status = 5


class ScaleError(SolverError):
    """The figures of a model lie too far apart for a solver in floating point to be trusted with them."""


class UndecidedError(SolverError):
    """Two proofs disagree, or a proof is missing: no plan is told.

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
        super().__init__(f"signal {number}")
        self.number = number
