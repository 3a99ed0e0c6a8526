"""A share of the campaigns: where they run many times over, as on every version of Python, a part of each may do.

``OPTIMIZER_CAMPAIGN_SHARE=0.1 pytest -m campaign`` runs a tenth of the random cases of the engine's campaigns, and of
the cases that a campaign has as tests of their own every tenth; without it they are whole. No campaign is left out.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pytest

VARIABLE = "OPTIMIZER_CAMPAIGN_SHARE"


def share() -> float:
    """Over 0, up to 1.

    Raises:
        pytest.UsageError: the variable says something else.
    """
    text = os.environ.get(VARIABLE, "1")
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 1:
        raise pytest.UsageError(f"{VARIABLE} must be over 0 and at most 1, not {text!r}")
    return found


def share_of(count: int) -> int:
    """So many of the random cases of a campaign; one at least."""
    return max(1, round(count * share()))


def least_of(count: int) -> int:
    """What must be found among the cases of a whole campaign; of a share of them, where chance counts for more, half
    as much as its part."""
    return count if share() == 1 else int(count * share() / 2)


def kept(items: Sequence[pytest.Item]) -> list[Any]:
    """The tests of a run: of the campaign cases of one function only their share, evenly over all."""
    if share() == 1:
        return [*items]
    found: list[Any] = []
    for _, group in groupby(items, key=lambda item: item.nodeid.partition("[")[0]):
        cases = list(group)
        campaign = [case for case in cases if case.get_closest_marker("campaign")]
        count = share_of(len(campaign)) if campaign else 0
        chosen = {campaign[place * len(campaign) // count] for place in range(count)}
        found += [case for case in cases if case in chosen or case not in campaign]
    return found
