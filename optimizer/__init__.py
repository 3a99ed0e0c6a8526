"""The cheapest lawful way to train a language model of one's own: which accelerators, how many, for how many days.

    import optimizer

    outcome = optimizer.plan(country="BR", max_mw=1, deadline="120d")     # Plan | Infeasible
    plans = optimizer.frame(optimizer.plan_many(cases))                   # a pandas DataFrame, a row a case
    curve = optimizer.frame("frontier", first="cost", second="days", country="MX", max_mw=2)
    answer = optimizer.answer("explain", country="BR", max_mw=1, deadline="120d")
    grid = optimizer.sweep(country="BR,MX", max_mw="0.5:2:0.5", deadline="120d")

Names are looked up on first use, so that ``optimizer --help`` does not pay for the solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimizer.version import __version__ as __version__

if TYPE_CHECKING:
    from optimizer.answers.document import Document
    from optimizer.catalogue import Catalogue, load_catalogue
    from optimizer.domain import Case
    from optimizer.errors import DataError, InputError, OptimizerError, SolverError, UndecidedError, UsageError
    from optimizer.face.asking import answer, plan, plan_many, verify
    from optimizer.face.frames import compare, frame, plan_grid, summarise, sweep, table
    from optimizer.plans.outcome import Infeasible, Outcome, Plan
    from optimizer.power.plan import NotFed, PowerPlan
    from optimizer.question.asking import ask

_WHERE = {
    "Case": "domain",
    "Catalogue": "catalogue",
    "DataError": "errors",
    "Document": "answers.document",
    "Infeasible": "plans.outcome",
    "NotFed": "power.plan",
    "PowerPlan": "power.plan",
    "InputError": "errors",
    "OptimizerError": "errors",
    "Outcome": "plans.outcome",
    "Plan": "plans.outcome",
    "SolverError": "errors",
    "UndecidedError": "errors",
    "UsageError": "errors",
    "answer": "face.asking",
    "ask": "question.asking",
    "compare": "face.frames",
    "frame": "face.frames",
    "load_catalogue": "catalogue",
    "plan": "face.asking",
    "plan_grid": "face.frames",
    "plan_many": "face.asking",
    "summarise": "face.frames",
    "sweep": "face.frames",
    "table": "face.frames",
    "verify": "face.asking",
}
"""Every name of the face, and the module below ``optimizer`` that has it."""

__all__ = [
    "Case",
    "Catalogue",
    "DataError",
    "Document",
    "Infeasible",
    "InputError",
    "NotFed",
    "OptimizerError",
    "Outcome",
    "Plan",
    "PowerPlan",
    "SolverError",
    "UndecidedError",
    "UsageError",
    "answer",
    "ask",
    "compare",
    "frame",
    "load_catalogue",
    "plan",
    "plan_grid",
    "plan_many",
    "summarise",
    "sweep",
    "table",
    "verify",
]


def _viewer() -> Any:
    """What shows results in a notebook; made when one is first shown."""
    return import_module(f"{__name__}.face.notebook").NotebookViewer()


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module(f"{__name__}.plans.viewed").name_viewer(_viewer)
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
