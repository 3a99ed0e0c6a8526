"""Why an answer may be believed: what was proven, by what, and how the solver ended."""

from __future__ import annotations

from enum import StrEnum

from optimizer.units.records import dataclass

NO_SOLVER = "none"
"""Represents the solver where it was not run."""


class ProofKind(StrEnum):
    """What is behind an answer."""

    EXHAUSTIVE = "exhaustive"
    """HiGHS and an exhaustive search in exact arithmetic agree."""
    AGREED = "agreed"
    """Two HiGHS runs that cannot fail in the same way agree (presolve off, rows permuted), and the plan is verified
    exactly."""
    GAP = "gap"
    """The plan is verified exactly; that none is better by more than the gap is the word of HiGHS alone, whose time was
    over."""


class EndKind(StrEnum):
    """How the solver ended, or why it was not run."""

    SOLVER = "solver"
    """As it says itself."""
    STOPPED = "stopped"
    """Its time limit was over."""
    OVER_CEILING = "over_ceiling"
    """Its plans miss the limit of the ``detail`` slightly, and the least of all is more than it."""
    NO_OPTION = "no_option"
    """Not run: the bounds of the model leave no option."""
    SCALE = "scale"
    """Not run: the figures are too far apart for floating point."""
    NOT_BELIEVED = "not_believed"
    """It gave no verdict, or two that differ, as the ``detail`` says: an exhaustive search decided."""
    ASKED_AGAIN = "asked_again"
    """As the ``detail`` says, after a run that a better plan refuted was asked again, another way."""
    SEARCH_ALONE = "search_alone"
    """Not asked: next to an answer the exhaustive search stands alone."""
    ONE_SITE = "one_site"
    """Not asked: there is one site only, and none to share with."""


@dataclass(frozen=True)
class Ended:
    """How the solver ended."""

    kind: EndKind
    detail: str = ""
    """The solver's own word for it, or the error that kept it from running."""


@dataclass(frozen=True)
class Proof:
    """Why the answer may be believed."""

    kind: ProofKind
    solver: str
    ended: Ended
    gap: float
    solver_seconds: float
    ties_open: bool = False
    """Whether time ran out before equally good plans were compared: one of them may cost less."""
