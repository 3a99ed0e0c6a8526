"""The cheapest lawful way to train a language model of your own: which accelerators, how many, for how many days.

    import optimizer

    outcome = optimizer.plan(country="BR", max_mw=1, deadline="120d")     # Plan | Infeasible
    plans = optimizer.frame(optimizer.plan_many(cases))                   # a pandas DataFrame, a row a case
    curve = optimizer.frame("frontier", first="cost", second="days", country="MX", max_mw=2)
    answer = optimizer.answer("explain", country="BR", max_mw=1, deadline="120d")
    grid = optimizer.sweep(country="BR,MX", max_mw="0.5:2:0.5", deadline="120d")
    curve = optimizer.frontier(first="cost", second="days", max_mw=2)     # any question, by the name of its command

Names are looked up on first use, so that ``optimizer --help`` does not pay for the solver.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from types import FunctionType, ModuleType
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
    if name in _WHERE:
        import_module(f"{__name__}.plans.notebook_view").name_viewer(_viewer)
        found = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
        if isinstance(found, FunctionType):
            found = globals()[name] = import_module(f"{__name__}.face.arguments").public(found)
        return found
    if not name.startswith("_") and name in _questions():
        return _question(name)
    near = import_module("difflib").get_close_matches(name, __dir__(), 1)
    text = f"; did you mean {near[0]}?" if near else ""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{text}", name=name, obj=sys.modules[__name__])


def _questions() -> dict[str, str]:
    """By its name in Python, every question: data_list is the question of ``optimizer data list``."""
    register = import_module(f"{__name__}.service").REGISTER
    return {name.replace(" ", "_").replace("-", "_"): name for name in register}


def _question(name: str) -> Any:
    """The function of a question, by its name in Python."""
    return import_module(f"{__name__}.face.questions").question(_questions()[name], __getattr__("answer"))


def __dir__() -> list[str]:
    return sorted({*__all__, *_questions(), "__version__"})


class _Room(ModuleType):
    """A part of the package. Some have the name of a question, such as options: called, they ask it."""

    @property
    def _question_function(self) -> Any:
        """The function of the question of this name, or what says that there is none."""
        name = self.__name__.removeprefix(f"{__name__}.")
        return _question(name) if name in _questions() else partial(__getattr__("answer"), name)

    def __call__(self, *given: Any, **values: Any) -> Any:
        """The answer to the question of this name."""
        return self._question_function(*given, **values)

    @property
    def __signature__(self) -> Any:
        """That of the function."""
        return import_module("inspect").signature(self._question_function)


def _help_of(room: ModuleType) -> str | None:
    """Of a part with the name of a question, the help of its function; of another, its own."""
    name = room.__name__.removeprefix(f"{__name__}.")
    is_ready = f"{__name__}.service" in sys.modules  # not while the parts are being imported
    return _question(name).__doc__ if is_ready and name in _questions() else vars(room).get("__doc__")


_Room.__doc__ = property(_help_of)  # type: ignore[assignment]  # where help() and notebooks look


class _Package(ModuleType):
    """This package, which the import of one of its parts changes: the part takes the place of a question's function."""

    def __setattr__(self, name: str, value: Any) -> None:
        if type(value) is ModuleType:
            value.__class__ = _Room
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
