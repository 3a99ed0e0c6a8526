"""Print how many sentences are read right, wrong and refused, by language and kind, and name the worst.

``python -m tests.sentences``; exit status 1 if one is read wrong.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from . import Scored, own_scores, shown_scores

WORST = 20


def main() -> int:
    """The table, and the worst: what is read wrong, then what is refused."""
    found = [*shown_scores(), *own_scores()]
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for scored in found:
        for key in (("language", scored.language), ("kind", scored.kind), ("all", "")):
            table[key][scored.verdict] += 1
    print(f"{'':26}{'n':>5}{'right':>7}{'wrong':>7}{'refused':>9}{'right %':>9}")
    for key, counts in sorted(table.items()):
        n = sum(counts.values())
        share = f"{100 * counts['right'] / n:.1f}"
        print(f"{' '.join(key):26}{n:5}{counts['right']:7}{counts['wrong']:7}{counts['refused']:9}{share:>9}")
    worst = sorted((s for s in found if s.verdict != "right"), key=lambda s: s.verdict != "wrong")
    print(f"\nThe worst {min(WORST, len(worst))} of {len(worst)}" if worst else "\nAll are read right")
    for scored in worst[:WORST]:
        print(f"{scored.verdict:8} {scored.language} {scored.sentence}\n         {first_line(scored)}")
    return 1 if any(scored.verdict == "wrong" for scored in found) else 0


def first_line(scored: Scored) -> str:
    """The command, or the first line of the message."""
    return scored.said.splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
