"""A number with its unit, wherever one can be typed: the same value in each place, or the same words on what to write.

Places: flags (and forms, the Python face), cells of a cases file, axes, words and files of sites, the ends of a range.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from commands import Cli, one_message

from optimizer.batch.cells import read_cell
from optimizer.batch.sweep.axes import NUMERIC, SPECS, read_axis
from optimizer.catalogue import Catalogue
from optimizer.consortium.read import from_file, from_words
from optimizer.domain.field_units import UNITS_OF
from optimizer.domain.quantity_text import DEADLINE, MONEY, read_quantity
from optimizer.errors import DataError, Problem
from optimizer.service.case_text import parse_case

TODAY = "2026-11-22"
FIELDS = tuple(name for name, spec in SPECS.items() if spec.kind in NUMERIC)
ELSEWHERE = ("MW", "GWh", "days", "tCO2e", "USD", "TPP", "FLOP", "tokens", "parameters", "hours", "%")
"""Units, one of each measure, that a message about another measure must not name."""


def places(frozen: Catalogue) -> Iterator[Callable[[str, str], Decimal]]:
    """What reads a number of a field, in each place."""

    def by_flag(field: str, text: str) -> Decimal:
        # what the fields together lack is no fault of this one
        try:
            case = parse_case({field: text}, frozen, TODAY)
        except DataError as error:
            rules = [problem.rule for problem in error.problems if problem.column == field]
            if rules:
                raise ValueError(rules[0]) from error
            found = read_quantity(field, text)
            return found if isinstance(found, Decimal) else Decimal(text)
        return Decimal(str(getattr(case, field, None) or getattr(case.feed, field)))

    def by_axis(field: str, text: str) -> Decimal:
        problems: list[Problem] = []
        axis = read_axis(field, [text], frozen, TODAY, problems)
        if axis is None:
            raise ValueError(problems[0].rule)
        return Decimal(axis.values[0].cells[0][1])

    yield by_flag
    yield lambda field, text: Decimal(read_cell(field, text))
    yield by_axis


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("max_mw", "500 kW", "0.5"),
        ("max_energy_gwh", "500 MWh", "0.5"),
        ("max_carbon_t", "200 t CO2e", "200"),
        ("max_carbon_t", "200 tons of CO2", "200"),
        ("max_carbon_t", "2 kt", "2000"),
        ("max_carbon_t", "500 kg", "0.5"),
        ("budget_usd", "US$ 5 million", "5000000"),
        ("max_capital_usd", "5 M$", "5000000"),
        ("deadline_days", "4 months", "120"),
        ("max_tpp", "27M TPP", "27000000"),
        ("max_training_flop", "1e10 PFLOP", "1e25"),
        ("max_accelerators", "512 GPUs", "512"),
        ("max_accelerators", "5k", "5000"),
        ("context_tokens", "8192 tokens", "8192"),
        ("electricity_usd_per_kwh", "$80/MWh", "0.08"),
        ("electricity_usd_per_kwh", "8 cents per kWh", "0.08"),
        ("import_duty", "5 percent", "0.05"),
        ("staff_fte", "8 people", "8"),
        ("pv_max_mw", "500 kWp", "0.5"),
        ("battery_max_mwh", "500 kWh", "0.5"),
        ("max_carbon_g_per_kwh", "0.05 kg/kWh", "50"),
        ("pv_usd_per_kwp", "0.9 USD/Wp", "900"),
        ("carbon_usd_per_t", "50 USD/tCO2", "50"),
        ("diesel_usd_per_litre", "1.1 USD per litre", "1.1"),
        ("restart_hours", "1 day", "24"),
        ("land_ha", "0.2 km2", "20"),
        ("min_renewable", "50%", "0.5"),
        ("demand_charge_usd", "$15/kW", "15"),
        ("pv_yield", "5 kWh/kWp", "5"),
    ],
)
def test_a_unit_means_the_same_in_every_place(frozen: Catalogue, field: str, text: str, value: str) -> None:
    """By hand: 500 kW is half a MW. Read without its unit in one of the places, it is a thousand times as much."""
    assert [read(field, text) for read in places(frozen)] == [Decimal(value)] * 3


def test_every_number_of_a_case_has_its_units() -> None:
    """A field of which nobody wrote the units would take none, and say nothing of what to write."""
    assert {name for name in FIELDS if name not in UNITS_OF and name not in MONEY} == {DEADLINE}


@pytest.mark.parametrize("field", FIELDS)
def test_another_measure_is_refused_with_the_units_of_this_one(frozen: Catalogue, field: str) -> None:
    """In the same words in every place; units of other measures are no help to who wrote one of them."""
    wrong = "5 GWh" if "mw" in field.split("_") else "5 MW"
    rules = set()
    for read in places(frozen):
        with pytest.raises(ValueError) as caught:
            read(field, wrong)
        rules.add(str(caught.value))
    (rule,) = rules
    own = UNITS_OF[field].write if field in UNITS_OF else rule
    told = rule.replace(f'"{wrong[2:]}"', "").replace(own, "")
    assert not [unit for unit in ELSEWHERE if unit in told.replace(",", " ").split()], rule
    assert "the number alone" in rule or "such as" in rule
    assert own in rule


@pytest.mark.parametrize("text", ["soon", "MW", "1.500 kW", "", "--", "5 MW MW", "1 2 MW", "9" * 50 + " MW"])
def test_rubbish_is_refused_in_every_place(frozen: Catalogue, text: str) -> None:
    """Never a number that nobody typed, and no error but one in words."""
    for read in places(frozen):
        with pytest.raises((ValueError, ArithmeticError)) as caught:
            read("max_mw", text)
        # a text that the case itself refuses comes out of a cell as it is
        assert isinstance(caught.value, ValueError) or text in ("soon", "MW", "", "--", "1 2 MW")


def test_words_and_files_of_sites_take_units(tmp_path: Path) -> None:
    """BR=0.5MW neither worked nor said what to write; nor did a file with the unit in its cell."""
    found = from_words(["BR=0.5MW", "MX=500 kW"], {}, {"max_accelerators": "5k", "budget_usd": "$5M"}, None)
    assert [member.case.max_mw for member in found.members] == [Decimal("0.5")] * 2
    assert (found.total.max_accelerators, found.total.budget_usd) == (5000, 5_000_000)
    (tmp_path / "sites.csv").write_text("country;max_mw\nBR;0,5 MW\nMX;500 kW\n", encoding="utf-8")
    phase = '[[site.phase]]\nfrom_day = "2 months"\nmax_mw = "600 kW"\n'
    (tmp_path / "sites.toml").write_text(
        f'[run]\ndeadline_days = "120d"\n[[site]]\ncountry = "BR"\nmax_mw = "500kW"\n{phase}', encoding="utf-8"
    )
    for name in ("sites.csv", "sites.toml"):
        sites = from_file(tmp_path / name, {}, {}, None)
        assert {member.case.max_mw for member in sites.members} == {Decimal("0.5")}
    assert sites.run.deadline_days == 120
    (later,) = sites.members[0].phases
    assert (later.from_day, later.max_mw) == (60, Decimal("0.6"))
    with pytest.raises(DataError, match="give MW, kW, GW"):
        from_words(["BR=0.5GWh"], {}, {}, None)


SAID = {
    "tipping max-mw --from 1GWh": "give MW, kW, GW",
    "tipping price:h100 --to 1MW": "US dollars",
    "tipping rent:h100 --to 1MW": "give USD/h",
    "tipping pue --to 1MW": "give the number alone",
    "consortium BR=1 MX=1 --total-tpp 5MW": "give TPP",
    "consortium BR=1 MX=1 --distributed-efficiency 5MW": "give %",
    "sensitivity --range 'pue=1.2 MW:1.4'": "give the number alone",
    "sensitivity --robust --share '9 MW'": "give %",
    "ways --workload llama-3.1-8b --shared-in BR --shared-max-mw 5GWh": "give MW, kW, GW",
    "plan --rent 'h100=9 MW'": "give USD/h",
    "plan --max-capital 10MW": "US dollars",
    "plan --context 8k": "8000 or 8192",
    "largest --tokens-per-param 20MW": "the number alone",
    "largest --step 1M": "write 1000000",
    "consortium BR=1 MX=1 --time-limit 60s": "without a unit",
}
"""A command -> what it says to write."""


@pytest.mark.parametrize("words", SAID)
def test_every_command_says_what_to_write(command: Cli, words: str) -> None:
    """One message, of the units that fit; a list of all units that there are helps nobody."""
    refused = command(*shlex.split(words))
    assert refused.status == 2 and SAID[words] in one_message(refused) and "H100e" not in refused.err


def test_the_ends_of_a_range_take_units(command: Cli) -> None:
    """The same answer as with plain numbers."""
    words = ["--max-mw", "1", "--deadline", "150d", "-q", "--csv"]
    plain = command("tipping", "max_mw", "--from", "1", "--to", "3", *words[2:])
    assert plain.status == 0 and plain.out.count("\n") > 1
    assert command("tipping", "max-mw", "--from", "1000kW", "--to", "3MW", *words[2:]).out == plain.out
    plain = command("tipping", "tariff", "--from", "0.02", "--to", "0.3", *words)
    assert plain.status == 0 and command("tipping", "tariff", "--from", "$20/MWh", "--to", "30 cents", *words) == plain
