"""How fast several sites can be at most, before a solver is asked: by hand, and never below what counting finds."""

from __future__ import annotations

import random

import pytest
from consortiums import counted
from share import share_of
from worlds import asked, random_consortium, site, small_catalogue, varied_catalogue

from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import groups
from optimizer.consortium.members import Consortium, Member, Phase
from optimizer.consortium.settle import settle_sites
from optimizer.consortium.solve import JointPrepared, prepare_sites
from optimizer.domain import Case
from optimizer.exact.reach import beyond_reach
from optimizer.solve.claim import state_programme


def together(question: Consortium, known: Catalogue) -> list[JointPrepared]:
    """Every group of the sites, made ready."""
    ready = settle_sites(question, known)
    return [prepare_sites(ready, places, spread, ready.total) for spread, places in groups(ready)]


def given_up(question: Consortium, known: Catalogue) -> list[tuple[bool, bool]]:
    """Of every group: whether the exact side gives it up, and whether the model does."""
    mix = question.mix
    return [
        (beyond_reach(one.problem, mix), state_programme(one, "cost", mix) is None) for one in together(question, known)
    ]


def test_half_a_server_does_no_work(frozen: Catalogue) -> None:
    """Two sites of 2.5 kW have 2 slow each, 4 x 0.9 = 3.6 PFLOP/s: 36 takes ten days, and nine are too few.

    The wrong answer is that nine are not known to be too few: with 2.5 servers each they would be enough."""
    known = small_catalogue(frozen)
    members = [site(name, max_mw="0.0025", use="slow") for name in "AB"]
    assert given_up(asked(36, *members, deadline_days=10), known) == [(False, False)]
    assert given_up(asked(36, *members, deadline_days=9), known) == [(True, True)]


def test_few_kinds_leave_power_unused(frozen: Catalogue) -> None:
    """7 kW have seven slow (1 kW, 1 PFLOP/s) or one fast (6 and 5) and one slow: seven slow at each of two sites are
    fastest, one kind each. 14 x 0.9 = 12.6 PFLOP/s do 126 in ten days and not 127, however many kinds there may be."""
    known = small_catalogue(frozen)
    members = [site(name, max_mw="0.007", use=("slow", "fast")) for name in "AB"]
    for mix in (2, 4):
        assert given_up(asked(126, *members, deadline_days=10, mix=mix), known) == [(False, False)]
        assert given_up(asked(127, *members, deadline_days=10, mix=mix), known) == [(True, True)]


def test_later_servers_count_from_their_day_on(frozen: Catalogue) -> None:
    """2.5 kW at first and 4.5 from day 5 on, at both: 2 x 2 x 5 + 2 x 4 x 5 = 60, of which 0.9 are left: 54 in ten
    days. As if all stood there from the first day it would be 72."""
    known = small_catalogue(frozen)
    place = Case(country="BR", tax_regime="redata", use=("slow",), max_mw="0.0025")
    members = [Member(name, place, (Phase(from_day=5, max_mw="0.0045"),)) for name in "AB"]
    assert given_up(asked(54, *members, deadline_days=10), known) == [(False, False)]
    assert given_up(asked(55, *members, deadline_days=10), known) == [(True, True)]


def compare(seeds: range, known: Catalogue) -> tuple[int, int]:
    """How many of these consortia have a shared plan, and how many are given up; never both."""
    plans = out = 0
    for seed in seeds:
        question = random_consortium(random.Random(seed), phases=seed % 2 == 0)
        sides = given_up(question, known)
        assert all(exact or not model for exact, model in sides), f"seed {seed}"
        if counted(question, known) is None:
            out += all(exact for exact, _ in sides)
        else:
            plans += 1
            assert not all(exact for exact, _ in sides), f"seed {seed}"
    return plans, out


def test_what_has_a_plan_is_never_given_up(frozen: Catalogue) -> None:
    """Random consortia with and without phases: where counting finds a plan, some group of the sites is left."""
    plans, out = compare(range(300, 312), varied_catalogue(frozen))
    assert plans >= 2 and out >= 2, "too few of either kind"


@pytest.mark.campaign
def test_what_has_a_plan_is_never_given_up_campaign(frozen: Catalogue) -> None:
    compare(range(2000, 2000 + share_of(600)), varied_catalogue(frozen))
