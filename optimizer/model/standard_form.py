"""The Pyomo statement of a model as arrays."""

from __future__ import annotations

import math

import numpy as np
import pyomo.core as pyo
from pyomo.repn.linear import LinearRepnVisitor

from optimizer.errors import SolverError
from optimizer.model.arrays import Arrays


def compile_model(model: pyo.ConcreteModel) -> Arrays:
    """The columns, rows and non-zeros of a linear Pyomo model.

    Raises:
        SolverError: the model is not linear.
    """
    variables = list(model.component_data_objects(pyo.Var, active=True))
    position = {id(variable): i for i, variable in enumerate(variables)}
    visitor = LinearRepnVisitor({})
    row_lower, row_upper, starts = [], [], [0]
    columns: list[int] = []
    coefficients: list[float] = []
    for row in model.component_data_objects(pyo.Constraint, active=True):
        lower, body, upper = row.to_bounded_expression(evaluate_bounds=True)
        form = visitor.walk_expression(body)
        if form.nonlinear is not None:
            raise SolverError(f"row {row.name} is not linear")
        for key, coefficient in form.linear.items():
            columns.append(position[key])
            coefficients.append(coefficient)
        starts.append(len(columns))
        row_lower.append(-math.inf if lower is None else lower - form.constant)
        row_upper.append(math.inf if upper is None else upper - form.constant)
    (objective,) = model.component_data_objects(pyo.Objective, active=True)
    form = visitor.walk_expression(objective.expr)
    cost = [0.0] * len(variables)
    for key, coefficient in form.linear.items():
        cost[position[key]] = coefficient
    return Arrays(
        names=tuple(variable.name for variable in variables),
        integer=np.array([not variable.is_continuous() for variable in variables], dtype=bool),
        lower=np.array([variable.lb for variable in variables], dtype=np.float64),
        upper=np.array([variable.ub for variable in variables], dtype=np.float64),
        cost=np.array(cost),
        row_lower=np.array(row_lower),
        row_upper=np.array(row_upper),
        starts=np.array(starts, dtype=np.int32),
        columns=np.array(columns, dtype=np.int32),
        coefficients=np.array(coefficients),
        objective_factor=float(getattr(model, "objective_factor", 1.0)),
        cutoff=getattr(model, "cutoff", None),
    )
