"""The world's countries: built tables, embargoes, figures that are not known."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from worlds import LIVE

import optimizer
from optimizer.answers.words.reason_words import no_plan_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, Policy
from optimizer.domain.base import is_old
from optimizer.insight.provenance import inputs
from optimizer.law.routes import routes
from optimizer.plans.outcome import Plan
from optimizer.solve.planner import plan

BUILT = "built from data/raw/world"
RULES, DAY = "enforced-2026", "2026-11-22"
TODAY = date.fromisoformat(DAY)


def test_every_figure_of_a_built_row_is_in_the_raw_table(live: Catalogue) -> None:
    """Carbon, cost of capital, wages and VAT are those of the raw table; the tariff the survey's times its ratio."""
    with (LIVE / "raw" / "world" / "countries_world.csv").open(encoding="utf-8", newline="") as file:
        raw = {row["iso2"]: row for row in csv.DictReader(file)}
    built = [row for row in live.every_country.values() if row.verification.startswith(BUILT)]
    assert len(built) == 156
    for row in built:
        world = raw[row.id]
        if row.substitute_of("grid_carbon_g_per_kwh") != "kin":  # test_a_carbon_intensity_that_is_all_rounding...
            assert f"{row.grid_carbon_g_per_kwh:f}" == world["grid_carbon_g_per_kwh"]
        assert f"{row.cost_of_capital:f}" == world["cost_of_capital"]
        if "Eurostat" not in world["electricity_quality"]:
            ratio = float(row.electricity_usd_per_kwh) / float(world["electricity_usd_per_kwh"])
            assert ratio == pytest.approx(0.88, abs=0.0005 / float(world["electricity_usd_per_kwh"]) + 1e-9), row.id
            assert row.is_estimate("electricity_usd_per_kwh"), row.id


def test_wages_follow_one_rule(live: Catalogue) -> None:
    """By hand over the raw table, for all countries: 1.3 times the survey's median where 30 answers make it, to
    hundreds; else the fit (on the IMF's GDP where the other is old). Wrong: 250,000 in Spain and Japan alike,
    and 80,000 everywhere else."""
    with (LIVE / "raw" / "world" / "countries_world.csv").open(encoding="utf-8", newline="") as file:
        raw = {row["iso2"]: row for row in csv.DictReader(file)}
    surveyed, newer = 0, {row["iso2"] for row in _table("raw/world/gdp_imf.csv")}
    for row in live.every_country.values():
        world, held = raw[row.id], row.engineer_usd_per_year
        if int(world["engineer_salary_survey_n"] or 0) >= 30:
            surveyed += 1
            assert held is not None and abs(float(held) - 1.3 * float(world["engineer_salary_survey_median_usd"])) <= 50
        else:
            if held is not None and row.id != "CU":
                inside = 33_700 <= held <= 157_400  # what the fit gives at its poorest and its richest country
                how = "income" if inside else "beyond"
                assert row.substitute_of("engineer_usd_per_year") == how, row.id
            if row.id not in newer:
                assert (f"{held:f}" if held is not None else "") == world["engineer_loaded_fit_usd"], row.id
    assert live.countries["CU"].substitute_of("engineer_usd_per_year") == "official"
    assert surveyed == 8 and live.countries["US"].engineer_usd_per_year == 193_800


def test_a_duty_that_is_an_estimate_has_a_range(live: Catalogue) -> None:
    """That of its source (Bhutan: most computers are exempt, the others pay 10 %), else five to ten points either way,
    0 at least; one with a source has none. Wrong: a guess that no draw ever moves."""
    own = {row["iso2"]: row for row in _table("raw/world/server_duties.csv") if row["duty_high"]}
    assert own["BT"]["duty_high"] == "0.1"
    for tax in live.tax_regimes:
        ends = tax.range_of("duty")
        assert (ends is not None) == (tax.duty is not None and tax.is_estimate("duty")), (tax.country, tax.regime)
        if ends is not None and tax.duty is not None:
            off = min(max(tax.duty, Decimal("0.05")), Decimal("0.1"))
            by_rule = (max(tax.duty - off, Decimal(0)), tax.duty + off)
            row = own.get(tax.country)
            assert ends == ((Decimal(row["duty_low"]), Decimal(row["duty_high"])) if row else by_rule), tax.country
            assert ends[0] <= tax.duty <= ends[1]


@pytest.mark.parametrize("country", ["IR", "CU", "KP", "SY", "RU", "BY", "UA-43", "UA-14", "UA-09"])
def test_an_embargo_covers_ordinary_graphics_cards_too(live: Catalogue, country: str) -> None:
    """Every accelerator is denied; by the thresholds of 3A090 alone a V100 or an H20 would come in freely."""
    for chip in live.accelerators.values():
        found = routes(chip, country, live, RULES, DAY)
        assert found and all(route.policy == Policy.DENIAL for route in found), chip.id


@pytest.mark.parametrize(
    ("country", "rule"),
    [
        ("IR", "EMBARGO_E"),
        ("RU", "EMBARGO_RU_BY"),
        ("UA-43", "EMBARGO_UA_REGIONS"),
        ("MM", "LIC_D5"),
        ("VE", "LIC_D5"),
    ],
)
def test_the_rule_that_denies_is_named(live: Catalogue, country: str, rule: str) -> None:
    """An H100: the answer is the law with its rule, and not "unknown country"."""
    (route,) = routes(live.accelerators["h100_sxm5_80"], country, live, RULES, DAY)
    assert (route.rule, route.policy) == (rule, Policy.DENIAL)


def test_cambodia_left_group_d5(live: Catalogue) -> None:
    """Denied to 2026-02-02, a licence with presumption of approval (D:1) from the day after."""
    chip = live.accelerators["h100_sxm5_80"]
    assert [r.policy for r in routes(chip, "KH", live, RULES, "2026-02-02")] == [Policy.DENIAL]
    assert [r.policy for r in routes(chip, "KH", live, RULES, "2026-02-03")] == [Policy.APPROVAL]


def test_a_figure_that_is_not_known_is_named(live: Catalogue) -> None:
    """Wages in the Vatican are in no table: the answer says which figure, and how to state it, and takes no other's."""
    found = optimizer.plan(country="VA", max_mw=1, deadline="120d", catalogue=live)
    assert isinstance(found, optimizer.Infeasible) and found.why.lacks_figures
    assert "the wage of an engineer of Vatican City is not known: give it with --wage" in no_plan_words(found.why)
    assert isinstance(
        optimizer.plan(country="VA", max_mw=1, deadline="120d", wage=50_000, catalogue=live), optimizer.Plan
    )


def test_raw_tables_travel_with_the_data() -> None:
    """Whoever wants to follow a figure to its source has the table that it came from."""
    names = {path.name for path in Path(LIVE / "raw" / "world").iterdir()}
    assert {"countries_world.csv", "export_groups.csv", "solar_wind.csv", "sources.csv"} <= names


def test_a_plan_for_a_new_country_is_proved(live: Catalogue) -> None:
    """Switzerland, home of Apertus: a plan with its proof; before, the answer was "did you mean chile or th"."""
    found = optimizer.plan(Case(country="CH", max_mw=1, deadline_days=120), live)
    assert isinstance(found, optimizer.Plan)
    assert found.peak_mw <= 1


def test_the_law_goes_before_a_figure_that_is_not_known(live: Catalogue) -> None:
    """Wages in North Korea are in no table, and no plan needs them: the answer is the rule, not "no known value"."""
    case = Case(country="KP", max_mw=1, deadline_days=120)
    found = optimizer.plan(case, live)
    assert isinstance(found, optimizer.Infeasible) and found.cause == "law"
    for question in ("explain", "alternatives", "options"):
        assert "EMBARGO_E" in str(optimizer.answer(question, case, live).outputs())


def test_without_the_law_the_figure_is_asked_for(live: Catalogue) -> None:
    """By no export rule an H100 could stand there: then somebody would have to be paid, and it is not known what."""
    case = Case(country="KP", max_mw=1, deadline_days=120, rules="unrestricted", import_duty=0)
    found = optimizer.plan(case, live)
    assert isinstance(found, optimizer.Infeasible) and [name for name, _ in found.why.example] == [
        "engineer_usd_per_year"
    ]


@pytest.mark.parametrize("cause", ["law", "missing"])
def test_every_country_with_a_missing_figure_has_one_of_two_answers(live: Catalogue, cause: str) -> None:
    """The law where it bars everything, else the name of the figure; never a plan on a figure filled in silently."""
    lacking = [row.id for row in live.countries.values() if row.engineer_usd_per_year is None]
    barred = {
        code
        for code in lacking
        if all(
            not route.usable for chip in live.accelerators.values() for route in routes(chip, code, live, RULES, DAY)
        )
    }
    for code in lacking:
        found = optimizer.plan(Case(country=code, max_mw=1, deadline_days=120), live)
        assert isinstance(found, optimizer.Infeasible), code
        if cause == "law" and code in barred:
            assert found.cause == "law"
        elif cause == "missing":
            assert "engineer_usd_per_year" in {reason.figure for reason in found.why.figures}


def _table(name: str) -> list[dict[str, str]]:
    with (LIVE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_difference_is_decided_with_a_reason(live: Catalogue) -> None:
    """One row for each; ``now`` is what the tables have, and the decision says which of the readings that is: 144,700
    had been "taken" for the United States, where a rule for all gives another wage."""
    raw, decided = _table("raw/world/differences_44.csv"), _table("decisions.csv")
    assert [(row["iso2"], row["field"]) for row in raw] == [(row["country"], row["figure"]) for row in decided]
    for row in decided:
        country, figure = live.countries[row["country"]], row["figure"]
        assert row["reason"]
        if figure == "country_groups":
            assert (row["now"], row["decision"]) == ("D:1", "taken")
            assert "B" not in {group.group for group in live.country_groups[country.id]}
            continue
        now = float(row["now"])
        if figure == "vat":
            held = [
                tax for tax in _table("tax_regimes.csv") if (tax["country"], tax["is_default"]) == (country.id, "1")
            ]
            assert {float(tax["vat"]) for tax in held} == {now}
        else:
            assert float(getattr(country, figure)) == now
        ours, other = row["ours"].split()[0], row["read"]
        expected = "kept" if now == float(ours) else "taken" if row["now"] == other else "neither"
        assert row["decision"] == expected, row
    by_country = {(row["country"], row["figure"]): row["decision"] for row in decided}
    assert by_country["US", "engineer_usd_per_year"] == "neither"
    assert by_country["CO", "engineer_usd_per_year"] == "taken" and by_country["BR", "grid_carbon_g_per_kwh"] == "kept"


def test_power_facts_have_source_and_date(live: Catalogue) -> None:
    """Every figure of a country's power system; what is missing has no row in place of a guess without a mark."""
    rows = _table("power_systems.csv")
    assert {row["country"] for row in rows} == set(live.every_country)
    for row in rows:
        assert row["as_of"], row
        is_read = row["source"].startswith("https://") and not (
            row["quantity"] == "outages_per_month" and is_old(row["as_of"], live.as_of)
        )
        assert is_read != (row["estimates"] == "value"), row
    outages = [row for row in rows if row["quantity"] == "outages_per_month"]
    assert len(outages) == 156


def test_the_sheet_of_a_country_has_its_power_system() -> None:
    """Kenya: 12.85 TWh in 2024; 1 MW is a small part of it."""
    told = str(optimizer.answer("data show", names=["KE"]).outputs())
    assert "generation" in told and "12.85 (2024)" in told


def test_a_duty_that_was_looked_up_has_its_source_and_its_rule(live: Catalogue) -> None:
    """CARICOM by its common tariff, Zimbabwe by its own notice; what no source gives stays empty, and is not 0."""
    taxes = {tax.country: tax for tax in live.tax_regimes if tax.is_default}
    with (LIVE / "raw" / "world" / "server_duties.csv").open(encoding="utf-8", newline="") as stream:
        found = {row["iso2"]: row for row in csv.DictReader(stream)}
    assert {"JM", "XK", "ZW"} <= set(found)
    for code, row in found.items():
        tax = taxes[code]
        assert tax.duty == Decimal(row["duty"]) and row["source"] == tax.source_of("duty") and row["note"] in tax.note
        guessed = any(f"{grade}:" in row["note"] for grade in ("derived", "estimate"))
        assert tax.is_estimate("duty") == (row["is_estimate"] == "1") == guessed, code
        assert tax.date_of("duty") == row["as_of"] <= "2026-11"
    assert taxes["RS"].duty is None and "not known" in taxes["VE"].note
    for code, duty in (("ET", "0.15"), ("NG", "0.05"), ("ZA", "0")):  # by hand; their lines of servers were read
        tax = taxes[code]
        assert (tax.duty, tax.date_of("duty"), tax.is_estimate("duty")) == (Decimal(duty), "2026-09", False)


def test_an_estimated_duty_of_nothing_is_told(live: Catalogue) -> None:
    """Georgia has servers free of duty, as far as we remember: whoever buys there must see that it is a guess."""
    found = plan(Case(country="GE", max_mw=1, deadline_days=150, procurement="buy"), live)
    assert isinstance(found, Plan)
    (duty,) = [figure for figure in inputs(found) if figure.name == "Georgia duty (standard)"]
    assert duty.value == 0 and duty.is_estimate


def test_what_was_looked_up_is_no_estimate_and_what_may_be_old_is(live: Catalogue) -> None:
    """The table of VAT rates was old for Bahrain (5 % for 10 %) and Ecuador (12 % for 15 %): what it alone says is no
    figure with a source. A participant of the ITA by a list has its duty of 0 with a source, one from memory not."""
    taxes = {tax.country: tax for tax in live.tax_regimes if tax.is_default}
    assert (taxes["BH"].vat, taxes["EC"].vat) == (Decimal("0.1"), Decimal("0.15"))
    assert not taxes["EC"].is_estimate("vat") and taxes["ZM"].is_estimate("vat")
    assert not taxes["HU"].is_estimate("duty") and taxes["GE"].is_estimate("duty")
    premium = live.countries["PS"].cost_of_capital
    assert premium is not None and premium > Decimal("0.25")  # the rating of a default is not that above it
