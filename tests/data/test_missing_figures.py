"""What is missing in the data never becomes 0: no price, no rent and no duty is a reason, and no cheaper plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_data import rewrite, the

from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.domain.offers import RESERVED_YEARS
from optimizer.domain.reasons import Reason, ReasonKind
from optimizer.options.table import options_table
from optimizer.solve.planner import prepare


@pytest.mark.parametrize("workload", ["deepseek-v3-10t", "llama-3.1-8b"])
@pytest.mark.parametrize("country", ["BR", "MX", "AE"])
def test_an_accelerator_without_a_price_is_never_bought(live: Catalogue, workload: str, country: str) -> None:
    """Each of the unpriced is out with that reason (or one that comes before it); at $0 it would win every case."""
    table = prepare(Case(workload=workload, country=country), live).table
    bought = {o.key.accelerator for o in table.options if o.key.procurement == "buy"}
    unpriced = {a.id for a in live.accelerators.values() if a.unit_price_usd is None}
    assert len(unpriced) == 12
    assert not bought & unpriced
    for name in unpriced:
        reasons = [e.reason for e in table.excluded if e.accelerator == name and e.procurement in ("", "buy")]
        earlier = (ReasonKind.NO_SERVER, ReasonKind.NO_EFFICIENCY)
        assert reasons == [Reason(ReasonKind.NO_PURCHASE_PRICE)] or (
            len(reasons) == 1 and reasons[0].kind in earlier
        ), name
    priced_out = {e.accelerator for e in table.excluded if e.reason.kind is ReasonKind.NO_PURCHASE_PRICE}
    assert {
        "v100_sxm2_32",
        "a800_sxm4_80",
        "h100_nvl_94",
        "gh200",
        "h800_sxm5_80",
    } == priced_out


def test_every_option_costs_something(live: Catalogue) -> None:
    """Bought: more than $1,000 a device; hired: more than $1 a device and day, wherever it stands.

    Reserved: the whole term at once."""
    for country in sorted(key for key, row in live.countries.items() if row.engineer_usd_per_year is not None):
        table = options_table(settle(Case(workload="llama-3.1-8b", country=country), live))
        for i, option in enumerate(table.options):
            if option.key.procurement == "buy":
                assert table.server_usd[i] > 1000 * table.devices[i], option.key.name
            if option.key.terms in RESERVED_YEARS:  # the whole term is paid at once
                assert table.server_usd[i] > 365 * table.devices[i], option.key.name
            else:
                assert table.server_day_usd[i] > 1.0, option.key.name


def test_a_price_taken_away_becomes_a_reason(copy: Path) -> None:
    """The H100 with an empty price cell: not bought, with the reason; still for hire at its rent."""
    rewrite(
        copy / "accelerators.csv", lambda rows: the(rows, id="h100_sxm5_80").update(unit_price_usd="", price_source="")
    )
    table = prepare(Case(country="BR"), load_catalogue(copy)).table
    ways = {o.key.procurement for o in table.options if o.key.accelerator == "h100_sxm5_80"}
    assert ways == {"rent"}
    assert ("h100_sxm5_80", "buy", Reason(ReasonKind.NO_PURCHASE_PRICE)) in {
        (e.accelerator, e.procurement, e.reason) for e in table.excluded
    }


def _without_h100_in_brazil(rows: list[str]) -> None:
    rows[:] = [row for row in rows if (row["accelerator"], row["country"]) != ("h100_sxm5_80", "BR")]


def test_a_rent_taken_away_becomes_a_reason(copy: Path) -> None:
    """Likewise for renting: without an offer in the country nothing is rented, whatever the world's lists say."""
    rewrite(copy / "offers.csv", _without_h100_in_brazil)
    folder = load_catalogue(copy)
    table, world = prepare(Case(country="BR"), folder).table, folder.accelerators["h100_sxm5_80"].rent_usd_per_hour
    assert {o.key.procurement for o in table.options if o.key.accelerator == "h100_sxm5_80"} == {"buy"}
    brazil = folder.countries["BR"]
    assert ("h100_sxm5_80", "rent", Reason(ReasonKind.NO_OFFER, country=brazil, world_usd_per_hour=world)) in {
        (e.accelerator, e.procurement, e.reason) for e in table.excluded
    }


def test_an_unknown_duty_is_a_reason_and_not_a_duty_of_0(live: Catalogue) -> None:
    """Serbia's and Bosnia's duty is not known: nothing is bought there until the case states one."""
    for country in ("RS", "BA"):
        table = prepare(Case(country=country), live).table
        assert not [o for o in table.options if o.key.procurement == "buy"]
        assert any(e.reason.kind is ReasonKind.NO_IMPORT_DUTY for e in table.excluded)
        stated = prepare(Case(country=country, import_duty="0"), live).table
        assert [o for o in stated.options if o.key.procurement == "buy"]


def test_without_an_offer_the_user_may_state_a_rent(copy: Path) -> None:
    """A price of one's own makes it an option again, at that price; so does a premium over the world's list price."""
    rewrite(copy / "offers.csv", _without_h100_in_brazil)
    folder = load_catalogue(copy)
    for stated in ({"rent": {"h100_sxm5_80": "5"}}, {"rent_premium": "0.5", "assume_hire": True}):
        ready = prepare(Case(country="BR", use="h100_sxm5_80", **stated), folder)
        assert any(o.key.procurement == "rent" for o in ready.table.options), stated
