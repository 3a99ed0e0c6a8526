"""The usual formulation, to be compared with: the duration as an index of the servers."""

from __future__ import annotations

import math

import numpy as np

from .linear import Linear
from .ours import Programme


def size(given: Programme) -> tuple[int, int]:
    """Columns and rows that :func:`indexed` would have."""
    options, lengths = len(given.kept), given.days_high - given.days_low + 1
    late = int(np.count_nonzero(given.table.lead_days[list(given.kept)]))
    return options * (lengths + 1) + lengths, 2 + options * (lengths + 2) + late + lengths + len(given.ceilings)


def indexed(given: Programme) -> Linear:
    """The same programme with the duration as an index.

    Columns: n[o,d] integer servers of option o in a run of d days, z[o] option used, run[d] length of the run::

        min   sum (server[o] n[o,d]) + sum (latest[o] + server_day[o] W / r[o]) z[o] + sum (day d) run[d]
              sum_d run[d] = 1,  sum_o z[o] = 1
              n[o,d] <= most[o] run[d]                            for every o, d
              least[o] z[o] <= sum_d n[o,d] <= most[o] z[o]       for every o
              sum_o (r[o] d / W) n[o,d] >= run[d]                 for every d
              sum_d d run[d] + lead[o] z[o] <= deadline           where an option has a lead time
              cost <= budget                                      where there is one

    Money is counted in a power of two that keeps all coefficients within 1e-4 to 1e4.
    """
    table, kept = given.table, given.kept
    days = range(given.days_low, given.days_high + 1)
    options, lengths = len(kept), len(days)
    work = given.asked.work_pflops_days
    what = given.objective
    infinity = math.inf
    first_z, first_run = options * lengths, options * lengths + options
    columns = first_run + lengths

    cost = np.zeros(columns)
    upper = np.ones(columns)
    for i, o in enumerate(kept):
        span = slice(i * lengths, (i + 1) * lengths)
        cost[span] = what.per_server[o]
        upper[span] = float(given.most[o])
        cost[first_z + i] = what.latest[o] + what.per_server_day[o] * work / table.pflops[o]
    cost[first_run:] = [what.per_day * d for d in days]
    unit = 2.0 ** round(math.log2(max(cost.max(), 1.0)) / 2 + math.log2(max(cost[cost > 0].min(), 1.0)) / 2)

    rows: list[tuple[float, float, list[int], list[float]]] = []
    rows.append((1.0, 1.0, [first_run + k for k in range(lengths)], [1.0] * lengths))
    rows.append((1.0, 1.0, [first_z + i for i in range(options)], [1.0] * options))
    for i, o in enumerate(kept):
        most, least = float(given.most[o]), float(given.least[o])
        mine = list(range(i * lengths, (i + 1) * lengths))
        rows += [(-infinity, 0.0, [j, first_run + k], [1.0, -most]) for k, j in enumerate(mine)]
        rows.append((-infinity, 0.0, [*mine, first_z + i], [*([1.0] * lengths), -most]))
        rows.append((0.0, infinity, [*mine, first_z + i], [*([1.0] * lengths), -least]))
        if table.lead_days[o]:
            lead = float(table.lead_days[o])
            late = [first_run + k for k in range(lengths)]
            rows.append((-infinity, float(given.asked.deadline_days), [*late, first_z + i], [*map(float, days), lead]))
    for k, d in enumerate(days):
        # one server never needs to count for more than the whole work
        speed = [min(float(table.pflops[o]) * d / work, 1.0) for o in kept]
        rows.append((0.0, infinity, [*(i * lengths + k for i in range(options)), first_run + k], [*speed, -1.0]))
    for ceiling in given.ceilings:
        assert ceiling.measure is what, "only the cost is bounded here"
        used = np.flatnonzero(cost)
        rows.append((-infinity, (ceiling.bound - what.constant) / unit, used.tolist(), (cost[used] / unit).tolist()))
    return Linear(
        integer=np.ones(columns, dtype=bool),
        lower=np.zeros(columns),
        upper=upper,
        cost=cost / unit,
        row_lower=np.array([row[0] for row in rows]),
        row_upper=np.array([row[1] for row in rows]),
        starts=np.array([0, *np.cumsum([len(row[2]) for row in rows])], dtype=np.int32),
        columns=np.array([j for row in rows for j in row[2]], dtype=np.int32),
        coefficients=np.array([value for row in rows for value in row[3]]),
        factor=1.0 / unit,
        constant=what.constant,
    )
