"""The cheapest lawful way to train a language model of your own: which accelerators, how many, for how many days.

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
    from optimizer.answers.form.document import Document as Document
    from optimizer.catalogue import Catalogue as Catalogue
    from optimizer.catalogue import load_catalogue as load_catalogue
    from optimizer.domain import Case as Case
    from optimizer.errors import DataError as DataError
    from optimizer.errors import InputError as InputError
    from optimizer.errors import OptimizerError as OptimizerError
    from optimizer.errors import SolverError as SolverError
    from optimizer.errors import UndecidedError as UndecidedError
    from optimizer.errors import UsageError as UsageError
    from optimizer.face.asking import answer as answer
    from optimizer.face.asking import plan as plan
    from optimizer.face.asking import plan_many as plan_many
    from optimizer.face.asking import verify as verify
    from optimizer.face.frames import compare as compare
    from optimizer.face.frames import frame as frame
    from optimizer.face.frames import plan_grid as plan_grid
    from optimizer.face.frames import summarise as summarise
    from optimizer.face.frames import sweep as sweep
    from optimizer.face.frames import table as table
    from optimizer.plans.outcome import Infeasible as Infeasible
    from optimizer.plans.outcome import Outcome as Outcome
    from optimizer.plans.outcome import Plan as Plan
    from optimizer.power.plan import NotFed as NotFed
    from optimizer.power.plan import PowerPlan as PowerPlan
    from optimizer.question.asking import ask as ask

_NAMES = {
    "answers.form.document": "Document",
    "catalogue": "Catalogue load_catalogue",
    "domain": "Case",
    "errors": "DataError InputError OptimizerError SolverError UndecidedError UsageError",
    "face.asking": "answer plan plan_many verify",
    "face.frames": "compare frame plan_grid summarise sweep table",
    "plans.outcome": "Infeasible Outcome Plan",
    "power.plan": "NotFed PowerPlan",
    "question.asking": "ask",
}
"""Module -> the names that are looked up in it."""
_WHERE = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_WHERE)


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
