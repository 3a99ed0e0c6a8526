"""The cheapest lawful way to train a language model of one's own: which accelerators, how many, for how many days.

    catalogue = optimizer.load_catalogue()
    case = optimizer.Case(workload="deepseek-v3-10t", country="BR", max_mw="1", deadline_days=120)
    outcome = optimizer.plan(case, catalogue)          # Plan | Infeasible

Names are looked up on first use, so that ``optimizer --help`` does not pay for the solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from optimizer.batch import plan_many
    from optimizer.catalogue import Catalogue, load_catalogue
    from optimizer.domain import Case
    from optimizer.errors import DataError, OptimizerError, SolverError, UndecidedError, UsageError
    from optimizer.outcome import Infeasible, Outcome, Plan
    from optimizer.planner import plan
    from optimizer.question.asking import ask
    from optimizer.verifier import verify

_WHERE = {
    "Case": "optimizer.domain",
    "Catalogue": "optimizer.catalogue",
    "DataError": "optimizer.errors",
    "Infeasible": "optimizer.outcome",
    "OptimizerError": "optimizer.errors",
    "Outcome": "optimizer.outcome",
    "Plan": "optimizer.outcome",
    "SolverError": "optimizer.errors",
    "UndecidedError": "optimizer.errors",
    "UsageError": "optimizer.errors",
    "ask": "optimizer.question.asking",
    "load_catalogue": "optimizer.catalogue",
    "plan": "optimizer.planner",
    "plan_many": "optimizer.batch",
    "verify": "optimizer.verifier",
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
