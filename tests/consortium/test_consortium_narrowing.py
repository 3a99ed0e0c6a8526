"""What is left out before the solver sees a consortium, where one thing alone keeps it in: by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from worlds import asked, chosen, dec, plain_catalogue, shared, site

from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import decide
from optimizer.model.narrowing import _fills_bracket

SLOW = {"pflops": 1, "kw": 1, "usd": 100, "tpp": 1000, "memory_gb": 80}


def known(frozen: Catalogue, *, bytes_a_parameter: int = 1, **other: Any) -> Catalogue:
    """``slow``, and ``other`` which is 10 USD cheaper and differs from it in what is said."""
    chips = {"slow": SLOW, "other": {**SLOW, "usd": 90, **other}}
    return plain_catalogue(
        frozen, chips, staff_fte=3, engineer_usd_per_year=365, training_bytes_per_parameter=bytes_a_parameter
    )


def test_a_cheaper_server_of_more_power_stands_in_for_none(frozen: Catalogue) -> None:
    """Two sites of 4 kW do 72 in 10 days with 4 slow each. Of the cheaper ones only 2 fit: were slow left out for them,
    there would be no plan."""
    members = [site(name, max_mw="0.004", use=("slow", "other")) for name in "AB"]
    plan = shared(decide(asked(72, *members, deadline_days=10), known(frozen, kw=2)))
    assert chosen(plan) == {("A", "slow", 0, 4), ("B", "slow", 0, 4)}


def test_a_cheaper_server_of_less_memory_stands_in_for_none(frozen: Catalogue) -> None:
    """The model takes 144 GB at each site and 2 servers fit: two slow hold it (160), two of the others (80) do not."""
    members = [site(name, max_mw="0.002", use=("slow", "other")) for name in "AB"]
    plan = shared(decide(asked(36, *members, deadline_days=10), known(frozen, memory_gb=40, bytes_a_parameter=1000)))
    assert chosen(plan) == {("A", "slow", 0, 2), ("B", "slow", 0, 2)}


def test_a_cheaper_server_of_more_tpp_stands_in_for_none(frozen: Catalogue) -> None:
    """Of 8,000 TPP for both sites, 4 slow each take all; the cheaper ones at twice the TPP would not do the work."""
    members = [site(name, max_mw="0.004", use=("slow", "other")) for name in "AB"]
    question = asked(72, *members, deadline_days=10)
    question = replace(question, total=question.total.model_copy(update={"max_tpp": dec(8000)}))
    plan = shared(decide(question, known(frozen, tpp=2000)))
    assert chosen(plan) == {("A", "slow", 0, 4), ("B", "slow", 0, 4)}


def test_a_cheaper_server_that_does_all_as_well_stands_in(frozen: Catalogue) -> None:
    """What the three above would be without the one thing."""
    members = [site(name, max_mw="0.004", use=("slow", "other")) for name in "AB"]
    plan = shared(decide(asked(72, *members, deadline_days=10), known(frozen)))
    assert chosen(plan) == {("A", "other", 0, 4), ("B", "other", 0, 4)}


def test_more_servers_for_the_memory_than_for_the_work(frozen: Catalogue) -> None:
    """One server would do all the work in the one day; three are needed at each site to hold the
    model (216 GB)."""
    members = [site(name, use="slow", site_setup_usd="1", max_mw="0.004") for name in "AB"]
    plan = shared(decide(asked("0.9", *members, deadline_days=1), known(frozen, bytes_a_parameter=1500)))
    assert {servers for _, _, _, servers in chosen(plan)} == {3} and len(plan.sites) == 2


def _reached(adds: list[float], brackets: list[tuple[str, int]], room: float) -> list[bool]:
    """Whether a site may reach the bracket of each option, servers having four devices.

    Args:
        adds: what one server of each option adds to the bound.
        brackets: of each option, by name and fewest devices.
        room: what a plan that is known leaves above the bound.
    """
    options = [
        SimpleNamespace(key=SimpleNamespace(bracket=n), bracket=SimpleNamespace(min_devices=m)) for n, m in brackets
    ]
    table = SimpleNamespace(options=options, devices=np.full(len(options), 4.0))
    given: Any = SimpleNamespace(table=table, asked=SimpleNamespace(sites=None))
    found = _fills_bracket(given, np.arange(len(options)), np.array([adds]), np.array([room]))
    return [bool(stays) for stays in found[0]]


def test_a_bracket_whose_lower_edge_costs_too_much_is_left_out() -> None:
    """A cluster of at least 9 devices adds 9 times what a device of its cheapest option adds: 27 of 25 are too many for
    the option of 12 a server alone. Beside one of 8 a server, 18 are not, and both stay; at the very edge, too."""
    assert _reached([10, 12], [("small", 1), ("large", 9)], 25) == [True, False]
    assert _reached([10, 12, 8], [("small", 1), ("large", 9), ("large", 9)], 25) == [True, True, True]
    assert _reached([10, 12], [("small", 1), ("large", 9)], 27) == [True, True]
