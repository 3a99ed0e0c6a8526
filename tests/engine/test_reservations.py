"""Reservations and minimum days of hire: counted out, by hand, in every form, on both sides of the proof."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from against_counting import check
from commands import Cli
from drawn import Asked, drawn
from pydantic import ValidationError
from share import share_of
from worlds import dec, plain_case, plain_catalogue

from optimizer import Case, Plan
from optimizer.catalogue import Catalogue
from optimizer.catalogue.offers import committed_offers, lowest_offers
from optimizer.domain import Offer
from optimizer.model.filling import fill
from optimizer.model.in_pyomo import build
from optimizer.model.standard_form import compile_model
from optimizer.plans.verify import verify
from optimizer.solve.claim import state_programme
from optimizer.solve.planner import plan, prepare
from optimizer.uncertainty.drawn_option import draw_option
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs

TERMS: dict[str, dict[str, Any]] = {
    "min_2d": {"terms": "on_demand", "min_days": 2},
    "min_9d": {"terms": "on_demand", "min_days": 9},
    "reserved_1y": {"terms": "reserved_1y"},
}


def offered(catalogue: Catalogue, **usd_by_terms: str) -> Catalogue:
    """A catalogue with commitments for each accelerator hired in Brazil, at a share of what it costs on demand."""
    committed = {
        (*at, terms): offer.model_copy(update={**TERMS[terms], "usd_per_hour": offer.usd_per_hour * dec(share)})
        for at, offer in catalogue.hire.items()
        for terms, share in usd_by_terms.items()
    }
    return replace(catalogue, committed=committed, cache={})


def with_commitments(asked: Asked, seed: int) -> Asked:
    """A random case whose hire may be committed to, too; the minimum may be that of the only offer there is."""
    rng = random.Random(f"commitments {seed}")
    shares = {
        terms: str(rng.choice([0.002, 0.01, 0.03] if terms == "reserved_1y" else [0.1, 0.4, 0.7, 0.95]))
        for terms in rng.sample(sorted(TERMS), rng.randint(1, 2))
    }
    catalogue = offered(asked.catalogue, **shares)
    if rng.random() < 0.4:
        least = rng.choice([2, 5, 30])
        hire = {at: offer.model_copy(update={"min_days": least}) for at, offer in catalogue.hire.items()}
        catalogue = replace(catalogue, hire=hire)
    return Asked(asked.case, catalogue, asked.squeezed)


def counted(seeds: range, frozen: Catalogue, mix: int) -> Counter[str]:
    """How often each commitment is chosen where every answer is held against counting."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        asked = with_commitments(drawn(seed, frozen, mix=mix), seed)
        try:
            _, best, outcome = check(asked)
        except Exception as error:
            raise AssertionError(f"mix {mix}, seed {seed}: {error}") from error
        for item in outcome.items if isinstance(outcome, Plan) else ():
            seen[item.key.terms or "none"] += 1
            seen["billed beyond work"] += outcome.cost_terms.get("rent", 0) > 0 and _idle(outcome)
        seen["feasible"] += best is not None
    return seen


def _idle(outcome: Plan) -> bool:
    """Whether a hire bills days that nobody works."""
    hire = outcome.setting.catalogue.hire
    return any(
        (hire[item.key.site, item.key.accelerator].min_days or 0) * item.servers > item.server_days
        for item in outcome.items
        if item.key.procurement == "rent" and not item.key.terms
    )


def test_one_option_equals_counting(frozen: Catalogue) -> None:
    """Random cases: same verdict, objective, cost, days, servers and option, exactly. Wrong: another one."""
    seen = sum((counted(range(first, first + 5), frozen, mix=1) for first in (0, 12, 40, 70, 75)), Counter())
    assert seen["feasible"] > 8 and all(seen[terms] for terms in TERMS), seen


def test_a_mix_equals_counting(frozen: Catalogue) -> None:
    """The same of two kinds, which share the work: each server is billed for its own days."""
    seen = sum((counted(range(seed, seed + 1), frozen, mix=2) for seed in (40, 45, 49)), Counter())
    assert seen["feasible"] > 2 and all(seen[terms] for terms in TERMS), seen


@pytest.mark.parametrize("mix", [1, 2])
def test_the_arrays_filled_are_those_of_the_statement(frozen: Catalogue, mix: int) -> None:
    """Rows and columns of what is billed beyond work, entry by entry. Wrong: a row that HiGHS never sees."""
    billed = 0
    for seed in range(40, 60 if mix == 1 else 49):
        asked = with_commitments(drawn(seed, frozen, mix=mix), seed)
        given = state_programme(prepare(asked.case, asked.catalogue), "cost", mix)
        if given is None:
            continue
        filled, compiled = fill(given), compile_model(build(given))
        assert all(np.array_equal(getattr(filled, f.name), getattr(compiled, f.name)) for f in fields(filled))
        billed += bool(given.billed)
    assert billed > 2


def test_draws_bill_the_minimum_too(frozen: Catalogue) -> None:
    """A fixed fleet in every draw, exactly and in floats: where a faster run ends before its minimum, the minimum is
    paid. Wrong: the expected cost of days that the provider does not sell."""
    hire = {at: row.model_copy(update={"min_days": 40}) for at, row in frozen.hire.items()}
    catalogue = replace(frozen, hire=hire, cache={})
    case = Case(country="BR", use="h100", procurement="rent", deadline_days=60)
    ready = prepare(case, catalogue)
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    place = next(i for i, option in enumerate(ready.table.options) if option.key == found.items[0].key)
    sample = Sample(uncertain_inputs(ready.setting, (found.items[0].key,)), 12, 1)
    draws = draw_option(ready, place, sample)
    for servers in (found.servers, found.servers + 20):
        exactly = [float(draws.exactly(servers, draw).cost_usd) for draw in range(12)]
        assert draws.cost_usd(servers).tolist() == pytest.approx(exactly, rel=1e-12)
        rent = 40 * servers * 8 * 24 * float(catalogue.hire["BR", "h100"].usd_per_hour)
        assert min(exactly) >= rent


@pytest.mark.campaign
def test_campaign(frozen: Catalogue) -> None:
    """1,500 single options and 300 mixes against counting."""
    counted(range(1000, 1000 + share_of(1500)), frozen, mix=1)
    counted(range(3000, 3000 + share_of(300)), frozen, mix=2)


# -- by hand -----------------------------------------------------------------------------------------------------------


def hired(frozen: Catalogue, **usd_by_terms: str) -> Catalogue:
    """One server of 1 PFLOP/s for 24 USD a day on demand, and commitments at shares of that."""
    return offered(plain_catalogue(frozen, {"one": {"pflops": 1, "usd_per_day": 24}}), **usd_by_terms)


@pytest.mark.parametrize(
    ("work", "terms", "usd"),
    [
        (100, "", 2400),  # 100 days at 24
        (182, "", 4368),  # the year at 12 a day: 4,380
        (183, "reserved_1y", 4380),  # 183 days on demand: 4,392
        (365, "reserved_1y", 4380),
    ],
)
def test_when_a_year_is_worth_it(frozen: Catalogue, work: int, terms: str, usd: int) -> None:
    """A year at half the price is paid whole: from half a year on it is cheaper. Wrong: the price of the days alone."""
    found = plan(plain_case(work, deadline_days=365, procurement="rent"), hired(frozen, reserved_1y="0.5"))
    assert isinstance(found, Plan) and (found.items[0].key.terms, found.cost_usd) == (terms, usd)
    assert found.cost_terms == {"rent": usd} and not verify(found)


def test_a_run_longer_than_its_term_stays_on_demand(frozen: Catalogue) -> None:
    """366 days of work with one server: two servers for a year, or one on demand; what comes after the term has no
    published price. Wrong: one server for 366 days at the price of 365."""
    catalogue = hired(frozen, reserved_1y="0.9")
    alone = {"max_mw": "0.001", "procurement": "rent", "deadline_days": 500}
    found = plan(plain_case(366, **alone), catalogue)
    assert isinstance(found, Plan) and (found.items[0].key.terms, found.days, found.cost_usd) == ("", 366, 366 * 24)
    shorter = plan(plain_case(365, **alone), catalogue)
    assert isinstance(shorter, Plan) and (shorter.items[0].key.terms, shorter.cost_usd) == (
        "reserved_1y",
        365 * 24 * dec("0.9"),
    )


def test_minimum_days_are_billed(frozen: Catalogue) -> None:
    """10 server-days of work in 2 days: 5 servers, each billed for 9 days at 0.6 of 24, or by the day at 24.
    Wrong: 10 days at 0.6, a price that nobody gives for two days."""
    catalogue = hired(frozen, min_9d="0.6")
    fast = plan(plain_case(10, deadline_days=2, procurement="rent"), catalogue)
    assert isinstance(fast, Plan) and (fast.items[0].key.terms, fast.cost_usd) == ("", 240)
    slow = plan(plain_case(10, deadline_days=10, procurement="rent"), catalogue)
    assert isinstance(slow, Plan) and (slow.items[0].key.terms, slow.cost_usd) == ("min_9d", Fraction(144))
    only = replace(catalogue, hire={at: row.model_copy(update={"min_days": 9}) for at, row in catalogue.hire.items()})
    must = plan(plain_case(10, deadline_days=2, procurement="rent"), replace(only, committed={}, cache={}))
    assert isinstance(must, Plan) and (must.servers, must.cost_usd) == (5, 5 * 9 * 24) and not verify(must)
    told = replace(must, cost_usd=Fraction(240), cost_terms={"rent": Fraction(240)})
    assert "rent" in "; ".join(map(str, verify(told))), "the days worked alone are no longer what is paid"


def test_days_billed_beyond_work_count_for_the_budget(frozen: Catalogue) -> None:
    """The 5 servers above are billed for 1,080 USD and work for 240: a budget of 1,080 has a plan, one of 1,079 none,
    by both proofs and by counting. Wrong: a plan, as the days worked alone were held against the budget."""
    catalogue = hired(frozen)
    hire = {at: row.model_copy(update={"min_days": 9}) for at, row in catalogue.hire.items()}
    for budget, usd in ((1080, 1080), (1079, None)):
        case = plain_case(10, deadline_days=2, procurement="rent", budget_usd=budget, max_accelerators=6)
        _, best, _ = check(Asked(case, replace(catalogue, hire=hire, cache={}), "by hand"))
        assert (best and best.cost_usd) == usd


def test_a_rent_of_ones_own_has_no_terms(frozen: Catalogue) -> None:
    """Whoever states a price has agreed on it: neither the minimum of a list nor a reservation goes before it."""
    catalogue = hired(frozen, reserved_1y="0.01", min_9d="0.01")
    found = plan(plain_case(300, deadline_days=365, procurement="rent", rent="one=2"), catalogue)
    assert isinstance(found, Plan) and (found.items[0].key.terms, found.cost_usd) == ("", 300 * 48)


# -- which offers, and how they are told -------------------------------------------------------------------------------


def offer(frozen: Catalogue, **fields: Any) -> Offer:
    return frozen.hire["BR", "h100"].model_copy(update=fields)


def test_which_offers_stand_beside_the_lowest_on_demand(frozen: Catalogue) -> None:
    """The lowest of each commitment; a minimum of days only where it is cheaper than no minimum; no spot, no contract,
    no list for all regions, no part of a server."""
    none = offer(frozen, usd_per_hour=dec(3))
    year = offer(frozen, usd_per_hour=dec(2), terms="reserved_1y")
    month = offer(frozen, usd_per_hour=dec("2.5"), min_days=30)
    others = [
        offer(frozen, usd_per_hour=dec("2.1"), terms="reserved_1y"),
        offer(frozen, usd_per_hour=dec(3), min_days=60),
        offer(frozen, usd_per_hour=dec(1), terms="spot"),
        offer(frozen, usd_per_hour=dec(1), terms="contract"),
        offer(frozen, usd_per_hour=dec(1), terms="reserved_3y", country="*"),
        offer(frozen, usd_per_hour=dec(1), terms="reserved_3y", devices=4),
    ]
    whole, _ = lowest_offers([month, none, year, *others], frozen.accelerators)
    assert whole["BR", "h100"] is none
    found = committed_offers([*others, year, month, none], frozen.accelerators, whole)
    assert found == {("BR", "h100", "reserved_1y"): year, ("BR", "h100", "min_30d"): month}
    assert lowest_offers([month, *others], frozen.accelerators)[0]["BR", "h100"] is month, "the only one there is"


def test_a_reservation_has_no_minimum(frozen: Catalogue) -> None:
    """It is paid whole: a second number of days would contradict the first."""
    with pytest.raises(ValidationError, match="paid for its whole term"):
        Offer.model_validate({**offer(frozen).model_dump(), "terms": "reserved_1y", "min_days": 30})


PACK = """
[country]
id = "BR"
[[offer]]
accelerator = "h100"
provider = "Committed"
usd_per_hour = 1
terms = "reserved_1y"
as_of = "2026-11-01"
source = "a quote"
[[offer]]
accelerator = "h100"
provider = "By the month"
usd_per_hour = 2.5
min_days = 30
[[offer]]
accelerator = "h100"
provider = "By the day"
usd_per_hour = 3
"""


def test_a_reservation_in_every_form(command: Cli, tmp_path: Any) -> None:
    """From a pack to text, JSON, CSV, options, batch and a plan that is read back: provider, terms, date, and that the
    whole year is paid."""
    pack = tmp_path / "committed.toml"
    pack.write_text(PACK, encoding="utf-8")
    case = ["--country", "BR", "--use", "h100", "--procurement", "rent", "--deadline", "365d", "--pack", str(pack)]
    told = " ".join(command("plan", *case).out.split())
    assert "reserved for 1 year from Committed" in told and "paid for the whole term" in told
    written = json.loads(command("plan", *case, "--json").out)
    (item,) = written["outputs"]["plan"]["items"]
    assert (item["terms"], item["rent"]["terms"], item["rent"]["provider"]) == (
        "reserved_1y",
        "reserved_1y",
        "Committed",
    )
    assert item["rent"]["as_of"] == "2026-11-01" and Decimal(item["rent"]["usd_per_hour"]) == 1
    hours = 365 * 24 * item["accelerators"]
    assert written["outputs"]["plan"]["cost_terms_usd"]["rent"] == hours
    row = command("plan", *case, "--csv").out.splitlines()
    cells = dict(zip(row[0].split(","), row[1].split(","), strict=False))
    assert (cells["rent_terms"], cells["rent_provider"]) == ("reserved_1y", "Committed")
    plan_file = tmp_path / "plan.json"
    plan_file.write_text(json.dumps(written), encoding="utf-8")
    assert command("verify", str(plan_file), "--pack", str(pack)).status == 0
    assert (
        "By the month" in command("options", *case, "--json").out
        or "min_30d" in command("options", *case, "--json").out
    )


def test_minimum_days_in_words(command: Cli, tmp_path: Any) -> None:
    """A short run on the only offer of a country: the card says that 30 days are billed."""
    pack = tmp_path / "month.toml"
    pack.write_text(PACK.split("[[offer]]")[0] + "[[offer]]" + PACK.split("[[offer]]")[2], encoding="utf-8")
    case = ["--country", "BR", "--use", "h100", "--procurement", "rent", "--deadline", "365d", "--pack", str(pack)]
    told = " ".join(command("plan", *case, "--objective", "days").out.split())
    assert "By the month" in told and "30 days are billed at least" in told
