"""A consortium without a plan names the limits that would have to give, and the least value of each: by hand, and by
relations that must hold."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from commands import Cli
from share import share_of
from worlds import asked, dec, random_consortium, site, varied_catalogue

from optimizer.answers.consortium.outputs import rows
from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import decide
from optimizer.consortium.members import Consortium, Member, Phase, Total
from optimizer.domain import Case
from optimizer.domain.limits import KINDS, Limit
from optimizer.insight.limits import of_sites
from optimizer.insight.limits.concessions import short_of
from optimizer.insight.limits.of_sites import JointConcessions, joint_concessions, relax_joint

SEED = 22
"""Of a random consortium without a plan, to which one limit more would give one."""


def needs(question: Consortium, known: Catalogue) -> JointConcessions:
    """What a consortium without a plan needs."""
    found = decide(question, known)
    assert found.best is None
    return joint_concessions(found)


def needed(found: JointConcessions) -> dict[str, Decimal]:
    """The least value of each limit by name."""
    assert all(one.is_least for one in found.given) and not found.undetermined
    return {str(one.limit): one.needed for one in found.given}


def test_a_day_and_a_server_too_few(small: Catalogue) -> None:
    """Two sites of 4 kW: 8 slow x 0.9 = 7.2 PFLOP/s do 72 in ten days. In nine, one server more at either site does
    (8.1 x 9 = 72.9): 5 kW there; or one of the sites alone with 8 kW, which is more."""
    members = [site(name, max_mw="0.004", use="slow") for name in "AB"]
    found = needs(asked(72, *members, deadline_days=9), small)
    assert needed(found) == {"deadline": 10, "grid@A": dec("0.005"), "grid@B": dec("0.005")}
    assert found.cause == "limits"


TOTALS: dict[str, tuple[Total, object]] = {
    "budget": (Total(budget_usd=dec(500)), 862),
    "accelerators": (Total(max_accelerators=5), 8),
    "capital": (Total(max_capital_usd=dec(500)), 800),
    "tpp": (Total(max_tpp=dec(5000)), 8000),
    "supply:slow": (Total(supply={"slow": 5}), 8),
    "energy": (Total(max_energy_gwh=dec("0.001")), dec("0.00192")),
}


def of_all_sites(small: Catalogue, name: str) -> None:
    """The plan of 862 USD over two sites (4 slow each, of 100 USD and 1,000 TPP): what a limit on all of them must be.

    8 slow for ten days draw 8 x 24 x 10 = 1,920 kWh."""
    one, two = (site(n, max_mw="0.004", use="slow", site_setup_usd=usd) for n, usd in (("A", "5"), ("B", "7")))
    total, value = TOTALS[name]
    found = needs(asked(72, one, two, deadline_days=10, total=total), small)
    assert needed(found)[name] == value
    given = next(given for given in found.given if str(given.limit) == name)
    assert given.plan is not None and given.plan.days == 10


def test_the_limits_on_all_sites(small: Catalogue) -> None:
    """The budget, here; the campaign has the others."""
    of_all_sites(small, "budget")


@pytest.mark.campaign
@pytest.mark.parametrize("name", TOTALS)
def test_the_limits_on_all_sites_campaign(small: Catalogue, name: str) -> None:
    of_all_sites(small, name)


def test_the_limits_of_one_site(small: Catalogue) -> None:
    """What a site has of its own: its TPP, its number of accelerators, its supply."""
    two = site("B", max_mw="0.004", use="slow")
    for own, name, value in (
        ({"max_tpp": "3000"}, "tpp@A", 4000),
        ({"max_accelerators": 3}, "accelerators@A", 4),
        ({"supply": {"slow": 3}}, "supply:slow@A", 4),
    ):
        one = site("A", use="slow", **own)
        assert needed(needs(asked(72, one, two, deadline_days=10), small))[name] == value, name


def test_what_holds_for_the_run_stays(small: Catalogue) -> None:
    """The run allows slow alone. The wrong answer has fast at the site whose limit is raised: its case was read as one
    that states all fields, and forgot those of the run."""
    members = [site(name, max_mw="0.004") for name in "AB"]
    question = asked(72, *members, deadline_days=9, use=("slow",))
    found = needs(question, small)
    kinds = {i.item.key.accelerator for g in found.given if g.plan for s in g.plan.sites for i in s.items}
    assert kinds == {"slow"} and needed(found)["grid@A"] == dec("0.005")


def test_a_limit_from_some_day_on(small: Catalogue) -> None:
    """2 kW at first and 4 from day 5 on, alone: 2 x 10 + 2 x 5 = 30 of work in ten days. For 34 there must be 4.8, that
    is 5 kW from day 5 on; or 2.8, that is 3 kW from the first day on: 3 x 10 + 1 x 5 = 35."""
    place = Case(country="BR", tax_regime="redata", use=("slow",), max_mw="0.002")
    grows = Member("A", place, (Phase(from_day=5, max_mw="0.004"),))
    values = needed(needs(asked(34, grows, deadline_days=10), small))
    assert values["grid@A"] == dec("0.003") and values["grid@A from day 5"] == dec("0.005")


def test_two_limits_at_once_are_no_single_change(small: Catalogue) -> None:
    """The budget of 100 USD and nine days: neither alone would do."""
    members = [site(name, max_mw="0.004", use="slow") for name in "AB"]
    found = needs(asked(72, *members, deadline_days=9, total=Total(budget_usd=dec(100))), small)
    assert found.given == () and found.undetermined == ()


def test_rows_have_what_is_needed(small: Catalogue) -> None:
    """A row a site, its own limits in its own row, those of the run in every row; a row for the day of a phase."""
    place = Case(country="BR", tax_regime="redata", use=("slow",), max_mw="0.002")
    grows = Member("A", place, (Phase(from_day=5, max_mw="0.004"),))
    question = asked(34, grows, site("B", max_mw="0.0001"), deadline_days=10)
    found = decide(question, small)
    told = list(rows(found, joint_concessions(found)))
    assert [(row.site, row.start_days, row.status) for row in told] == [
        ("A", 0, "infeasible"),
        ("A", 5, "infeasible"),
        ("B", 0, "infeasible"),
    ]
    assert [row.needed_max_mw for row in told[:2]] == [dec("0.003"), dec("0.005")]
    assert len({row.needed_deadline_days for row in told}) == 1 and told[0].needed_deadline_days == 11
    assert all("any one of these changes is enough" in (row.reason or "") for row in told)


@pytest.mark.parametrize("name", ["budget", "capital", "tpp"])
def test_a_row_names_a_limit_on_all_sites_as_that(small: Catalogue, name: str) -> None:
    """Wrong: ``needed_max_capital_usd``, as if it were each site's own, next to ``needed_total_max_tpp``."""
    one, two = (site(n, max_mw="0.004", use="slow", site_setup_usd=usd) for n, usd in (("A", "5"), ("B", "7")))
    total, value = TOTALS[name]
    found = decide(asked(72, one, two, deadline_days=10, total=total), small)
    for row in rows(found, joint_concessions(found)):
        cells = {column: told for column, told in row.model_dump().items() if column.startswith("needed_") and told}
        assert cells.pop(f"needed_total_{KINDS[name].field}") == value
        assert not any(column.startswith("needed_total_") for column in cells)


def test_an_alone_price_beyond_a_joint_limit_is_marked(command: Cli) -> None:
    """Who pays what next to the plan of Mexico alone, which the budget of all sites does not allow; Brazil's it does.
    Amounts of limits stand as in any answer. Wrong: "1,585,000 of 3,000,000 USD"."""
    ran = command("consortium", "BR=1", "MX=1", "--deadline", "90d", "--budget", "3M", "-q")
    text = " ".join(ran.out.split())
    assert "$8.03M, over a limit on all sites together" in text and text.count("over a limit on all sites") == 1
    assert "the budget: $1,585,000 of $3,000,000 (52.9 %)" in text


def confirm(seed: int, known: Catalogue, *, phases: bool) -> int:
    """How many limits of a random consortium without a plan alone would do: there is a plan at each value, and none a
    thousandth, or a piece, below."""
    question = random_consortium(random.Random(seed), phases=phases)
    found = decide(question, known)
    if found.best is not None:
        return 0
    given = joint_concessions(found).given
    for one in given:
        whole = one.limit.described.whole
        below = short_of(one.needed, True) if whole else one.needed * (1 - Decimal("0.001"))
        at, less = (relax_joint(question, one.limit, value) for value in (one.needed, below))
        if at is None:
            continue
        assert decide(at, known).best is not None, (seed, str(one.limit))
        if less is not None and Fraction(below) > one.asked:
            assert decide(less, known).best is None, (seed, str(one.limit))
    return len(given)


def test_there_is_a_plan_at_the_value_and_none_below(frozen: Catalogue) -> None:
    """A random consortium: each value that is said does, and a thousandth less does not. The campaign has hundreds."""
    assert confirm(SEED, varied_catalogue(frozen), phases=False) >= 1


@pytest.mark.campaign
@pytest.mark.parametrize("phases", [False, True], ids=["all at once", "phases"])
def test_there_is_a_plan_at_the_value_and_none_below_campaign(frozen: Catalogue, phases: bool) -> None:
    known = varied_catalogue(frozen)
    for seed in range(5000, 5000 + share_of(200)):
        confirm(seed, known, phases=phases)


def test_where_nothing_can_be_had_no_limit_is_offered(small: Catalogue) -> None:
    """Sites that exclude all that there is: more megawatts are no help, and none are offered."""
    members = [site(name, max_mw="0.004", avoid=("slow", "fast", "hire")) for name in "AB"]
    found = needs(asked(72, *members, deadline_days=9), small)
    assert found.given == () and found.cause != "limits"


def test_a_plan_with_a_substation_is_one_without_where_there_is_no_room_for_it(live: Catalogue) -> None:
    """The least use of the grid is looked for with all the room there is, where servers with a substation are options
    too, and draw as much as those without. At the value that was found there are none. Wrong: a KeyError."""
    question = Consortium(Case(deadline_days=60), tuple(Member(c, Case(country=c, max_mw="0.4")) for c in ("BR", "MX")))
    found = decide(question, live)
    roomy = relax_joint(question, Limit("grid", site="BR"), Decimal(100_000))
    assert roomy is not None
    ready, lifted = (of_sites.problems_of(found, one)[0] for one in (question, roomy))
    high = [o for o, option in enumerate(lifted.problem.options) if option.key.connection == "hv"]
    assert high and not any(option.key.connection == "hv" for option in ready.problem.options)
    (option, servers, _), *none = of_sites._in(ready, lifted, ([(high[0], 2, Fraction(1))], 60))[0]
    one, other = lifted.problem.options[high[0]].key, ready.problem.options[option].key
    assert not none and servers == 2 and replace(one, connection="") == replace(other, connection="")
