"""Renting at offers that stand: who offers, where, at what price; and what is said where nobody does."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

from optimizer import Plan
from optimizer.answers.words.terms_words import aged_words
from optimizer.case.grades import Grade
from optimizer.case.rents import RentBasis, rent_of
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.option import machine_devices
from optimizer.insight.firmness import item_grades
from optimizer.insight.full_answer import answer
from optimizer.solve.planner import plan

COUNTRIES = ("BR", "MX", "CL", "IN", "AE", "DE", "ES", "JP", "ZA")
GRID = list(itertools.product(COUNTRIES, ("1", "2", "5"), (120, 240, 365)))


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_rent_below_the_lowest_offer_in_the_country(live: Catalogue, country: str) -> None:
    """81 cases, whatever is cheapest and whatever is cheapest of what is rented: no rent is below 0.95 of the lowest
    offer of any terms but spot and marketplace for that accelerator there, and each is somebody's. Wrong: a list price
    of one provider times the premium of another, at a fraction of what anybody asks."""
    for _, max_mw, days in (one for one in GRID if one[0] == country):
        for procurement in ((), ("rent",)):
            case = Case(country=country, max_mw=max_mw, deadline_days=days, procurement=procurement)
            found = plan(case, live)
            for item in found.items if isinstance(found, Plan) else ():
                if item.key.procurement != "rent":
                    continue
                there = [
                    offer.usd_per_hour
                    for offer in live.offers
                    if (offer.country, offer.accelerator) == (country, item.key.accelerator)
                    and offer.terms not in ("spot", "marketplace")
                ]
                rent = rent_of(found.setting, item.key.accelerator)
                assert rent is not None and rent.offer is not None and rent.offer.provider
                assert rent.usd_per_hour >= Decimal("0.95") * min(there)
                paid = found.cost_terms["rent"] / (item.server_days * 24 * item.accelerators / item.servers)
                assert paid == rent.usd_per_hour


def test_the_provider_is_named_in_every_form(command: Cli) -> None:
    """In words, in JSON and in a row: provider, region, date and terms."""
    words = (
        "plan",
        "--country",
        "ZA",
        "--procurement",
        "rent",
        "--workload",
        "llama-3.1-8b",
        "-q",
        "--data",
        str(LIVE),
    )
    shown = " ".join(command(*words).out.split())
    assert "on demand from Microsoft Azure, southafricanorth" in shown and "(public list of 2026-06-18)" in shown
    (item,) = json.loads(command(*words, "--json").out)["outputs"]["plan"]["items"]
    rent = item["rent"]
    assert (rent["provider"], rent["region"], rent["terms"]) == ("Microsoft Azure", "southafricanorth", "on_demand")
    assert rent["basis"] == "offer" and rent["usd_per_hour"] > 0
    header, row = command(*words, "--csv").out.splitlines()
    assert "Microsoft Azure" in row and "rent_provider" in header


def test_where_nobody_offers_nothing_is_rented_and_it_is_said(live: Catalogue, command: Cli) -> None:
    """In Ghana: no plan rents; what renting at list price would come to is shown beside the answer, and is no plan."""
    found = answer(Case(country="GH", max_mw=1, deadline_days=365), live)
    assert isinstance(found.outcome, Plan) and {item.key.procurement for item in found.outcome.items} == {"buy"}
    assert found.rent_at_list is not None and found.rent_at_list.items[0].key.procurement == "rent"
    single = [row.id for row in live.accelerators.values() if row.is_estimate("rent_usd_per_hour")]
    assert single and found.rent_at_list.items[0].key.accelerator not in single, "a rent that one list alone has"
    words = ("plan", "--country", "GH", "--max-mw", "1", "--deadline", "365d", "-q", "--data", str(LIVE))
    assert "no public offer to rent in Ghana is known" in " ".join(command(*words).out.split())
    assert answer(Case(country="BR", max_mw=1, deadline_days=365), live).rent_at_list is None


def test_an_offer_of_a_smaller_machine_is_no_lack_of_offers(live: Catalogue, command: Cli) -> None:
    """FPT offers single H100 in Viet Nam: the answer said that no public offer is known there."""
    assert any(offer.country == "VN" for offer in live.offers)
    words = ("plan", "--country", "VN", "--workload", "llama-3.1-8b", "--deadline", "200d", "-q", "--data", str(LIVE))
    shown = " ".join(command(*words, "--max-mw", "0.5", "--full").out.split())
    assert "no public offer to rent in Viet Nam" not in shown
    assert "only smaller machines are offered to rent in Viet Nam (FPT AI Factory, 1 of a server)" in shown


@pytest.mark.parametrize("word", ["CO", "Colombia", "colombia", "COL"])
def test_a_country_without_offers_is_named(command: Cli, word: str) -> None:
    """`data show offers VN` works, so that of Colombia is natural to type: the answer was a list of machines."""
    ran = command("data", "show", "offers", word, "--data", str(LIVE))
    assert ran.status == 2 and "no row of offers is of Colombia" in ran.err
    assert command("data", "show", "offers", "Viet Nam", "--data", str(LIVE)).status == 0


@pytest.mark.parametrize(
    ("fields", "usd", "basis"),
    [
        ({"rent": "h100=5"}, "5", RentBasis.STATED),
        ({"rent": "h100=4:6"}, "5", RentBasis.STATED),
        ({"rent": {"h100": "4.5"}, "rent_premium": 1}, "4.5", RentBasis.STATED),
        ({"rent_premium": "0.5"}, "3.75", RentBasis.WORLD),
        ({}, "3", RentBasis.OFFER),
    ],
)
def test_whose_word_a_rent_is(frozen: Catalogue, fields: dict[str, Any], usd: str, basis: RentBasis) -> None:
    """The user's own figure first, then the world's list price with a stated premium (2.50 x 1.5), then the offer."""
    found = plan(Case(workload="moe-10k", procurement="rent", use="h100", **fields), frozen)
    assert isinstance(found, Plan)
    rent = rent_of(found.setting, "h100")
    assert rent is not None and (rent.usd_per_hour, rent.basis) == (Decimal(usd), basis)


def test_a_family_may_be_stated(live: Catalogue) -> None:
    """A rent of ``h100`` is one of each of its forms."""
    found = plan(Case(rent="h100=0.5", procurement="rent", use="h100", workload="llama-3.1-8b"), live)
    assert isinstance(found, Plan)
    assert {name for name, _, _ in found.setting.case.rent} == {"h100_sxm5_80", "h100_pcie_80", "h100_nvl_94"}


@pytest.mark.parametrize("text", ["h100", "h100=", "h100=x", "h100=0", "h100=-1", "h100=3:2", "h100=1;h100=2", "=3"])
def test_a_rent_that_cannot_be_read_is_refused(command: Cli, text: str) -> None:
    """One message, status 2, no traceback."""
    ran = command("plan", "--rent", text, "-q")
    assert ran.status == 2 and "--rent" in ran.err and "Traceback" not in ran.err


def test_abroad_rests_on_more_than_one_list(live: Catalogue) -> None:
    """The GH200 stands in one list alone, below all others: abroad it is named only where a case asks for it."""
    case = Case(country="BR", max_mw="1", deadline_days=150)
    found, asked = answer(case, live).cloud, answer(case.changed(use=("gh200",)), live).cloud
    assert found is not None and not live.accelerators[found.accelerator].is_estimate("rent_usd_per_hour")
    assert asked is not None and asked.accelerator == "gh200" and asked.cost_usd < found.cost_usd


def test_a_list_more_than_a_year_old_is_named(live: Catalogue) -> None:
    """Sweden's plan rents at a list of September 2025, fourteen months before the day of the plan, and asked only for a
    quote. A list that says no more than its year, or one of this year, is not called old."""
    case = Case(country="SE", use=("h100_sxm5_80",), procurement=("rent",))
    for date, is_old in (("2026-11-22", True), ("2026-09-30", False)):
        found = plan(case.changed(date=date), live)
        assert isinstance(found, Plan)
        (item,) = found.items
        assert aged_words(found, item).startswith("a price of today: the list of AWS is of 2025-09") is is_old
    offer = live.hire["SE", "h100_sxm5_80"]
    dated = replace(live, hire={**live.hire, ("SE", "h100_sxm5_80"): offer.model_copy(update={"as_of": "2025"})})
    found = plan(case, dated)
    assert isinstance(found, Plan) and aged_words(found, found.items[0]) == ""


def test_no_run_over_several_servers_is_on_servers_that_stand_alone(live: Catalogue) -> None:
    """Poland's and Spain's plans rented hundreds of H100 in machines of which our own row said that they are not for
    training on several nodes; Italy's rented 1,392 H200 of a list that gives its machines of eight no region at all,
    and no currency, as "listed": 1.3 million in place of 3.7. Whoever says the price of such a list knows it not."""
    alone = [offer for offer in live.offers if offer.alone]
    assert len(alone) > 15 and all("not for training on several nodes" not in o.note or o.alone for o in live.offers)
    used = [*live.hire.values(), *live.committed.values()]
    assert not [o for o in used if o.alone and machine_devices(o.instance) == 0 and (o.devices or 1) >= 8]
    for code in ("PL", "ES"):
        assert live.hire[code, "h100_sxm5_80"].instance == "Standard_ND96isr_H100_v5"
    assert live.hire["IT", "h200_sxm_141"].provider == "Microsoft Azure"
    case = Case(country="IT", workload="olmo-3-7b", way="lora", use=("l40s",), procurement=("rent",))
    found = plan(case, live)
    assert isinstance(found, Plan) and found.items[0].key.machine == 4
    assert item_grades(found, found.items[0])["price"] is Grade.ESTIMATE
