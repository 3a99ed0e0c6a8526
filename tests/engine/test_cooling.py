"""How a server is cooled sets the PUE of its hall, and the grid carries the electrical peak of a rack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from optimizer import Plan
from optimizer.answers.curves.tipping import sentences
from optimizer.answers.words.grade_words import grade_lines
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, Cooling
from optimizer.errors import SolverError, UsageError
from optimizer.exact import option as exact_option
from optimizer.insight.curves.tipping import tipping
from optimizer.insight.provenance import inputs
from optimizer.options import columns
from optimizer.plans.verify import verify
from optimizer.solve.planner import plan, prepare
from optimizer.uncertainty.drawn_option import draw_option
from optimizer.uncertainty.fixed_choice import scenario_setting
from optimizer.uncertainty.ranges import with_ranges
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs

HALL = Cooling(
    cooling="liquid",
    climate="temperate",
    countries=("*",),
    pue_low=Decimal("1.05"),
    pue=Decimal("1.15"),
    pue_high=Decimal("1.3"),
    source="fictitious test data",
    as_of="2026-01-01",
)
BOUGHT = Case(workload="dense-small", country="BR", use="a100", procurement="buy", deadline_days=60)


def world(
    frozen: Catalogue, *halls: Cooling, electrical_kw: str | None = None, chips: tuple[str, ...] = ("a100",)
) -> Catalogue:
    """The fictitious data with some accelerators cooled by liquid."""
    made = {
        name: frozen.accelerators[name].model_copy(
            update={"cooling": "liquid", "server_electrical_kw": electrical_kw and Decimal(electrical_kw)}
        )
        for name in chips
    }
    rows = {(row.cooling, row.climate): row for row in halls or (HALL,)}
    return replace(frozen, accelerators={**frozen.accelerators, **made}, cooling=rows, cache={})


def planned(case: Case, catalogue: Catalogue) -> Plan:
    outcome = plan(case, catalogue)
    assert isinstance(outcome, Plan)
    assert verify(outcome) == []
    return outcome


def ratio(case: Case, catalogue: Catalogue, frozen: Catalogue) -> Fraction:
    """Energy of a plan over that of the same servers in the country's usual hall."""
    return planned(case, catalogue).energy_kwh / planned(case, frozen).energy_kwh


def test_liquid_cooling_takes_the_pue_of_its_hall(frozen: Catalogue) -> None:
    """Energy and peak both fall from the country's PUE to 1.15. Wrong: one figure a country for every server."""
    own = Fraction(frozen.countries["BR"].pue)
    assert own > Fraction("1.15")
    assert ratio(BOUGHT, world(frozen), frozen) == Fraction("1.15") / own
    cooled, usual = planned(BOUGHT, world(frozen)), planned(BOUGHT, frozen)
    assert cooled.peak_kw / cooled.servers == usual.peak_kw / usual.servers * Fraction("1.15") / own


def test_a_hall_that_is_worse_than_the_country_s_is_not_taken(frozen: Catalogue) -> None:
    """Where halls cooled by air do as well, liquid cooling makes nothing worse."""
    worse = HALL.model_copy(update={"pue": Decimal("3")})
    assert ratio(BOUGHT, world(frozen, worse), frozen) == 1


@pytest.mark.parametrize("stated", ["1", "1.5", "2"])
def test_the_pue_of_the_case_rules_for_all(stated: str, frozen: Catalogue) -> None:
    """Whoever states the PUE of their hall gets it, also above that of liquid cooling."""
    assert ratio(BOUGHT.changed(pue=stated), world(frozen), frozen) == 1


def test_a_row_that_names_the_country_goes_before_the_one_for_any(frozen: Catalogue) -> None:
    """Brazil 1.05, all others 1.15, whichever row stands first."""
    hot = HALL.model_copy(update={"climate": "hot", "countries": ("BR",), "pue": Decimal("1.05")})
    for halls in ((HALL, hot), (hot, HALL)):
        catalogue = world(frozen, *halls)
        assert ratio(BOUGHT, catalogue, frozen) == Fraction("1.05") / Fraction(frozen.countries["BR"].pue)
        mexico = BOUGHT.changed(country="MX")
        assert ratio(mexico, catalogue, frozen) == Fraction("1.15") / Fraction(frozen.countries["MX"].pue)


def test_an_assumption_set_with_a_pue_of_its_own_keeps_it(frozen: Catalogue) -> None:
    """The study takes 1.6 for all: no figure of cooling.csv enters."""
    case = BOUGHT.changed(assumptions="study-2025")
    assert [one for one in inputs(planned(case, world(frozen))) if "cooling" in one.name] == []
    assert ratio(case, world(frozen), frozen) == 1


def test_the_grid_carries_the_electrical_peak_and_energy_does_not_rise(frozen: Catalogue) -> None:
    """A server of 7.2 kW that peaks at 9 kW takes 1.8 kW more of the grid, times the PUE. Wrong: energy rises too."""
    usual, peaky = planned(BOUGHT, world(frozen)), planned(BOUGHT, world(frozen, electrical_kw="9"))
    assert peaky.peak_kw - usual.peak_kw == usual.servers * Fraction("1.8") * Fraction("1.15")
    assert peaky.energy_kwh == usual.energy_kwh and peaky.cost_usd == usual.cost_usd


def test_the_case_s_own_peak_pue_counts_where_it_is_higher(frozen: Catalogue) -> None:
    """A hot hour of 1.4 sets the peak of a hall of 1.15; one of 1.1 does not lower it."""
    catalogue = world(frozen)
    plain = planned(BOUGHT, catalogue).peak_kw
    assert planned(BOUGHT.changed(peak_pue="1.4"), catalogue).peak_kw == plain * Fraction("1.4") / Fraction("1.15")
    assert planned(BOUGHT.changed(peak_pue="1.1"), catalogue).peak_kw == plain


def test_a_mix_has_a_pue_for_each_kind(frozen: Catalogue) -> None:
    """Racks cooled by liquid beside servers cooled by air: each at its own PUE, and both proofs agree."""
    own = {"a100": 8, "h100": 8}
    case = Case(workload="dense-small", country="BR", owned=own, procurement="own", mix=2, objective="days")
    both = planned(case.changed(max_mw="1", deadline_days=365), world(frozen, chips=("h100",)))
    kw = {item.key.accelerator: item.servers for item in both.items}
    alike = planned(case.changed(max_mw="1", deadline_days=365), frozen)
    assert kw == {item.key.accelerator: item.servers for item in alike.items} == {"a100": 1, "h100": 1}
    share = Fraction("1.15") / Fraction(frozen.countries["BR"].pue)
    options = prepare(case, frozen).problem.options
    h100_kw = next(option.peak_kw for option in options if option.key.accelerator == "h100")
    assert alike.peak_kw - both.peak_kw == h100_kw * (1 - share)


@pytest.mark.parametrize("side", ["model", "exact"])
def test_a_wrong_pue_on_one_side_stops_the_plan(side: str, frozen: Catalogue) -> None:
    """Half of the overhead of the hall on one side only: undecided. Wrong: a plan that is too cheap without a word."""
    with pytest.MonkeyPatch.context() as patch:
        if side == "model":
            patch.setattr(columns, "_liquid_pue", lambda setting, option: 1.07)
        else:
            patch.setattr(exact_option, "_pue", lambda setting, key: Fraction("1.07"))
        with pytest.raises(SolverError):
            plan(BOUGHT, world(frozen))


def test_a_wrong_peak_on_one_side_stops_the_plan(frozen: Catalogue) -> None:
    """A grid limit that the electrical peak breaks and the rated maximum does not: no plan is told by either alone."""
    catalogue = world(frozen, electrical_kw="14")
    most = planned(BOUGHT, world(frozen)).peak_kw / 1000
    case = BOUGHT.changed(max_mw=str(float(most) * 1.01))
    assert not isinstance(plan(case, catalogue), Plan)
    with pytest.MonkeyPatch.context() as patch:
        blind: Callable[..., Fraction] = lambda setting, key, it_kw, rated_kw: it_kw * Fraction("1.15")  # noqa: E731
        patch.setattr(exact_option, "_grid_kw", blind)
        with pytest.raises(SolverError):
            plan(case, replace(catalogue, cache={}))


def test_the_pue_of_the_hall_is_drawn_and_both_sides_agree(frozen: Catalogue) -> None:
    """Draw by draw the vectorised odds and the exact figures give the same cost and peak. Wrong: it is not drawn."""
    catalogue = world(frozen, electrical_kw="9")
    ready = prepare(BOUGHT, catalogue)
    sample = Sample(uncertain_inputs(ready.setting, (ready.table.options[0].key,)), 40, 1)
    (hall,) = (one for one in sample.known.inputs if one.name == "pue:liquid")
    assert (hall.low, hall.central, hall.high) == ((Decimal("1.05"),), (Decimal("1.15"),), (Decimal("1.3"),))
    drawn = draw_option(ready, 0, sample)
    costs = drawn.cost_usd(4)
    for draw in range(0, 40, 8):
        assert float(drawn.exactly(4, draw).cost_usd) == pytest.approx(costs[draw], rel=1e-9)
        setting = scenario_setting(sample.known, sample.scenario(draw))
        assert setting.catalogue.cooling["liquid", "temperate"].pue != Decimal("1.15")


def test_a_range_of_ones_own_for_the_hall(frozen: Catalogue) -> None:
    """pue:liquid takes the user's ends; one below 1, or around nothing known, is refused in words."""
    ready = prepare(BOUGHT, world(frozen))
    keys = tuple(option.key for option in ready.table.options)
    known = with_ranges(ready.setting, keys, ("pue:liquid=1.1:1.2",))
    hall = known.named("pue:liquid")
    assert hall is not None and (*hall.low, *hall.high, hall.stated) == (Decimal("1.1"), Decimal("1.2"), True)
    with pytest.raises(UsageError, match="at least 1"):
        with_ranges(ready.setting, keys, ("pue:liquid=0.9:1.2",))


def test_what_is_stated_is_not_drawn(frozen: Catalogue) -> None:
    """With the PUE of the case no doubt about halls is left."""
    ready = prepare(BOUGHT.changed(pue="1.2"), world(frozen))
    known = uncertain_inputs(ready.setting, (ready.table.options[0].key,))
    assert not {"pue", "pue:liquid"} & {one.name for one in known.inputs}


def test_the_answer_says_which_pue_it_took(frozen: Catalogue) -> None:
    """In words beside the evidence, whether it is an estimate, and among the figures; nothing where one is stated."""
    guessed = HALL.model_copy(update={"estimates": ("pue",)})
    for hall, words in ((HALL, "PUE 1.15: liquid cooling"), (guessed, "PUE 1.15: liquid cooling, an estimate")):
        outcome = planned(BOUGHT, world(frozen, hall))
        (line,) = grade_lines(outcome)
        assert line.endswith(words)
        assert [str(one.value) for one in inputs(outcome) if "liquid cooling, temperate" in one.name] == ["1.15"]
    (line,) = grade_lines(planned(BOUGHT.changed(pue="1.3"), world(frozen)))
    assert "cooling" not in line


def test_a_tipping_point_of_the_pue_says_that_one_holds_for_all(frozen: Catalogue) -> None:
    """The case has two; where all are cooled by air, what wins at theirs is said. Wrong: the country's, for all."""
    asked = BOUGHT.changed(use=("a100", "h100"))
    (words,) = (line for line in told(asked, world(frozen)) if line.startswith("The case has"))
    assert f"{frozen.countries['BR'].pue:f} for servers cooled by air and 1.15 for those" in words
    (words,) = (line for line in told(asked, frozen) if line.startswith("The case has"))
    assert "cooled" not in words and "wins" in words


def told(case: Case, catalogue: Catalogue) -> list[str]:
    """The sentences of the tipping point of the PUE from 1.1 to 1.6."""
    return list(sentences(tipping(case, catalogue, "pue", Decimal("1.1"), Decimal("1.6"))))


def test_every_country_has_a_hall_and_every_rack_is_cooled_by_liquid(live: Catalogue) -> None:
    """One row for any country, none names a country twice; whatever has 72 devices a server is cooled by liquid.

    Hot are the countries of which the data's own PUE is 1.45 or more, as the README of the data says.
    """
    named = [place for row in live.cooling.values() for place in row.countries]
    assert "*" in named and len(named) == len(set(named))
    racks = [chip for chip in live.accelerators.values() if (chip.server_devices or 0) >= 72]
    assert racks and all(chip.cooling == "liquid" for chip in racks)
    hot = {name for name, country in live.countries.items() if country.pue >= Decimal("1.45")}
    assert hot == set(live.cooling["liquid", "hot"].countries)
    assert settle(Case(country="BR"), live).figures["pue"].value > live.cooling["liquid", "hot"].pue
