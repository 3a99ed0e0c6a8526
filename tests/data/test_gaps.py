"""What to look up next: figures that decide are counted, cells that are missing are named with their flag."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE

from optimizer.answers.form.document import Document
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.errors import InputError
from optimizer.plans.outcome import Plan
from optimizer.reference.country_gaps import country_document
from optimizer.reference.gaps import document
from optimizer.reference.gaps_beside import law_lines, unusual
from optimizer.service.fields import FLAG_OF
from optimizer.service.gaps import _countries
from optimizer.solve.planner import plan
from optimizer.uncertainty.gaps import COUNTRIES, Gaps, _ask, gaps, grid, rows_behind
from optimizer.uncertainty.tornado import tornado


@pytest.fixture(scope="module")
def found(live: Catalogue) -> Gaps:
    """One case of the grid, with four accelerators: the ranges of the fictitious data are few."""
    use = ("gb200_nvl72", "gb300_nvl72", "b200_sxm_180", "h100_sxm5_80")
    return gaps([grid(["KE"])[1].changed(use=use)], live)


def rows_of(document: Document) -> list[Any]:
    assert document.rows is not None
    return list(document.rows.make())


def test_the_grid_is_countries_times_limits(live: Catalogue) -> None:
    """Fixed: two runs are about the same cases."""
    assert [case.case_id for case in grid(["KE"])] == ["KE 1 MW 120 days", "KE 5 MW 365 days"]
    assert len(grid()) == 2 * len(COUNTRIES) and set(COUNTRIES) <= set(live.countries)


def test_a_figure_decides_where_the_choice_is_another_at_an_end(found: Gaps, live: Catalogue) -> None:
    """Counted again from the tornado of each case: a figure left out would never be looked up."""
    (case,) = found.cases
    told = tornado(case, live)
    best = told.basis.best
    assert isinstance(best, Plan)
    now = (best.items[0].key.accelerator, best.items[0].key.procurement)
    deciding = set()
    for bar in told.bars:
        keys = {None if end.key is None else (end.key.accelerator, end.key.procurement) for end in bar.ends}
        deciding |= {bar.input.name} if keys != {now} else set()
    assert {item.name for item in found.figures if item.moved} == deciding != set()
    assert {item.name for item in found.figures} == {given.name for given in told.basis.known.inputs}


def test_the_most_decisive_comes_first(found: Gaps) -> None:
    """A reader looks up from the top."""
    weights = [item.weight for item in found.figures]
    assert weights == sorted(weights, reverse=True)


def test_every_figure_has_its_rows_with_source_and_date(found: Gaps, live: Catalogue) -> None:
    """What to look up is no use without where it stands now."""
    for item in found.figures:
        assert item.given.spreads and all(row.source and row.as_of for _, _, row in rows_behind(item, live))
    rows = rows_of(document(found, live))
    assert rows and all(row.grade in ("estimate", "with a source") for row in rows)


def test_a_missing_cell_is_named_with_the_flag_that_states_it(live: Catalogue) -> None:
    """Serbia's duty: with --import-duty there is a plan, and no other figure is in the way."""
    told = country_document("RS", Gaps((), 0, ()), live, FLAG_OF)
    row = next(row for row in rows_of(told) if row.figure == "duty")
    assert (row.grade, row.value, row.flag) == ("missing", None, "--import-duty")
    case = Case(country="RS", max_mw=5, deadline_days=365)
    assert not isinstance(plan(case, live), Plan)
    assert isinstance(plan(case.changed(import_duty=0), live), Plan)


def test_every_flag_that_is_told_exists(live: Catalogue) -> None:
    """A flag that the program does not know would send a reader in a circle."""
    for code in ("BR", "RS", "VA", "KE"):
        for row in rows_of(country_document(code, Gaps((), 0, ()), live, FLAG_OF)):
            flags = {*FLAG_OF.values(), "--pv-yield", "--random-outages", "--pack"}
            # what only the checks of a plan read has no flag
            assert row.flag in flags or (not row.flag and row.table in ("power_systems", "outages")), row


def test_a_figure_that_decides_nothing_shows_the_range_over_which_it_was_moved(live: Catalogue, found: Gaps) -> None:
    """A colocation price has no range of its own: "decides 0" is over the usual 0.7 to 1.4 times, 152 to 304 USD."""
    (row,) = (
        row
        for row in rows_of(country_document("KE", found, live, FLAG_OF))
        if row.figure == "colocation_usd_per_kw_month"
    )
    assert row.decides is not None and row.value == Decimal("217.3")
    assert (row.low, row.high) == (Decimal("217.3") * Decimal("0.7"), Decimal("217.3") * Decimal("1.4"))


def test_what_looks_like_a_slip_is_said_and_the_law_stands_first(live: Catalogue) -> None:
    """The carbon of Lesotho is 20.8 g, and no figure of Iran changes what the embargo says."""
    assert any(line.startswith("grid_carbon_g_per_kwh: 20.8 is among the lowest") for line in unusual("LS", live))
    assert list(unusual("BR", live)) == []
    found = gaps(grid(["IR"]), live)
    told = list(law_lines("IR", found, live))
    assert "E:1" in told[0] and told[1].startswith("in 2 of 2 cases the law decides") and "EMBARGO_E" in told[1]
    tables = {row.table for row in rows_of(country_document("IR", found, live, FLAG_OF))}
    assert {"countries", "tax_regimes", "offers", "power_systems", "solar_yield"} <= tables


def test_a_country_that_cannot_be_planned_is_told(command: Cli) -> None:
    """Wages in the Vatican are not known: the command says so in place of counting nothing."""
    ran = command("data", "gaps", "--country", "VA", "--data", str(LIVE), "-q")
    assert ran.status == 0 and "engineer_usd_per_year is not known and decides 2 of 2 answers: state it with" in ran.out
    assert "so no other figure was moved: VA 1 MW 120 days" in " ".join(ran.out.split())


def test_one_country_or_a_grid(command: Cli) -> None:
    """Two flags that contradict each other, and an unknown country: one message each, status 2 or 4, no traceback."""
    assert command("data", "gaps", "--country", "BR", "--over", "MX").status == 2
    ran = command("data", "gaps", "--over", "BR,Atlantis")
    assert ran.status in (2, 4) and "Atlantis" in ran.err
    told = json.loads(command("data", "gaps", "--country", "MX", "--json").out)
    assert {"figure", "grade", "flag"} <= set(told["outputs"][0])


def test_what_decides_comes_first_and_the_rest_is_named_as_such(command: Cli) -> None:
    """Of Switzerland a figure that decides nothing stood under "look up next" as if a plan depended on it; the PUE of
    the halls that its plans use, which decides, was not looked at."""
    ran = command("data", "gaps", "--country", "CH", "--data", str(LIVE), "-q")
    told = " ".join(ran.out.partition("Look up next")[2].split())
    assert ran.status == 0 and told.startswith("pue:liquid is an estimate that decides 1 of 2 answers: state")
    assert "medium_voltage_limit_mw is not known: no answer waits for it" in told


def test_the_pue_that_a_plan_uses_is_among_the_figures(live: Catalogue) -> None:
    """Switzerland's plan stands in a hall with liquid cooling, 1.15; only the 1.3 of halls cooled by air was shown."""
    rows = {row.figure: row for row in rows_of(country_document("CH", Gaps((), 0, ()), live, FLAG_OF))}
    assert rows["pue"].value == live.countries["CH"].pue
    assert rows["pue:liquid"].value == live.cooling["liquid", "temperate"].pue and rows["pue:liquid"].flag == "--pue"


def test_what_is_used_where_no_figure_was_published(live: Catalogue) -> None:
    """Tajikistan's duty is from memory and Tuvalu's carbon its neighbours' median: both looked like any estimate. What
    is missing says what an answer does without it."""

    def cells(code: str) -> dict[str, Any]:
        return {row.figure: row for row in rows_of(country_document(code, Gaps((), 0, ()), live, FLAG_OF))}

    rows = {code: cells(code) for code in ("TJ", "TV", "FJ", "BR")}
    assert "from memory" in rows["TJ"]["duty"].used_instead and "from memory" in rows["TJ"]["vat"].used_instead
    assert "median of its neighbours" in rows["TV"]["grid_carbon_g_per_kwh"].used_instead
    assert "nothing" in rows["FJ"]["duty"].used_instead and "nothing" in rows["FJ"]["rent"].used_instead
    assert rows["BR"]["duty"].used_instead == rows["BR"]["electricity_usd_per_kwh"].used_instead == ""
    noted = [tax for tax in live.tax_regimes if "membership from memory" in tax.note]
    assert len(noted) > 20 and all("duty:membership" in tax.substitutes for tax in noted)


def test_a_figure_of_a_pack_is_no_substitute(live: Catalogue, tmp_path: Path) -> None:
    """Tuvalu's cost of capital is its neighbours' median, until a ministry states its own."""
    pack = tmp_path / "tv.toml"
    pack.write_text('[country]\nid = "TV"\ncost_of_capital = 0.12\nsource = "ministry"\nas_of = "2026-11"\n')
    before, after = (known.countries["TV"] for known in (live, load_catalogue(live.folder, packs=[pack])))
    assert before.substitute_of("cost_of_capital") is not None and after.substitute_of("cost_of_capital") is None
    assert after.substitute_of("electricity_usd_per_kwh") is not None


def test_a_grid_tells_missing_figures_and_substitutes_with_their_countries(live: Catalogue) -> None:
    """Fiji's cases were only "not looked at", and a wage showed the range of the first country for all."""
    cases = [case.changed(use=("h100_sxm5_80",)) for code in ("FJ", "TJ") for case in grid([code])[1:]]
    rows = {(row.figure, row.grade): row for row in rows_of(document(gaps(cases, live), live))}
    lacked = rows["duty", "missing"]
    assert (lacked.decides, lacked.of, lacked.where) == (1, 2, "tax_regimes.duty")
    assert lacked.used_instead.endswith(": FJ") and lacked.in_cases == "FJ 5 MW 365 days"
    assert rows["import_duty", "estimate"].used_instead.endswith("is from memory: TJ")
    wages = rows["engineer_usd_per_year", "estimate"]
    assert wages.central == "30000;55100" or wages.central == "55100;30000"
    assert wages.used_instead.endswith("surveyed: TJ") and "gives: FJ;" in wages.used_instead


def test_two_cases_of_one_country_share_their_data_and_children_give_the_same(live: Catalogue) -> None:
    """The changed data of an end serve both cases: each is as if it had been asked alone, here and in a child."""
    cases = [case.changed(use=("h100_sxm5_80",)) for case in grid(["KE"])]
    alone, both = [gaps([case], live) for case in cases], gaps(cases, live)
    for figure in both.figures:
        parts = [one for found in alone for one in found.figures if one.name == figure.name]
        assert figure.moved == [name for one in parts for name in one.moved], figure.name
        assert figure.swings == [swing for one in parts for swing in one.swings], figure.name
    asked = _ask(live, cases)
    assert pickle.loads(pickle.dumps(asked)) == asked


def test_a_missing_figure_has_no_source(live: Catalogue) -> None:
    """The wages of the Vatican, which nobody states, were shown with the sources of its other figures."""
    rows = rows_of(country_document("VA", gaps(grid(["VA"]), live), live, FLAG_OF))
    missing = [row for row in rows if row.grade == "missing"]
    assert "engineer_usd_per_year" in {row.figure for row in missing}
    assert [(row.source, row.as_of) for row in missing] == [("", "")] * len(missing)


def test_the_grid_takes_regions_and_all(live: Catalogue) -> None:
    """As compare and sweep do; one name that is neither is a slip of the question."""
    assert list(_countries("all", live)) == list(live.every_country)
    assert list(_countries("Mercosur", live)) == list(live.regions["mercosur"].members)
    assert list(_countries("Fiji, Mercosur", live)) == ["FJ", *live.regions["mercosur"].members]
    with pytest.raises(InputError, match="Atlantis"):
        list(_countries("BR,Atlantis", live))


@pytest.mark.parametrize(
    ("name", "rule"), [("XX", "not a known"), ("Congo", "2 countries"), ("CH,BR", "one is needed")]
)
def test_a_wrong_country_is_a_slip_of_the_question(command: Cli, name: str, rule: str) -> None:
    """Status 2 with the flag, as of every other command: 4 would say that the data are at fault."""
    ran = command("data", "gaps", "--country", name, "--data", str(LIVE))
    assert ran.status == 2 and ran.err.startswith(f'Error: --country "{name}": ') and rule in ran.err


def test_a_case_that_waits_for_a_figure_is_not_said_to_be_left_out(command: Cli) -> None:
    """Tuvalu's duty "decides 1 of 2 answers", and the same case was "not looked at"."""
    told = " ".join(command("data", "gaps", "--country", "TV", "--data", str(LIVE)).out.split())
    assert "duty is not known and decides 1 of 2 answers" in told and "Not looked at" not in told
    assert "No plan can be made without the missing figure, so no other figure was moved: TV 5 MW 365 days" in told


@pytest.mark.parametrize(
    ("code", "how"), [("WS", "one broker's mean of sixteen cities"), ("BR", "an estimate for Latin America")]
)
def test_a_price_that_is_not_the_countrys_own_says_which_it_is(live: Catalogue, code: str, how: str) -> None:
    """Samoa read "one for Latin America and the Caribbean, one for all others", and not which of them it has."""
    rows = {row.figure: row for row in rows_of(country_document(code, Gaps((), 0, ()), live, FLAG_OF))}
    assert how in rows["colocation_usd_per_kw_month"].used_instead


def test_a_missing_cell_has_no_source(live: Catalogue) -> None:
    """Cuba's duty: nobody states it, so "planning estimate" would name a source of nothing."""
    rows = rows_of(country_document("CU", Gaps((), 0, ()), live, FLAG_OF))
    missing = [row for row in rows if row.grade == "missing"]
    assert len(missing) >= 3
    assert {(row.value, row.source, row.as_of) for row in missing} == {(None, "", "")}
