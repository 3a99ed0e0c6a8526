"""The order of the tests on several workers: files that take long first, each on one worker, the quick ones last.

pytest-xdist gives each worker an equal share of the tests, in their order, and whoever is through takes from the end of
another's share. A file that is divided makes what its tests share twice: the examples of the guide, a cluster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest

LONG_S: dict[str, float] = {
    **{"test_limit_matrix": 20, "test_schemas": 16, "test_confidence": 14, "test_frozen": 13},
    **{"test_workers": 12, "test_forms": 11, "test_many_cluster": 11, "test_dropped_rows": 10},
    **{"test_many": 10, "test_cli_streams": 9, "test_gaps": 9, "test_many_resume": 9, "test_relations": 9},
    **{"test_sentences": 9, "test_guide": 8, "test_consortium": 7, "test_data_build": 7},
    **{"test_explain_counted": 7, "test_fast_path": 7, "test_joined_words": 7, "test_alternatives": 6},
    **{"test_atlas": 6, "test_atlas_words": 6, "test_consortium_command": 6, "test_mixes_counted": 6},
    **{"test_monte_carlo": 6, "test_next_to_a_mix": 6, "test_odds": 6, "test_oracle": 6, "test_power": 6},
    **{"test_catalogue": 5, "test_consortium_proof": 5, "test_decisions_recomputed": 5},
    **{"test_tipping_shared": 5, "test_verify_tampered": 5, "test_consortium_random": 4, "test_largest": 4},
    **{"test_measure_limits": 4, "test_robust": 4, "test_sensitivity_cli": 4, "test_frontier_compute": 3},
    **{"test_idle_servers": 3, "test_projects": 3, "test_tipping": 3, "test_why_not_mix": 3},
    **{"test_lying_solver": 2, "test_one_row": 2, "test_ask": 1, "test_study_sheet": 1},
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
