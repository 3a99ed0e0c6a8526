"""What a site makes of a price: its team, who bears the taxes, what is for hire there, its hottest hours."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from optimizer import Infeasible, Plan
from optimizer.answers.words.reason_words import reason_words
from optimizer.answers.words.terms_words import regime_words, vat_words
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.catalogue.offers import lowest_offers
from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import ReasonKind
from optimizer.errors import UsageError
from optimizer.insight.curves.tipping import tipping
from optimizer.options.cost import landed_factor
from optimizer.solve.planner import plan, prepare
from optimizer.uncertainty.drawn_option import draw_option
from optimizer.uncertainty.fixed_choice import scenario_setting
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs

FOUR = Case(workload="dense-small", country="BR", use="a100", procurement="buy", deadline_days=25)
"""4 servers of 8 for 25 days."""


def test_posts_go_by_way_and_size(live: Catalogue) -> None:
    """A fine-tuning of a small model took the 25 posts of a national run. From scratch never fewer than by an easier
    way of the same model, a larger model never fewer than a small one; each has a range; the user's own go first."""

    def posts(**fields: Any) -> Decimal:
        figure = settle(Case(country="BR", **fields), live).figures["staff_fte"]
        assert figure.range is None or figure.range[0] <= figure.value <= figure.range[1]
        return figure.value

    small, large = ({"workload": name} for name in ("llama-3.1-8b", "llama-3.1-70b"))
    for model in (small, large):
        ways = [posts(**model, tokens_t="0.01", way=way) for way in ("lora", "finetune", "continued", "pretrain")]
        assert ways == sorted(ways) and ways[0] < ways[-1]
    assert posts(**small) < posts(**large)
    assert posts(**large, staff_fte=3) == 3
    assert posts(workload="llama-3.1-70b", assumptions="study-2025") == 0


def test_own_posts_are_paid_by_hand(frozen: Catalogue) -> None:
    """10 posts at 36,500 USD a year are 1,000 USD a day of the run; 4 are 400. Data without staff.csv take one figure
    for all."""
    usual, own = (plan(FOUR.changed(staff_fte=posts), frozen) for posts in (None, 4))
    assert isinstance(usual, Plan) and isinstance(own, Plan)
    assert (usual.cost_terms["staff"], own.cost_terms["staff"]) == (25 * 1000, 25 * 400)


def test_posts_are_drawn_from_their_row(live: Catalogue) -> None:
    """The doubt is that of the row that speaks of the run, and moves what the case is settled with."""
    setting = settle(Case(country="BR", workload="llama-3.1-8b", way="finetune", tokens_t="0.001"), live)
    known = uncertain_inputs(setting, ())
    (given,) = (one for one in known.inputs if one.name == "staff_fte")
    assert (given.low[0], given.central[0], given.high[0]) == (1, 3, 8)
    assert scenario_setting(known, {"staff_fte": (Decimal(8),)}).figures["staff_fte"].value == 8


def test_a_public_buyer_bears_the_vat_by_hand(live: Catalogue) -> None:
    """Mexico: no duty and 16 % of VAT, which a company gets back: a public buyer's hardware costs 1.16 times as much.
    In Australia public bodies claim it like companies, and Germany's do not."""
    for country, times in (("MX", Fraction("1.16")), ("AU", Fraction(1)), ("DE", Fraction("1.19"))):
        private, public = (
            plan(Case(country=country, use="h100_sxm5_80", procurement="buy", deadline_days=300, buyer=buyer), live)
            for buyer in ("private", "public")
        )
        assert isinstance(private, Plan) and isinstance(public, Plan)
        assert public.capital_usd == private.capital_usd * times
    assert settle(Case(country="MX"), live).case.buyer == "private"  # said among what was assumed
    assert any(one.field == "buyer" for one in settle(Case(country="MX"), live).assumed)


def test_the_card_says_who_bears_the_vat(live: Catalogue) -> None:
    """Without a word, a ministry takes the figure of a company for its own."""
    words = {}
    for buyer in ("private", "public"):
        found = plan(Case(country="MX", use="h100_sxm5_80", procurement="buy", deadline_days=300, buyer=buyer), live)
        assert isinstance(found, Plan)
        (words[buyer],) = vat_words(found)
    assert "--buyer public" in words["private"] and "VAT of 16.0 %" in words["public"]


def test_import_taxes_are_those_of_the_day_of_delivery(live: Catalogue) -> None:
    """An order of 2026-11-22 arrives 90 days later, under Brazil's reform of 2027: 1.51 times the CIF value, not 1.79;
    counted from training or from the order alike. What is said to arrive in 2026 pays the taxes of 2026."""
    for counted in ("training", "order"):
        late = settle(Case(country="BR", date="2026-11-22", deadline_from=counted), live)
        early = settle(Case(country="BR", date="2026-08-01", deadline_from=counted), live)
        assert late.customs_day == "2027-02-20" and early.customs_day == "2026-10-30"
        assert round(landed_factor(late.tax), 2) == 1.51 and round(landed_factor(early.tax), 2) == 1.79


def test_what_a_named_regime_asks_for_is_said(live: Catalogue) -> None:
    """REDATA binds its buyer to clean power, water, research and the home market: a factor alone would hide that."""
    case = Case(country="BR", use="h100_sxm5_80", procurement="buy", deadline_days=300, tax_regime="redata")
    found, plain = plan(case, live), plan(case.changed(tax_regime=None), live)
    assert isinstance(found, Plan) and isinstance(plain, Plan)
    assert "redata" in regime_words(found)[0] and not regime_words(plain)


def test_supply_to_hire_goes_by_country(live: Catalogue) -> None:
    """By the performance that is known to stand there, in whole devices; both sides of the proof read it by themselves.
    Where nothing is known, one figure for all. A supply that the case states goes before."""
    for country in ("BR", "VN", "CL"):
        ready = prepare(Case(country=country, rent_premium=0, assume_hire=True, deadline_days=365), live)
        row = live.supply.get(country)
        caps = {cap.limit: cap.bound for cap in ready.asked.caps if cap.limit.kind == "hire"}
        assert caps == {cap.limit: cap.bound for cap in ready.problem.caps if cap.limit.kind == "hire"}
        for limit, bound in caps.items():
            chip = live.accelerators[limit.accelerator or ""]
            assert bound == (1024 if row is None else row.tpp // chip.tpp)
    assert live.supply["VN"].tpp < live.supply["BR"].tpp < live.supply["US"].tpp and "CL" not in live.supply
    stated = prepare(Case(country="VN", rent_premium=0, assume_hire=True, supply={"h100_sxm5_80": 5000}), live)
    assert Limit("hire", "h100_sxm5_80") not in {cap.limit for cap in stated.asked.caps}


def test_supply_is_drawn_and_both_sides_agree(live: Catalogue) -> None:
    """Draw by draw the vectorised odds and the exact figures say the same of what can be hired."""
    ready = prepare(Case(country="BR", use="h200", procurement="rent", deadline_days=100), live)
    sample = Sample(uncertain_inputs(ready.setting, (ready.table.options[-1].key,)), 40, 1)
    assert "supply" in {given.name for given in sample.known.inputs}
    drawn = draw_option(ready, len(ready.table.options) - 1, sample)
    servers, limit = 240, Limit("hire", drawn.option.key.accelerator)
    met = drawn.within(servers)[0][limit]
    assert 0 < met.sum() < 40
    for draw in range(0, 40, 5):
        assert (limit in drawn.exactly(servers, draw).missed) is not bool(met[draw])


def test_a_machine_smaller_than_a_server_is_no_cluster(live: Catalogue) -> None:
    """Switzerland rented 1,024 H100 NVL as virtual machines of two cards, which no network joins. Every offer that a
    plan takes is of whole servers, or of a rack's trays; the others are said, with their provider."""
    for (_, accelerator), offer in live.hire.items():
        chip = live.accelerators[accelerator]
        assert offer.devices is None or offer.devices >= (chip.tray_devices or chip.server_devices or 1)
    assert ("CH", "h100_nvl_94") in live.small_machines and ("CH", "h100_nvl_94") not in live.hire
    assert not live.small_machines.keys() & live.hire.keys()
    table = prepare(Case(country="CH", use="h100_nvl_94"), live).table
    reasons = [one.reason for one in table.excluded if one.procurement == "rent"]
    assert [reason.kind for reason in reasons] == [ReasonKind.SMALL_MACHINES]
    assert "not planned for a cluster" in reason_words(reasons[0]) and reasons[0].provider in reason_words(reasons[0])
    own = prepare(Case(country="CH", use="h100_nvl_94", rent={"h100_nvl_94": "9"}), live).table
    assert any(option.key.procurement == "rent" for option in own.options)


def test_the_lowest_whole_offer_by_hand(frozen: Catalogue) -> None:
    """Of 1, 2 and 1.5 USD for 4, 8 and 16 devices of an eight-device server, 1.5 is the lowest; without the larger two,
    the small one is said and planned with by nobody. A list that states no size counts as whole."""
    row = next(offer for offer in frozen.offers if offer.accelerator == "a100" and offer.country == "BR")
    made = {
        size: row.model_copy(update={"devices": size, "usd_per_hour": Decimal(usd)})
        for size, usd in ((4, "1"), (8, "2"), (16, "1.5"), (None, "0.5"))
    }
    chips = frozen.accelerators
    key = ("BR", "a100")
    assert lowest_offers([made[4], made[8], made[16]], chips) == ({key: made[16]}, {})
    assert lowest_offers([made[4]], chips) == ({}, {key: made[4]})
    assert lowest_offers([made[4], made[None]], chips) == ({key: made[None]}, {})
    rack = {**chips, "a100": chips["a100"].model_copy(update={"tray_devices": 4})}
    assert lowest_offers([made[4], made[8]], rack) == ({key: made[4]}, {})


def test_the_grid_carries_the_hottest_hours_by_hand(frozen: Catalogue) -> None:
    """4 x (7.2 + 8 x 0.1) = 32 kW: at a PUE of 1.5 48 kW at the peak; at 1.8 in the hottest hours 57.6 kW, and the
    energy of the year stays that of 1.5. A peak below the year's is none. Wrong: a yearly ratio that sets the peak."""
    usual, hot, low = (plan(FOUR.changed(peak_pue=value), frozen) for value in (None, "1.8", "1.2"))
    assert isinstance(usual, Plan) and isinstance(hot, Plan) and isinstance(low, Plan)
    assert (usual.peak_kw, hot.peak_kw, low.peak_kw) == (48, Fraction("57.6"), 48)
    assert usual.energy_kwh == hot.energy_kwh == 23_040 and usual.cost_usd == hot.cost_usd
    assert isinstance(plan(FOUR.changed(peak_pue="1.8", max_mw="0.0576"), frozen), Plan)
    assert isinstance(plan(FOUR.changed(peak_pue="1.8", max_mw="0.0575"), frozen), Infeasible)


def test_tipping_of_the_pue_knows_one_pue(frozen: Catalogue) -> None:
    """Between the two the peak would bend: refused, not searched along a line that it is not."""
    with pytest.raises(UsageError, match="peak_pue"):
        tipping(FOUR.changed(peak_pue="1.8"), frozen, "pue", Decimal("1.1"), Decimal("2"))


def test_a_public_buyer_bears_the_vat_on_the_rent_by_hand(live: Catalogue) -> None:
    """15 % in South Africa, on the rent as on the hardware, none of it back. Wrong: a rent that wins because its tax
    was left out, without a word."""
    case = Case(country="ZA", max_mw="2", deadline_days=200, procurement=("rent",), use="h200_sxm_141")
    private, public = (plan(case.changed(buyer=buyer), live) for buyer in ("private", "public"))
    assert isinstance(private, Plan) and isinstance(public, Plan) and "duty_and_tax" not in private.cost_terms
    assert public.cost_terms["duty_and_tax"] == public.cost_terms["rent"] * Fraction(15, 100)
    assert "--buyer public" in vat_words(private)[0] and "VAT of 15.0 % on the rent" in vat_words(public)[0]
    ready, (item,) = prepare(case.changed(buyer="public"), live), public.items
    place = next(i for i, option in enumerate(ready.table.options) if option.key == item.key)
    drawn = draw_option(ready, place, Sample(uncertain_inputs(ready.setting, (item.key,)), 6, 1))
    exactly = [float(drawn.exactly(item.servers, draw).cost_usd) for draw in range(6)]
    assert drawn.cost_usd(item.servers).tolist() == pytest.approx(exactly, rel=1e-12)
