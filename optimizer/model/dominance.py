"""Options that another one of the same place makes needless, server by server, whatever the plan.

Option ``b`` stands in for ``a`` if it is had at the same site from the same day on, with the same connection and in the
same size bracket, with as many devices a server; if it is no slower, uses no more of any cap, holds no less memory, and
adds no more to the objective or to any measure that is bounded, neither per server nor per server and day. Then a plan
with ``a`` stays within every limit, and gets no worse, with as many servers of ``b`` in its place: the run gets no
longer, and nobody is paid for longer; it combines no more kinds. Of two that stand in for each other the one that comes
first by name stays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.model.programme import Programme
from optimizer.options.performance import Column


def drop_dominated(given: Programme) -> Programme:
    """A programme for mixes without the options that another one stands in for."""
    groups: dict[tuple[object, ...], list[int]] = {}
    sites = given.asked.sites
    phases = sites is not None and bool(sites.start_days[list(given.kept)].any())
    for o in given.kept:
        key = given.table.options[o].key
        start = 0.0 if sites is None else float(sites.start_days[o])
        # where some begin later, a faster fleet might be through before they do
        speed = float(given.table.pflops[o]) if phases else 0.0
        place = (key.site, start, speed, key.connection, key.bracket, float(given.table.devices[o]))
        groups.setdefault(place, []).append(o)
    kept = sorted(o for members in groups.values() for o in _left(given, members))
    return replace(given, kept=tuple(kept))


def _left(given: Programme, members: list[int]) -> list[int]:
    """Those of one group that no other stands in for. What stands in for a stand-in is in, so that one is left."""
    demands = _demands(given)[:, members]
    # [a, b]: b asks for no more than a
    no_worse: NDArray[np.bool_] = np.all(demands[:, None, :] <= demands[:, :, None], axis=0)
    names = [given.table.options[o].key for o in members]
    return [
        o
        for a, o in enumerate(members)
        if not any(
            no_worse[a, b] and (not no_worse[b, a] or names[b] < names[a]) for b in range(len(members)) if b != a
        )
    ]


def _demands(given: Programme) -> Column:
    """What each option asks for, less being better: a row for each limit and measure."""
    table, asked = given.table, given.asked
    rows = [-table.pflops, -table.memory_gb, table.lead_days, -given.most.astype(np.float64)]
    rows += [table.paid_days, -table.most_days]
    rows += [cap.per_server for cap in asked.caps]
    for what in (given.objective, *(ceiling.measure for ceiling in given.ceilings)):
        rows += [what.per_server, what.per_server_day]
    found: Column = np.array(rows)
    return found
