"""Why the plan of several sites is as it is: every figure counted out, or planned again from nothing."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from commands import Cli, first_found
from consortiums import counted
from share import share_of
from worlds import asked, random_consortium, site, varied_catalogue

from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import better_than, decide
from optimizer.consortium.members import Consortium, Total
from optimizer.consortium.settle import settle_sites
from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.insight.explain_sites import JointExplanation, JointWorth, explain_sites
from optimizer.insight.limits.of_sites import relax_joint
from optimizer.units import MAX_DEADLINE_DAYS

SEED = 13
"""Of a small question with a plan."""
COUNTED = ("grid", "supply", "budget", "accelerators")

LIFTED: dict[str, dict[str, Any]] = {"grid": {"max_mw": "1"}, "supply": {"supply": {"slow": 1000}}}
"""What a site has of its own once a limit of it is lifted."""


def explained(question: Consortium, known: Catalogue) -> JointExplanation | None:
    """Without any bound on time; None where there is no plan."""
    found = decide(question, known)
    return None if found.best is None else explain_sites(found)


def small_question(rng: random.Random) -> Consortium:
    """Two sites of a few slow servers each, so that what a limit holds back can be counted out without it."""
    members = [
        site(name, max_mw=f"0.00{rng.randint(2, 6)}", supply={"slow": rng.randint(4, 7)}, use="slow") for name in "AB"
    ]
    total: dict[str, Any] = {}
    if rng.random() < 0.6:
        total["budget_usd"] = str(rng.randint(700, 1500))
    if rng.random() < 0.4:
        total["max_accelerators"] = rng.randint(6, 10)
    objective = rng.choice(["cost", "cost", "days", "energy"])
    question = asked(rng.randint(30, 80), *members, total=Total(**total), objective=objective)
    return replace(question, run=question.run.changed(deadline_days=rng.randint(8, 14), mix=2))


def without(question: Consortium, *limits: Limit) -> Consortium:
    """The question with some limits lifted, by hand."""
    for limit in limits:
        if limit.kind == "deadline":
            question = replace(question, run=question.run.changed(deadline_days=MAX_DEADLINE_DAYS))
        elif limit.site is None:
            field = limit.described.field
            question = replace(question, total=question.total.model_copy(update={field: None}))
        else:
            given = LIFTED[limit.kind]
            members = []
            for member in question.members:
                said = {name: getattr(member.case, name) for name in member.case.model_fields_set}
                own = Case(**{**said, **given}) if member.name == limit.site else member.case
                members.append(replace(member, case=own))
            question = replace(question, members=tuple(members))
    return question


def best_by_counting(question: Consortium, known: Catalogue) -> Fraction:
    """The objective of the best plan of one site or of two."""
    plan = counted(question, known, fewest=1)
    assert plan is not None
    return plan.value


def check_by_counting(seed: int, known: Catalogue, kinds: tuple[str, ...]) -> int:
    """How many limits of some kinds were counted out: what each saves if it is lifted."""
    question = small_question(random.Random(seed))
    found = explained(question, known)
    if found is None:
        return 0
    base = best_by_counting(question, known)
    assert found.best.objective_value == base
    done = 0
    for one in found.standings:
        if one.use.limit.kind not in kinds:
            continue
        assert one.without.proven
        value = best_by_counting(without(question, one.use.limit), known)
        assert one.without.saving == base - value, (seed, str(one.use.limit))
        assert one.binds == (value < base)
        done += 1
    return done


def test_what_a_limit_saves_is_what_counting_says(small: Catalogue) -> None:
    """But for the deadline, whose ten years of days take long to count; the campaign has it too."""
    assert check_by_counting(SEED, small, COUNTED) >= 4


@pytest.mark.campaign
def test_what_a_limit_saves_is_what_counting_says_campaign(small: Catalogue) -> None:
    for seed in range(100, 100 + share_of(40)):
        check_by_counting(seed, small, (*COUNTED, "deadline"))


def check_by_planning(seed: int, known: Catalogue, *, phases: bool = False) -> int:
    """How many changes of a random consortium were planned again from nothing: the same objective comes out."""
    question = random_consortium(random.Random(seed), phases=phases)
    found = explained(question, known)
    if found is None:
        return 0
    base, done = found.best.objective_value, 0

    def again(row: JointWorth, changed: Consortium) -> None:
        best = decide(changed, known).best
        assert best is not None and row.proven, (seed, str(row.name))
        assert row.saving == base - best.objective_value, (seed, row.kind, str(row.name), str(row.value))
        assert row.plan is not None and row.plan.objective_value == best.objective_value

    for one in found.standings:
        if (lifted := _relaxed(question, one.use.limit)) is not None:
            again(one.without, lifted)
            done += 1
    for row in found.worth:
        assert isinstance(row.name, Limit) and row.value is not None
        changed = relax_joint(question, row.name, row.value)
        assert changed is not None
        again(row, changed)
    alone = {one.use.limit: one.without.saving or 0 for one in found.standings}
    bind = {row.name for row in found.pairs}
    for two in combinations([one.use.limit for one in found.standings], 2):
        lifted = _relaxed(question, *two)
        if lifted is None:
            continue
        best = decide(lifted, known).best
        assert best is not None
        more = base - best.objective_value > max(alone[two[0]], alone[two[1]])
        assert (two in bind) == more, (seed, str(two[0]), str(two[1]))
    return done


def _relaxed(question: Consortium, *limits: Limit) -> Consortium | None:
    """With some limits lifted; None for one of the data."""
    from optimizer.insight.limits.concessions import largest

    changed: Consortium | None = question
    for limit in limits:
        if limit.kind in ("hire", "connection", "law"):
            return None
        changed = None if changed is None else relax_joint(changed, limit, largest(limit))
    return changed


@pytest.mark.campaign
@pytest.mark.parametrize("phases", [False, True], ids=["all at once", "phases"])
def test_every_change_is_what_planning_it_says_campaign(frozen: Catalogue, phases: bool) -> None:
    known = varied_catalogue(frozen)
    for seed in range(7000, 7000 + share_of(60)):
        check_by_planning(seed, known, phases=phases)


def test_two_limits_that_bind_together(small: Catalogue) -> None:
    """Two sites of 4 kW with 4 slow servers each (1 kW, 100 USD, 1 PFLOP/s): all 8 do 72 at 0.9 of the speed in ten
    days, for 800 USD, set-ups of 5 and 7 and 50 of staff. One site with 8 servers does it in nine days, for 800, 5 and
    27: it needs 8 kW and a supply of 8, and neither alone is of use."""
    own = {"max_mw": "0.004", "use": "slow", "supply": {"slow": 4}}
    one, two = (site(n, site_setup_usd=usd, **own) for n, usd in (("A", "5"), ("B", "7")))
    found = explained(asked(72, one, two, deadline_days=10), small)
    assert found is not None and found.best.spread == "domestic"
    pairs = {tuple(map(str, row.name)): row for row in found.pairs if isinstance(row.name, tuple)}
    assert ("grid@A", "supply:slow@A") in pairs and ("grid@A", "supply:slow@B") not in pairs
    row = pairs["grid@A", "supply:slow@A"]
    assert row.plan is not None and len(row.plan.sites) == 1
    assert (found.best.cost_usd, row.plan.cost_usd, row.saving) == (862, 832, 30)
    assert not any(one.binds for one in found.standings if one.use.limit.kind in ("grid", "supply"))


def test_only_what_is_better_is_looked_for(small: Catalogue) -> None:
    """Of a consortium whose best plan is known: nothing is better, one is as good; a cent above it, that one is better.
    Wrong: a plan that is no better told as better, or the best one lost."""
    members = [site(name, max_mw="0.004", use="slow") for name in "AB"]
    ready = settle_sites(asked(72, *members, deadline_days=10), small)
    best = decide(ready.asked, small).best
    assert best is not None
    value = best.objective_value
    none, equal, better = (
        better_than(ready, value),
        better_than(ready, value, equals=True),
        better_than(ready, value + Fraction(1, 100)),
    )
    assert none.plan is None and none.as_good and none.bound is None
    for one in (equal, better):
        assert one.plan is not None and one.plan.objective_value == value and one.bound is None
    below = better_than(ready, value - 1)
    assert below.plan is None and not below.as_good


def test_what_is_not_begun_in_time_is_not_determined(small: Catalogue) -> None:
    """No time at all: nothing is said of any limit, and no pair is left out."""
    members = [site(name, max_mw="0.004", use="slow") for name in "AB"]
    found = decide(asked(72, *members, deadline_days=10), small)
    told = explain_sites(found, budget_s=-1)
    rows = [one.without for one in told.standings]
    assert rows and all(row.state == "not determined" and row.saving is None and row.plan is None for row in rows)
    assert len(told.pairs_open) == len(rows) * (len(rows) - 1) // 2 and not told.pairs
    assert not any(one.binds for one in told.standings)


EASY = ("BR=0.4", "MX=0.4", "--deadline", "90d", "--explain", "-q")


def test_the_card_the_file_and_the_rows(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same changes in each form of what was found once."""
    monkeypatch.setattr("optimizer.consortium.decide.decide", first_found(decide))
    monkeypatch.setattr("optimizer.insight.explain_sites.explain_sites", first_found(explain_sites))
    card = command("consortium", *EASY)
    assert card.out.startswith("Why this plan") and "Binding limits" in card.out and card.status == 0
    answer = json.loads(command("consortium", *EASY, "--json").out)
    told = answer["outputs"]["explanation"]
    assert answer["outputs"]["status"] == "plan" and {"limits", "worth", "only", "excluded"} <= told.keys()
    rows = list(csv.DictReader(io.StringIO(command("consortium", *EASY, "--csv").out)))
    assert [row["name"] for row in rows if row["kind"] == "without"] == [one["limit"] for one in told["limits"]]
    assert [row["name"] for row in rows if row["kind"] == "only"] == [one["name"] for one in told["only"]]
    for row, one in zip(rows, told["limits"], strict=False):
        assert Decimal(row["saving"]) == Decimal(str(one["without"]["saving"]))


def test_a_site_that_is_not_used_has_no_list_of_raised_limits(command: Cli) -> None:
    """Each of its limits had two lines that nothing changes; and why a grid limit has two lines was not said."""
    told = command("consortium", "BR=0.5", "MX=0.2", "--deadline", "200d", "--explain", "-q").out
    assert "BR alone" in told.partition("Binding limits")[0]
    assert "the grid limit of MX:" not in told.partition("What raising each")[2].partition("Accelerators")[0]
    text = " ".join(told.split())
    assert "the grid limit is raised in two ways: by 0.1 MW, and by 1 MW" in text
    assert "raising a limit of a site that the plan does not use changes nothing: MX" in text
