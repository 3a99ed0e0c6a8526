"""The order of the tests on several workers: files that take long first, each on one worker, the quick ones last.

pytest-xdist gives each worker an equal share of the tests, in their order, and whoever is through takes from the end of
another's share. A file that is divided makes what its tests share twice: the examples of the guide, a cluster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest

LONG_S: dict[str, float] = {
    **{"test_schemas": 27, "test_limit_matrix": 18, "test_confidence": 17, "test_next_to_a_mix": 14},
    **{"test_data_build": 12, "test_gaps": 10, "test_joined_words": 8},
    **{"test_guide": 75, "test_many_cluster": 28, "test_workers": 17, "test_frozen": 16, "test_relations": 16},
    **{"test_forms": 14, "test_cli_streams": 14, "test_sentences": 14, "test_many": 13},
    **{"test_tipping_shared": 13, "test_monte_carlo": 13, "test_dropped_rows": 12, "test_odds": 11},
    **{"test_oracle": 11, "test_fast_path": 10, "test_robust": 10, "test_mixes_counted": 9},
    **{"test_verify_tampered": 8, "test_alternatives": 8, "test_many_resume": 8, "test_consortium": 8},
    **{"test_catalogue": 7, "test_decisions_recomputed": 7, "test_largest": 7},
    **{"test_measure_limits": 7, "test_one_row": 7, "test_projects": 7, "test_frontier_compute": 7},
    **{"test_sensitivity_cli": 7, "test_lying_solver": 6, "test_consortium_command": 6},
    **{"test_consortium_proof": 6, "test_consortium_random": 6, "test_idle_servers": 6, "test_ask": 6},
    **{"test_tipping": 6, "test_why_not_mix": 6, "test_study_sheet": 3},
}
"""File -> about how many seconds of the processor it takes. A wrong one costs time, and nothing else."""


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in an order that gives each worker as much to do, and no long file to two of them."""
    files: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.path.stem].append(item)
    long = sorted((name for name in files if name in LONG_S), key=lambda name: (-LONG_S[name], name))
    shares: list[list[str]] = [[] for _ in range(workers)]
    for name in long:
        min(shares, key=lambda share: sum(LONG_S[each] for each in share)).append(name)
    quick = [item for name, inside in files.items() if name not in LONG_S for item in inside]
    ordered: list[pytest.Item] = []
    for number, share in enumerate(shares):
        first = [item for name in share for item in files[name]]
        room = (len(items) - len(ordered)) // (workers - number) - len(first)  # as pytest-xdist counts its shares
        ordered += first + quick[: max(0, room)]
        quick = quick[max(0, room) :]
    return ordered + quick
