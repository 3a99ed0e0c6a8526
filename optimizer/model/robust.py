"""One choice for many scenarios, as a mixed-integer linear model stated in Pyomo.

Here and now one option ``o`` and whole servers ``n`` are chosen; days follow in each scenario, as the run goes on until
the work is done. Within one scenario every limit bounds the servers of an option: the memory floor, the bracket and
the deadline from below, the caps from above, and the budget, with staff paid by the day, on either side and perhaps in
between. So a scenario is met on whole intervals of ``n``. Scenarios that ask the same of an option are one group, with
their number as its weight; between two ends of intervals nothing changes but the cost, so that of each such stretch
only the cheapest number of servers is a level ``n[o,0] < n[o,1] < ...`` of the option's ladder, at cost ``c[o,i]``.

Sets: options ``o``, levels ``i`` of each, groups ``g`` of each, met from level ``first`` to level ``last``, of ``w``
scenarios. Variables, all bounded::

    z[o]   binary: option chosen      b[o,i] binary, i >= 1: level i or above      u[o,g] in 0..1: group met

    min    sum_o c[o,0] z[o] + sum_i (c[o,i] - c[o,i-1]) b[o,i]
    choose:  sum_o z[o] = 1                                                        (as two inequalities)
    climb:   b[o,1] <= z[o],   b[o,i+1] <= b[o,i]
    from:    u[o,g] <= b[o,first]                                                  (z[o] where first is level 0)
    until:   u[o,g] <= z[o] - b[o,last+1]                                          (no row where last is the top)
    share:   sum_o sum_g w[o,g] u[o,g] >= needed

The greatest share has the same rows without ``share`` and the objective ``max sum w u``. Every row is scaled by a power
of two; no coefficient is left outside 1e-4 .. 1e4 and no bound above 1e5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyomo.core as pyo

from optimizer.model.arrays import row_factor
from optimizer.model.ladders import Ladder

Term = tuple[Any, float]


def build(ladders: Mapping[int, Ladder], needed: int | None) -> pyo.ConcreteModel:
    """State the model in Pyomo.

    Args:
        ladders: by option, each with at least one level.
        needed: scenarios that must be met; None for the most that can be.

    Raises:
        ScaleError: the figures of a row are too far apart to be scaled safely.
    """
    model = pyo.ConcreteModel()
    levels = [(o, i) for o, ladder in ladders.items() for i in range(1, len(ladder.servers))]
    groups = [(o, g) for o, ladder in ladders.items() for g in range(len(ladder.groups))]
    model.z = pyo.Var(list(ladders), domain=pyo.Binary)
    model.b = pyo.Var(levels, domain=pyo.Binary)
    model.u = pyo.Var(groups, bounds=(0.0, 1.0))
    model.rows = pyo.ConstraintList()
    _add(model, "<=", 1.0, [(model.z[o], 1.0) for o in ladders])
    _add(model, ">=", 1.0, [(model.z[o], 1.0) for o in ladders])
    met: list[Term] = []
    for o, ladder in ladders.items():
        reached = [model.z[o], *(model.b[o, i] for i in range(1, len(ladder.servers)))]
        for lower, upper in pairwise(reached):
            _add(model, "<=", 0.0, [(upper, 1.0), (lower, -1.0)])
        for g, group in enumerate(ladder.groups):
            u = model.u[o, g]
            _add(model, "<=", 0.0, [(u, 1.0), (reached[group.first], -1.0)])
            if group.last + 1 < len(reached):
                _add(model, "<=", 0.0, [(u, 1.0), (model.z[o], -1.0), (reached[group.last + 1], 1.0)])
            met.append((u, float(group.scenarios)))
    if needed is not None:
        _add(model, ">=", float(needed), met)
    objective = [(u, -w) for u, w in met] if needed is None else _cost(model, ladders)
    factor = row_factor([abs(c) for _, c in objective], 0.0, "the objective")
    model.objective_factor = factor
    body = pyo.quicksum(c * factor * v for v, c in objective) if objective else 0.0 * model.z[next(iter(ladders))]
    model.objective = pyo.Objective(expr=body, sense=pyo.minimize)
    return model


def constant_usd(ladders: Mapping[int, Ladder]) -> float:
    """What every choice costs at least: no part of the objective, so that its figures lie nearer together."""
    return min(cost for ladder in ladders.values() for cost in ladder.cost_usd)


def _cost(model: pyo.ConcreteModel, ladders: Mapping[int, Ladder]) -> list[Term]:
    base = constant_usd(ladders)
    terms: list[Term] = []
    for o, ladder in ladders.items():
        terms.append((model.z[o], ladder.cost_usd[0] - base))
        steps = pairwise(ladder.cost_usd)
        terms += [(model.b[o, i], cost - before) for i, (before, cost) in enumerate(steps, 1)]
    return [(variable, coefficient) for variable, coefficient in terms if coefficient]


def _add(model: pyo.ConcreteModel, sense: str, bound: float, terms: Sequence[Term]) -> None:
    factor = row_factor([abs(c) for _, c in terms], bound, "a row")
    body = pyo.quicksum(c * factor * v for v, c in terms)
    model.rows.add(body <= bound * factor if sense == "<=" else body >= bound * factor)


def read_choice(ladders: Mapping[int, Ladder], values: Mapping[str, float]) -> tuple[int, int] | None:
    """Option and level that a solver's values represent; None where they are not whole."""
    picked = [o for o in ladders if round(values.get(f"z[{o}]", 0.0)) == 1]
    bits = [values.get(f"b[{o},{i}]", 0.0) for o in picked for i in range(1, len(ladders[o].servers))]
    if len(picked) != 1 or any(abs(bit - round(bit)) > _WHOLE for bit in bits):
        return None
    return picked[0], sum(map(round, bits))


_WHOLE = 1e-5
"""How far from a whole number an integer of the solver may be."""
