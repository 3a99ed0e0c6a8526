"""Several sites, one run: sums by hand, held against counting, relations that must hold, what is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from consortiums import counted, figures_counted
from share import least_of, share_of
from worlds import (
    asked,
    chosen,
    dec,
    figures_of,
    random_consortium,
    shared,
    site,
    with_and_without_shortcuts,
)

from optimizer.answers.consortium.words import alone_words, sharing_lines, verdict
from optimizer.answers.words.limit_words import limit_words
from optimizer.answers.words.mix_words import unlike_words
from optimizer.catalogue import Catalogue
from optimizer.consortium.cost_shares import bills
from optimizer.consortium.decide import decide
from optimizer.consortium.members import OF_A_SITE, Consortium, Member, Phase, Total
from optimizer.consortium.settle import settle_sites
from optimizer.domain import Case
from optimizer.domain.limits import KINDS, Limit, LimitKind
from optimizer.errors import DataError
from optimizer.insight.limits.concessions import round_up

# ------------------------------------------------------------------------------------------------------------ by hand


def test_two_sites_by_hand(small: Catalogue) -> None:
    """Two sites of 4 kW: 4 slow each do 8 x 0.9 = 7.2 PFLOP/s, 10 days for 72. Cost 800 + (1 + 2 + 2) x 10 + 5 + 7 =
    862; without the loss of 10 % it would be 9 days, with the whole team at both sites 872."""
    one, two = (site(n, max_mw="0.004", use="slow", site_setup_usd=usd) for n, usd in (("A", "5"), ("B", "7")))
    found = decide(asked(72, one, two, deadline_days=10), small)
    plan = shared(found)
    assert (plan.days, plan.cost_usd, plan.team_usd) == (10, 862, 10)
    assert chosen(plan) == {("A", "slow", 0, 4), ("B", "slow", 0, 4)}
    assert [use.cost_usd for use in plan.sites] == [400 + 20 + 5, 400 + 20 + 7]
    assert plan.efficiency == Fraction(9, 10) and plan.spread == "domestic"
    assert found.one_site is None and found.best is plan  # 4 slow alone need 18 days
    assert sum(use.work_share for use in plan.sites) == 1


def test_the_posts_that_are_said_are_those_that_are_paid(small: Catalogue) -> None:
    """A team of 3 of whom 2 stand at each site: 1 post at the leader's wages and 2 at each of two sites, 5 for 10 days
    at 1 a day. "Team of 3: 2 at each site, the rest elsewhere" was said, and 5 were paid."""
    one, two = (site(name, max_mw="0.004", use="slow") for name in "AB")
    found = decide(asked(72, one, two, deadline_days=10), small)
    plan = shared(found)
    assert plan.team_usd + sum(use.cost_terms["staff"] for use in plan.sites) == (1 + 2 + 2) * 10
    (told,) = (line for line in sharing_lines(found) if line.startswith("team"))
    assert "1 posts at the wages of A" in told and "2" in told and "a run at one site has 3" in told


def test_what_does_little_of_the_work_is_named(small: Catalogue) -> None:
    """One server of 100 is 1 % of the work: hardly a tender; half and half is no addition."""
    found = decide(asked(72, *(site(name, max_mw="0.004", use="slow") for name in "AB"), deadline_days=10), small)
    fleet = shared(found).fleet
    first, second = fleet.items
    other = replace(first.key, accelerator="hire")
    most = replace(first, servers=99, accelerators=99, pflops=first.pflops * 99, server_days=first.server_days * 99)
    few = replace(second, key=other, servers=1, accelerators=1, pflops=Fraction(1), server_days=Fraction(10))
    told = unlike_words(replace(fleet, items=(most, few)))
    assert len(told) == 2 and "1 HIRE" in told[1] and "--mix 1" in told[1]
    assert len(unlike_words(replace(fleet, items=(most, few)), fewest=2)) == 1
    assert len(unlike_words(replace(fleet, items=(first, replace(second, key=other))))) == 1


def test_a_day_less_is_too_few(small: Catalogue) -> None:
    """72 at 7.2 PFLOP/s are 10 days exactly; in 9 there is no plan of 4 servers at each."""
    members = [site(name, max_mw="0.004", use="slow") for name in "AB"]
    found = decide(asked(72, *members, deadline_days=9), small)
    assert found.best is None and found.shared is None and found.one_site is None
    assert {one.cause for one in found.alone} == {"limits"}


def test_international_sites_lose_more(small: Catalogue) -> None:
    """In two countries 0.8 of the speed is left: 8 x 0.8 = 6.4, so 64 takes 10 days; in one country 9."""
    abroad = Member("M", Case(country="MX", import_duty="0", max_mw="0.004", use="slow"))
    home = [site(name, max_mw="0.004", use="slow") for name in "AB"]
    assert shared(decide(asked(64, home[0], abroad, objective="days"), small)).days == 10
    assert shared(decide(asked(64, *home, objective="days"), small)).days == 9


def test_sites_of_one_country_in_a_consortium_of_two_lose_less(small: Catalogue) -> None:
    """Of A, B (Brazil) and M (Mexico) the plan of A and B alone counts 0.9, not 0.8."""
    abroad = Member("M", Case(country="MX", import_duty="0", max_mw="0.001", use="slow"))
    home = [site(name, max_mw="0.004", use="slow") for name in "AB"]
    plan = shared(decide(asked(64, *home, abroad, objective="days"), small))
    assert (plan.days, plan.spread, len(plan.sites)) == (9, "domestic", 2)


def test_each_site_holds_the_whole_model(small: Catalogue) -> None:
    """The model needs 90 GB at each site: two slow (80 GB) where one would do the work."""
    big = small.parameters[("measured", "training_bytes_per_parameter")].model_copy(update={"central": dec(625)})
    known = replace(small, parameters={**small.parameters, ("measured", "training_bytes_per_parameter"): big}, cache={})
    members = [site(name, use="slow", max_mw="0.003") for name in "AB"]
    plan = shared(decide(asked(18, *members, deadline_days=10), known))
    assert chosen(plan) == {("A", "slow", 0, 2), ("B", "slow", 0, 2)}


def test_hire_in_one_country_is_for_all_its_sites(small: Catalogue) -> None:
    """10 are for hire in the country, whatever the sites: not 10 at each."""
    ceiling = small.parameters[("measured", "hire_max_devices")].model_copy(update={"central": dec(10)})
    known = replace(small, parameters={**small.parameters, ("measured", "hire_max_devices"): ceiling}, cache={})
    members = [site(name, use="hire") for name in "AB"]
    plan = shared(decide(asked(180, *members, objective="days"), known))
    assert plan.days == 10  # 10 x 2 x 0.9 = 18 PFLOP/s; with 20 it would be 5
    limit = next(use for use in plan.limits if use.limit.kind == "hire")
    assert (str(limit.limit), limit.used, limit.bound) == ("hire:hire@BR", 10, 10)


def test_phases_by_hand(small: Catalogue) -> None:
    """A site alone: 2 kW at first, 6 from day 5 on. 2 slow for 11 days and 4 more for 6: 22 + 24 = 46 of work. Were the
    later ones there from the start, 8 days would do; did they never come, 23."""
    grows = Member(
        "A",
        Case(country="BR", tax_regime="redata", use=("slow",), max_mw="0.002"),
        (Phase(from_day=5, max_mw="0.006"),),
    )
    (alone,) = decide(asked(46, grows, objective="days"), small).alone
    assert alone.plan is not None
    assert alone.plan.days == 11 and chosen(alone.plan) == {("A", "slow", 0, 2), ("A", "slow", 5, 4)}
    uses = {str(use.limit): (use.used * 1000, use.bound * 1000) for use in alone.plan.limits if use.unit == "MW"}
    assert uses == {"grid@A": (2, 2), "grid@A from day 5": (6, 6)}


def test_supply_may_grow(small: Catalogue) -> None:
    """Three slow to be had at first, eight in all from day 4: 3 x 10 + 5 x 6 = 60 of work in ten days."""
    case = Case(country="BR", tax_regime="redata", use=("slow",), supply={"slow": 3})
    grows = Member("A", case, (Phase(from_day=4, supply={"slow": 8}),))
    (alone,) = decide(asked(60, grows, objective="days"), small).alone
    assert alone.plan is not None and alone.plan.days == 10


def test_one_site_wins_where_sharing_costs(small: Catalogue) -> None:
    """One large site does it cheaper than two: the best plan is its own, and the shared one is told beside it."""
    found = decide(asked(40, site("A"), site("B", site_setup_usd="1000"), deadline_days=10), small)
    assert found.best is found.one_site and found.one_site is not None
    assert found.one_site.cost_usd < shared(found).cost_usd
    # each for itself: twice the model, the set-up of B once
    assert found.each_usd == 2 * found.one_site.cost_usd + 1000


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.of_all_sites], ids=lambda kind: kind.name)
def test_what_a_site_does_alone_is_held_to_no_limit_on_all(small: Catalogue, kind: LimitKind) -> None:
    """Each of the four: where the plan of a site alone uses more than all may, that is said of the site; and what all
    would pay alone is not said as if the limit held. Only the budget was looked at."""
    own: dict[str, Any] = {"procurement": ("buy",)} if kind.name == "capital" else {"max_mw": "0.004"}
    members = [site("A", **own), site("B", **own)]
    (first, _) = decide(asked(40, *members, deadline_days=10), small).alone
    assert first.plan is not None
    uses = {"budget": "cost_usd", "energy": "energy_gwh", "carbon": "carbon_t", "capital": "capital_usd"}
    use = Fraction(getattr(first.plan, uses[kind.name]))
    assert use
    for share, broken in (("0.9", (Limit(kind.name),)), ("9", ())):
        total = Total(**{kind.field: round_up(use * Fraction(share))})
        found = decide(asked(40, *members, deadline_days=10, total=total), small)
        assert found.alone[0].breaks == broken
        assert (limit_words(Limit(kind.name)) in alone_words(found.alone[0])) == bool(broken)
    (told,) = [line for line in verdict(found) if line.startswith("if each site trained the model alone")]
    assert told.endswith(f" (each without the limits on all sites together: {limit_words(Limit(kind.name))})")


def test_totals_bind_one_site_too(small: Catalogue) -> None:
    """A budget on all sites is one on a single site that does it all: a cent less than its plan and it is out."""
    members = site("A"), site("B")
    free = decide(asked(40, *members, deadline_days=10), small)
    assert free.one_site is not None
    cost = free.one_site.cost_usd
    at = decide(asked(40, *members, deadline_days=10, total=Total(budget_usd=str(float(cost)))), small)
    assert at.one_site is not None and at.one_site.cost_usd == cost
    # and what it uses of the budget is told: it was not where the plan without a budget kept it
    assert ("budget", cost, cost) in {(str(use.limit), use.used, use.bound) for use in at.one_site.limits}
    below = decide(asked(40, *members, deadline_days=10, total=Total(budget_usd=str(float(cost) - 0.01))), small)
    assert below.one_site is None
    assert all(one.plan is not None for one in below.alone)  # each by itself is asked without the budget of all


# ---------------------------------------------------------------------------------------------------- against counting


def compare(seed: int, known: Catalogue, *, phases: bool) -> tuple[bool, bool]:
    """One random consortium against counting; whether there was a shared plan, and one of one site."""
    question = random_consortium(random.Random(seed), phases=phases)
    found = decide(question, known)
    assert figures_of(found.shared) == figures_counted(counted(question, known)), f"seed {seed}"
    for one, member in zip(found.alone, question.members, strict=True):
        by_itself = replace(question, members=(member,), efficiency=None)
        best = counted(by_itself, known, fewest=1, total=False)
        assert figures_of(one.plan) == figures_counted(best), f"seed {seed}, {member.name}"
    return found.shared is not None, found.one_site is not None


@pytest.mark.parametrize("phases", [False, True], ids=["all at once", "phases"])
def test_as_counted_out(varied: Catalogue, phases: bool) -> None:
    """Random consortia: value, cost, and whether there is a plan at all, shared and by each site itself."""
    seen = [compare(seed, varied, phases=phases) for seed in range(5)]
    assert sum(both for both, _ in seen) >= 2 and sum(not both for both, _ in seen) >= 1, "too few of either kind"


@pytest.mark.campaign
@pytest.mark.parametrize("phases", [False, True], ids=["all at once", "phases"])
def test_as_counted_out_campaign(varied: Catalogue, phases: bool) -> None:
    for seed in range(1000, 1000 + share_of(600)):
        compare(seed, varied, phases=phases)


def test_shortcuts_change_nothing(varied: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mixes of three kinds over three sites: plans are worth the same when nothing is left out before the solver."""
    assert with_and_without_shortcuts(of_three_kinds(range(40, 43)), varied, monkeypatch) >= 1


@pytest.mark.campaign
def test_shortcuts_change_nothing_campaign(varied: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = of_three_kinds(range(46, 46 + share_of(54)))
    assert with_and_without_shortcuts(questions, varied, monkeypatch) >= least_of(20)


def of_three_kinds(seeds: range) -> list[Consortium]:
    """Consortia whose plans may mix three kinds of server."""
    questions = [random_consortium(random.Random(seed), phases=seed % 2 == 0) for seed in seeds]
    return [replace(question, run=question.run.changed(mix=3)) for question in questions]


# ----------------------------------------------------------------------------------------------------------- relations


def test_relations(varied: Catalogue) -> None:
    """More power, more kinds, less loss, one site more: never worse."""
    compared = 0
    for seed in range(83, 86):
        question = random_consortium(random.Random(seed))
        best = decide(question, varied).best
        if best is None:
            continue
        for better in (
            replace(question, run=question.run.changed(mix=3)),
            replace(question, efficiency=Decimal(1)),
            replace(question, total=Total()),
            replace(question, members=(*question.members, site("Z", max_mw="0.005"))),
            replace(question, members=tuple(_more(member) for member in question.members)),
        ):
            found = decide(better, varied).best
            assert found is not None and found.objective_value <= best.objective_value, seed
            compared += 1
    assert compared >= 5


def _more(member: Member) -> Member:
    return replace(member, case=member.case.changed(max_mw=str(member.case.max_mw * 2)), phases=())


def test_order_of_the_sites_but_the_lead_does_not_matter(varied: Catalogue) -> None:
    question = random_consortium(random.Random(7))
    first, second, third = question.members
    other = replace(question, members=(first, third, second))
    one, two = (decide(q, varied).best for q in (question, other))
    assert figures_of(one) == figures_of(two)


def test_bills_add_up(small: Catalogue) -> None:
    shares = ("0.5", "0.2", "0.3")
    members = [replace(site(name), share=Decimal(share)) for name, share in zip("ABC", shares, strict=True)]
    found = decide(asked(40, *members, deadline_days=10), small)
    for plan in (shared(found), found.one_site):
        assert plan is not None
        made = bills(found, plan)
        for rule in ("host", "equal", "alone", "agreed"):
            assert sum(bill.pays_usd[rule] for bill in made) == plan.cost_usd, rule
    assert [bill.pays_usd["agreed"] / shared(found).cost_usd for bill in bills(found, shared(found))] == [
        Fraction(1, 2),
        Fraction(1, 5),
        Fraction(3, 10),
    ]


# -------------------------------------------------------------------------------------------------------- what is asked


def test_members_that_do_not_go_together(small: Catalogue) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("is the name of more than one site", {"members": (site("A"), site("a"))}),
        ("1 to 60 letters", {"members": (site("A/B"), site("C"))}),
        ("add up to 1", {"members": (replace(site("A"), share=Decimal("0.5")), site("B"))}),
        ("must follow one another", {"members": (replace(site("A"), phases=_phases(9, 5)), site("B"))}),
        ("must be 2 or more", {"run": {"mix": 1}}),
        ("above 0 and at most 1", {"efficiency": "1.5"}),
    ]
    for rule, wrong in cases:
        with pytest.raises(DataError, match=rule):
            asked(
                10,
                *wrong.get("members", (site("A"), site("B"))),
                efficiency=wrong.get("efficiency"),
                **wrong.get("run", {}),
            )


def _phases(*days: int) -> tuple[Phase, ...]:
    return tuple(Phase(from_day=day, max_mw="1") for day in days)


def test_nothing_gets_less_in_a_phase(small: Catalogue) -> None:
    case = Case(country="BR", max_mw="2", supply={"slow": 5})
    less = Member("A", case, (Phase(from_day=3, max_mw="1", supply={"slow": 4, "fast": 2}),))
    with pytest.raises(DataError) as error:
        settle_sites(asked(10, less, site("B")), small)
    told = str(error.value)
    assert 'max_mw "1": must be at least 2' in told and 'supply "slow=4": must be at least 5' in told
    assert 'supply "fast": limits something that had no limit before' in told


def test_every_field_of_a_case_is_of_the_run_or_of_a_site() -> None:
    """No field of a case is forgotten: what is not a site's own is the run's."""
    assert set(OF_A_SITE) <= set(Case.model_fields)
    of_the_run = set(Case.model_fields) - set(OF_A_SITE)
    assert {"workload", "deadline_days", "mix", "basis", "rules", "budget_usd", "case_id"} <= of_the_run
    assert {"country", "max_mw", "supply", "owned", "site_setup_usd"} <= set(OF_A_SITE)
