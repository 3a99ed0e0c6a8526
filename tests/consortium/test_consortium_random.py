"""Consortia with several size brackets, substations, licence quotas, little memory and delivery times, counted out."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from consortiums import counted, figures_counted
from share import least_of, share_of
from worlds import SET, dec, figures_of, random_consortium, varied_catalogue, with_and_without_shortcuts

from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import decide
from optimizer.consortium.members import Consortium, Member, Phase, Total
from optimizer.domain import Case

SEEDS = (*range(6), 1028)
"""In the last, what the prices leave may only run on days that are gone: bounds of the days that cross, which HiGHS
refuses."""
OBJECTIVES = ("cost", "days", "peak_power", "energy", "carbon")


def hard_catalogue(frozen: Catalogue) -> Catalogue:
    """From 4 devices on a site is a fifth slower; above 4 kW it pays a substation by the kW; licences let in 9,000 TPP
    a country; the model takes more memory than one slow server has; electricity and time cost."""
    known = varied_catalogue(frozen, substation_usd_per_kw=20, training_bytes_per_parameter=600)  # 86.4 GB
    one = known.brackets[SET][0]
    brackets = (
        one.model_copy(update={"bracket": "small", "min_devices": 1, "max_devices": 3, "mfu_factor": dec(1)}),
        one.model_copy(update={"bracket": "large", "min_devices": 4, "max_devices": 40, "mfu_factor": dec("0.8")}),
    )
    limited = {"medium_voltage_limit_mw": dec("0.004")}
    return replace(
        known,
        brackets={**known.brackets, SET: brackets},
        countries={name: row.model_copy(update=limited) for name, row in known.countries.items()},
        licence_rules=tuple(row.model_copy(update={"cap_tpp": dec(9000)}) for row in known.licence_rules),
        cache={},
    )


def hard_question(seed: int) -> Consortium:
    rng = random.Random(seed)
    question = random_consortium(rng, phases=seed % 3 == 0, sites_=2 + seed % 2)
    changes: dict[str, Any] = {"objective": OBJECTIVES[seed % 5]}
    return replace(question, run=Case(**{**question.run.given(), **changes}))


def test_as_counted_out(frozen: Catalogue) -> None:
    """Value and cost of the best shared plan, and of each site by itself, under every objective in turn."""
    known, seen = hard_catalogue(frozen), set()
    for seed in SEEDS:
        question = hard_question(seed)
        found = decide(question, known)
        assert figures_of(found.shared) == figures_counted(counted(question, known)), f"seed {seed}"
        for one, member in zip(found.alone, question.members, strict=True):
            by_itself = replace(question, members=(member,), efficiency=None)
            best = counted(by_itself, known, fewest=1, total=False)
            assert figures_of(one.plan) == figures_counted(best), f"seed {seed}, {member.name}"
        for plan in (found.shared, *(one.plan for one in found.alone)):
            if plan is not None:
                seen |= {joint.item.key.connection for site in plan.sites for joint in site.items}
                seen |= {joint.item.key.bracket for site in plan.sites for joint in site.items}
                seen |= {use.limit.kind for use in plan.limits if use.share == 1}
                seen |= {"phase"} if any(joint.start_days for site in plan.sites for joint in site.items) else set()
    assert {"mv", "hv", "small", "large", "phase"} <= seen, seen


@pytest.mark.campaign
def test_as_counted_out_campaign(frozen: Catalogue) -> None:
    known = hard_catalogue(frozen)
    for seed in range(1000, 1000 + share_of(400)):
        question = hard_question(seed)
        assert figures_of(decide(question, known).shared) == figures_counted(counted(question, known)), f"seed {seed}"


def test_shortcuts_change_nothing(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mixes of three and four kinds, which are not counted out: worth the same when nothing is left out beforehand."""
    questions = of_several_kinds(range(100, 103))
    assert with_and_without_shortcuts(questions, hard_catalogue(frozen), monkeypatch) >= 1


@pytest.mark.campaign
def test_shortcuts_change_nothing_campaign(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = of_several_kinds(range(105, 105 + share_of(35)))
    assert with_and_without_shortcuts(questions, hard_catalogue(frozen), monkeypatch) >= least_of(15)


def of_several_kinds(seeds: range) -> list[Consortium]:
    """Consortia whose plans may mix three kinds of server, or four."""
    questions = [hard_question(seed) for seed in seeds]
    return [replace(q, run=q.run.changed(mix=3 + k % 2)) for k, q in enumerate(questions)]


@pytest.mark.campaign
def test_campaign_of_consortia_none_undecided(live: Catalogue) -> None:
    """60 consortia of the shipped data, with phases, budgets and every basis: none undecided.

    Wrong: an UndecidedError, as where one run of HiGHS told a plan that is not the best, and nothing decided between
    the two.
    """
    dice = random.Random(1)
    countries = ["BR", "MX", "AR", "CL", "DE", "IN", "KR", "GH", "VN", "ZA", "FR", "ID", "US"]
    for _ in range(share_of(60)):
        members = []
        for number, country in enumerate(dice.sample(countries, dice.choice([2, 2, 3, 3, 4]))):
            most = dec(dice.choice(["0.3", "0.4", "0.5", "0.6", "1", "2"]))
            grows = (Phase(from_day=dice.choice([20, 60, 90]), max_mw=most * 2),) * (dice.random() < 0.2)
            members.append(Member(f"s{number}", Case(country=country, max_mw=most), grows))
        run = Case(
            workload=dice.choice(["deepseek-v3-10t", "llama-3.1-70b", "llama-3.1-8b"]),
            deadline_days=dice.choice([60, 120, 150, 200, 300]),
            objective=dice.choice(["cost", "cost", "days", "energy", "carbon"]),
            basis=dice.choice(["upfront", "upfront", "rental", "amortised"]),
            rent=dice.choice(["", "gb200=9"]),
        )
        budget = dice.choice([None, None, dec(10_000_000), dec(30_000_000)])
        decide(Consortium(run, tuple(members), Total(budget_usd=budget)), live, time_limit_s=60)
