"""The order of the tests on several workers: files that take long first, each on one worker, the quick ones last.

pytest-xdist gives each worker an equal share of the tests, in their order, and whoever is through takes from the end of
another's share. A file that is divided makes what its tests share twice: the examples of the guide, a cluster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest

LONG_S: dict[str, float] = {
    **{"test_guide": 44, "test_many_cluster": 20, "test_workers": 15, "test_limit_matrix": 13, "test_frozen": 13},
    **{"test_many": 12, "test_schemas": 12, "test_atlas_asked": 11, "test_forms": 11, "test_many_resume": 11},
    **{"test_sentences": 10, "test_cli_streams": 9, "test_dropped_rows": 9, "test_gaps": 9, "test_relations": 9},
    **{"test_consortium": 7, "test_confidence": 7, "test_fast_path": 7, "test_alternatives": 6, "test_atlas": 6},
    **{"test_consortium_command": 6, "test_consortium_explain": 6, "test_mixes_counted": 6, "test_monte_carlo": 6},
    **{"test_odds": 6, "test_power": 6, "test_cli_verify": 5, "test_consortium_proof": 5, "test_curves_of_mixes": 5},
    **{"test_data_build": 5, "test_data_language": 5, "test_decisions_recomputed": 5, "test_face_arguments": 5},
    **{"test_oracle": 5, "test_robust": 5, "test_verify_tampered": 5, "test_catalogue": 4, "test_comparison": 4},
    **{"test_consortium_random": 4, "test_explain_counted": 4, "test_largest": 4, "test_measure_limits": 4},
    **{"test_next_to_a_mix": 4, "test_sensitivity_cli": 4, "test_frontier_compute": 3, "test_idle_servers": 3},
    **{"test_projects": 3, "test_tipping": 3, "test_tipping_shared": 3, "test_why_not_mix": 3},
    **{"test_atlas_words": 2, "test_lying_solver": 2, "test_one_row": 2, "test_ask": 1, "test_study_sheet": 1},
}
"""File -> about how many seconds it takes, with what its own processes do. A wrong one costs time, and nothing else."""


TOGETHER = {"test_joined_words": "test_frozen"}
"""File -> a long one whose answers it reads again in other languages: what both find is found once on one worker."""


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in an order that gives each worker as much to do, and no long file to two of them."""
    files: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[TOGETHER.get(item.path.stem, item.path.stem)].append(item)
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
