"""The cheapest lawful way to train a language model of one's own: which accelerators, how many, for how many days.

    catalogue = optimizer.load_catalogue()
    case = optimizer.Case(workload="deepseek-v3-10t", country="BR", max_mw="1", deadline_days=120)
    outcome = optimizer.plan(case, catalogue)          # Plan | Infeasible

Names are looked up on first use, so that ``optimizer --help`` does not pay for the solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimizer.version import __version__ as __version__

if TYPE_CHECKING:
    from optimizer.batch import plan_many
    from optimizer.catalogue import Catalogue, load_catalogue
    from optimizer.domain import Case
    from optimizer.errors import DataError, OptimizerError, SolverError, UndecidedError, UsageError
    from optimizer.plans.outcome import Infeasible, Outcome, Plan
    from optimizer.plans.verify import verify
    from optimizer.question.asking import ask
    from optimizer.solve.planner import plan

_WHERE = {
    "Case": "optimizer.domain",
    "Catalogue": "optimizer.catalogue",
    "DataError": "optimizer.errors",
    "Infeasible": "optimizer.plans.outcome",
    "OptimizerError": "optimizer.errors",
    "Outcome": "optimizer.plans.outcome",
    "Plan": "optimizer.plans.outcome",
    "SolverError": "optimizer.errors",
    "UndecidedError": "optimizer.errors",
    "UsageError": "optimizer.errors",
    "ask": "optimizer.question.asking",
    "load_catalogue": "optimizer.catalogue",
    "plan": "optimizer.solve.planner",
    "plan_many": "optimizer.batch",
    "verify": "optimizer.plans.verify",
}

__all__ = [
    "Case",
    "Catalogue",
    "DataError",
    "Infeasible",
    "OptimizerError",
    "Outcome",
    "Plan",
    "SolverError",
    "UndecidedError",
    "UsageError",
    "ask",
    "load_catalogue",
    "plan",
    "plan_many",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
