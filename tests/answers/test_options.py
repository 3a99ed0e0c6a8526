"""optimizer options: of which case it is, and what is excluded, in lines that a person can read."""

from __future__ import annotations

import re

from commands import Cli


def test_it_says_of_which_case_it_is(command: Cli) -> None:
    """Country, model and what was assumed, as every answer. Wrong: a table of nobody knows what."""
    ran = command("options", "--country", "MX", "--max-mw", "1")
    assert ran.out.startswith("Options considered · Mexico · ") and "Assuming: " in ran.err
    assert "country" not in ran.err  # it was given


def test_the_sizes_of_a_cluster_are_named_where_they_differ(command: Cli) -> None:
    """Once for all of them where they share a reason, in brackets where not. Wrong: each size a name of its own."""
    excluded = command("options", "--deadline", "60d", "--max-mw", "0.5", "-q").out.partition("Excluded, and why:")[2]
    assert " (small): would need" in excluded and not re.search(r" (small|large)[,:]", excluded)


def test_without_a_plan_it_says_so_in_a_sentence(command: Cli) -> None:
    """Wrong: "None of them", of which nothing says what they are."""
    ran = command("options", "--deadline", "2d", "--max-mw", "0.01", "-q")
    assert "No option is available and meets every limit." in ran.out
