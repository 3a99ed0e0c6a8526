"""How long the servers of a plan work: all of them to the end of the run, each from the day on which it begins.

Every server of a plan holds a part of the model, so none can leave the run before it ends, and each is paid for until
then. Whole servers therefore settle the rest: the run's length ``L`` is the one at which they have done the work,
``sum_o r[o] n[o] (L - start[o]) = W`` over the options that have begun by then, each works ``n[o] (L - start[o])``
server-days, and the run occupies the site for ``L`` days, rounded up to whole ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from optimizer.exact.figures import ZERO
from optimizer.exact.measures import Used
from optimizer.exact.problem import ExactProblem


def at_work(problem: ExactProblem, servers: Mapping[int, int]) -> tuple[list[Used], int]:
    """What some servers work, and the whole days of their run.

    Args:
        servers: by option, one at least.

    Returns:
        (option, servers, server-days) of every option, sorted; those that begin after the end of the run work no day.
    """
    length = run_length(problem, servers)
    used = [
        (option, count, max(ZERO, count * (length - problem.options[option].start_days)))
        for option, count in sorted(servers.items())
    ]
    return used, max(1, math.ceil(length))


def run_length(problem: ExactProblem, servers: Mapping[int, int]) -> Fraction:
    """Days, not whole, in which some servers do the work if each works from its first day to the end.

    Raises:
        ValueError: there are no servers.
    """
    speed = begun_before = ZERO
    phases = sorted({problem.options[option].start_days for option in servers})
    for start, following in zip(phases, [*phases[1:], None], strict=True):
        for option, count in servers.items():
            if problem.options[option].start_days == start:
                speed += problem.options[option].pflops * count
                begun_before += problem.options[option].pflops * count * start
        length = (problem.work_pflops_days + begun_before) / speed
        if following is None or length <= following:
            return length
    raise ValueError("no servers")
