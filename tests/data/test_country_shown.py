"""What `data show` prints of a country, and its taxes by date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.errors import DataError
from optimizer.options.cost import landed_factor
from optimizer.plans.outcome import Plan
from optimizer.solve.planner import plan


def ordered(delivered: str) -> str:
    """The date of a case whose hardware is delivered on a day: 90 days before."""
    return (date.fromisoformat(delivered) - timedelta(days=90)).isoformat()


@pytest.mark.parametrize(
    ("regime", "day", "factor"),
    [
        (None, "2024-11-17", 1.79),
        (None, "2026-12-31", 1.79),
        (None, "2027-01-01", 1.51),
        (None, "2030-01-01", 1.51),
        ("ex-tarifario", "2026-02-27", 1.46),
        ("ex-tarifario", "2026-06-30", 1.46),
        ("redata", "2026-09-15", 1.225),
        ("redata", "2026-12-31", 1.225),
        ("redata", "2027-01-01", 1.225),
    ],
)
def test_brazils_taxes_by_date(live: Catalogue, regime: str | None, day: str, factor: float) -> None:
    """PIS/COFINS and IPI to the end of 2026, creditable CBS after; the zero-duty list for its 120 days only."""
    tax = settle(Case(country="BR", tax_regime=regime, date=ordered(day)), live).tax
    assert landed_factor(tax) == pytest.approx(factor, abs=0.006)
    assert regime is None or not tax.is_default


@pytest.mark.parametrize(
    ("regime", "day", "words"),
    [
        (
            "ex-tarifario",
            "2026-02-26",
            "is not in force in BR on 2026-02-26, the day of delivery: it applies from 2026-02-27 to 2026-06-30",
        ),
        ("ex-tarifario", "2026-07-01", "is not in force in BR on 2026-07-01"),
        ("redata", "2026-09-14", "it applies from 2026-09-15 to 2026-12-31, from 2027-01-01"),
        ("rodata", "2026-11-22", "is not a tax regime of BR; known: ex-tarifario, redata, standard"),
        # a regime of the study's own assumptions: the refused name is not offered
        ("study", "2026-11-22", "is not a tax regime of BR; known: ex-tarifario, redata, standard"),
    ],
)
def test_a_regime_that_is_not_in_force_is_refused(live: Catalogue, regime: str, day: str, words: str) -> None:
    """Not silently another one: the reader is told its days."""
    with pytest.raises(DataError) as caught:
        settle(Case(country="BR", tax_regime=regime, date=ordered(day)), live)
    assert str(caught.value).endswith(words) or ("known:" not in words and words in str(caught.value))


def test_the_date_reaches_the_cost_and_both_proofs(live: Catalogue) -> None:
    """One catalogue, two dates: the second plan must not take the first one's tax out of a cache."""
    asked = Case(country="BR", procurement="buy", use="gb200", deadline_days=120)
    before, after = (plan(asked.changed(date=date), live) for date in ("2026-10-02", "2026-10-03"))
    assert isinstance(before, Plan) and isinstance(after, Plan)
    assert float(before.capital_usd / after.capital_usd) == pytest.approx(1.79443 / 1.50602, rel=1e-4)
    assert plan(asked.changed(date="2026-10-02"), live).cost_usd == before.cost_usd


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["data", "show", *arguments]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_a_countrys_pack_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Figures, connection, currency with its age, taxes with dates and the factor worked out, law, hire."""
    text = shown(capsys, "BR")
    for words in (
        *(
            "electricity_usd_per_kwh: 0.125 USD/kWh (estimate, 2025-11)",
            "electricity_low_usd_per_kwh: 0.10",
            "pue: 1.45",
        ),
        *("medium voltage: up to 2.5 MW", "substation above it: 40 / 80 / 150 USD/kW (estimate)"),
        *("BRL: 5.13455 per US dollar on 2026-07-14", "131 days old on 2026-11-22, look it up again"),
        "tax regime standard, to 2026-12-31 (in force on 2026-11-22, default)",
        "landed cost over CIF: 1.794 = ((1 + 0.25)(1 + 0.0975) + 0.1175) / (1 - 0.17) x (1 + 0 x 1) (estimate)",
        "tax regime standard, from 2027-01-01 (not in force on 2026-11-22, default)",
        "tax regime ex-tarifario, from 2026-02-27, to 2026-06-30 (not in force on 2026-11-22)",
        "tax regime redata, from 2026-09-15, to 2026-12-31 (in force on 2026-11-22)",
        *("B: from 2023-11-17", "3A090.a: free by LIC_GROUPB_NONE:", "prc-3a090: denial by GP10_ASCEND"),
        *(
            "DIFF_LPP or approval by DIFF_T2_LICENCE",
            "gb200_nvl72: $54.08 per hour, Microsoft Azure, brazilsouth, 2026-06-18",
        ),
        "cost_of_capital: 0.0925 1/year",
    ):
        assert words in text, words


def test_every_country_can_be_shown(live: Catalogue) -> None:
    """Each with its currency where the rate is known, a tax, a group and the law of every rule set."""
    from optimizer.reference.data_sheets import sheet

    for country in live.countries:
        sections = sheet(live, country)
        assert ("currency" in sections) == bool(live.countries[country].currency), country
        assert any(title.startswith("tax regime standard") for title in sections), country
        assert all(any(f"({rules}," in title for title in sections) for rules in live.rule_sets), country


def test_a_duty_that_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Serbia: no factor is worked out with a duty of 0."""
    assert "landed cost over CIF: not known: give --import-duty" in shown(capsys, "RS")
