"""The model in Pyomo: what is published, what another solver may be handed, and what the golden LP files hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyomo.core as pyo

from optimizer.model.form import Column, Form, Kind, Term
from optimizer.model.programme import Programme
from optimizer.model.statement import state

_DOMAINS: Mapping[Kind, Any] = {"real": pyo.Reals, "integer": pyo.NonNegativeIntegers, "binary": pyo.Binary}


def build(given: Programme) -> pyo.ConcreteModel:
    """The model of a programme in Pyomo.

    Raises:
        ScaleError: the figures of a row are too far apart to be scaled safely.
    """
    form = _InPyomo()
    state(given, form)
    return form.model


class _InPyomo(Form):
    """Each row is named by its family and its number in it, from 1."""

    def __init__(self) -> None:
        self.model = pyo.ConcreteModel()
        self.model.rows = pyo.Constraint(pyo.Any)
        self._counts: dict[str, int] = {}

    def columns(
        self, name: str, upper: Mapping[Any, float], *, lower: float = 0.0, kind: Kind = "real"
    ) -> Mapping[Any, Column]:
        self.model.add_component(
            name, found := pyo.Var(list(upper), domain=_DOMAINS[kind], bounds=lambda _, *key: (lower, upper[_key(key)]))
        )
        variables: Mapping[Any, Column] = found
        return variables

    def column(self, name: str, upper: float = 1.0, *, lower: float = 0.0, kind: Kind = "real") -> Column:
        self.model.add_component(name, found := pyo.Var(domain=_DOMAINS[kind], bounds=(lower, upper)))
        return found

    def add_scaled(self, family: str, sense: str, bound: float, terms: list[Term]) -> None:
        body = pyo.quicksum(c * v for v, c in terms)
        number = self._counts[family] = self._counts.get(family, 0) + 1
        self.model.rows[f"{family}_{number}"] = body <= bound if sense == "<=" else body >= bound

    def minimise(self, terms: list[Term], factor: float, cutoff: float | None) -> None:
        self.model.objective_factor = factor
        if cutoff is not None:
            self.model.cutoff = cutoff
        self.model.objective = pyo.Objective(expr=pyo.quicksum(c * v for v, c in terms), sense=pyo.minimize)


def _key(key: tuple[Any, ...]) -> Any:
    """A key of one part as it is, of several as a tuple: Pyomo hands over the parts."""
    return key[0] if len(key) == 1 else key
