"""One figure in all forms: what a text, a comparison, a ranking and a page say of one plan is the same figure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from worlds import live_catalogue

from optimizer.answers.form.numbers import megawatts, tonnes
from optimizer.answers.words.common_words import less
from optimizer.cli import run
from optimizer.domain import Case
from optimizer.insight.full_answer import answer
from optimizer.insight.neighbours import barred_by_law

pytestmark = pytest.mark.usefixtures("inline")

KENYA = ("--workload", "llama-3.1-8b", "--deadline", "200d", "--max-mw", "0.5")


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(list(words)) in (0, 3)
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("73.092", "73.1"),
        ("99.96", "100.0"),
        ("90", "90.0"),
        ("100.2", "100.2"),
        ("1322.4", "1322.4"),
        ("0.03", "0.03"),
        ("0.0006384", "0.000639"),
    ],
)
def test_small_emissions_have_a_decimal(value: str, said: str) -> None:
    """73.092 t were said as 74, and 0.64 kg as 0.1 t: a figure that suffices as a limit need not be much too large."""
    assert str(tonnes(Fraction(value))) == said


@pytest.mark.parametrize("value", ["0.0011339", "0.00216", "0.0999", "0.1", "0.8014", "12.3456", "0.0023250"])
def test_a_small_peak_is_not_told_as_much_as_twice(value: str) -> None:
    """A card of 1.14 kW was said to take 0.002 MW, and 2.16 kW to be "0.003 of 0.003 MW, 72.0 %". Never below the
    truth, and at most 1 % above it."""
    told = Fraction(megawatts(Fraction(value)))
    assert Fraction(value) <= told <= Fraction(value) * Fraction(101, 100)


def test_one_of_a_thing_and_one_figure_of_the_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """A run on one card: "1 accelerator", "1 day", "1 copy"; the state of the model is the same figure in both places,
    not 18 GB in one line and 17 GB in the next."""
    said = _said(capsys, "plan", "--country", "KE", "--workload", "sea-lion-v3-8b", "--way", "lora", "--full", "-q")
    assert "1 accelerator ·" in said and "1 accelerators" not in said and "1 copies" not in said
    needs = said.split("optimiser) needs ")[1].split(" GB")[0]
    assert f"one copy of the model's state, {needs} GB" in said


def test_a_comparison_by_carbon_says_the_tonnes_and_the_deadline(capsys: pytest.CaptureFixture[str]) -> None:
    """Ranked by emissions, with no column of them, and a deadline of which only stderr knew."""
    told = _said(capsys, "compare", "--country", "KE,CO", "--objective", "carbon", *KENYA[:2], "--max-mw", "1")
    assert "emissions" in told and "No deadline was given: 365 days at most" in told
    alone = _said(capsys, "plan", "--country", "KE", "--objective", "carbon", *KENYA[:2], "--max-mw", "1")
    (tonnes_said,) = [words.split()[-1] for words in alone.split(" tCO2e ·")[:1]]
    assert f"{float(tonnes_said):.1f} tCO2e" in told  # a table keeps the decimal of 34.0


def test_a_deadline_that_nobody_gave_is_not_called_given(capsys: pytest.CaptureFixture[str]) -> None:
    """An analyst read "binding: the deadline, 282 of 365 days" and looked for the deadline that she had given."""
    assert "365 days, as none was given" in _said(capsys, "plan", "--country", "ID", "--max-mw", "2")
    assert "none was given" not in _said(capsys, "plan", "--country", "ID", "--max-mw", "2", "--deadline", "365d")


def test_ranked_and_compared_differences_are_the_same(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The one said $194,788 and the other $194,789 of the same two plans."""
    plans = tmp_path / "plans.csv"
    words = ("--country", "KE,CO", *KENYA)
    assert run(["sweep", *words, "-o", str(plans), "-q"]) == 0
    capsys.readouterr()
    ranked = _said(capsys, "rank", str(plans))
    compared = _said(capsys, "compare", "--country", "KE,CO", *KENYA)
    (difference,) = {word for word in compared.split() if word.startswith("+$")}
    exact = Decimal(difference[2:].rstrip("M").replace(",", ""))
    (shown,) = {word for word in ranked.split() if word.startswith("+$")}
    assert shown == difference or abs(Decimal(shown[2:].replace(",", "")) / 10**6 - exact) <= Decimal("0.005")


def test_the_law_is_named_where_it_bars_most(capsys: pytest.CaptureFixture[str]) -> None:
    """The Democratic Republic of the Congo was told to ask for more days and more megawatts, and nothing of the law."""
    told = _said(capsys, "plan", "--country", "CD", *KENYA[:2], "--max-mw", "1", "--deadline", "300d")
    assert "The export rules exclude the accelerators that a plan would need: LIC_D5" in told
    assert "cloud abroad" not in told


def test_what_the_law_bars_at_home_is_not_advised_abroad() -> None:
    """To rent H100 in a foreign cloud is no advice to a country for which a licence is presumed to be denied."""
    found = answer(Case(country="CD", workload="llama-3.1-8b", max_mw=1, deadline_days=400), live_catalogue())
    barred = barred_by_law(found.ready)
    assert {"h100_sxm5_80", "b200_sxm_180"} <= barred and len(barred) == 26
    assert found.cloud is None or found.cloud.accelerator not in barred
    free = answer(Case(country="KE", workload="llama-3.1-8b", max_mw=1, deadline_days=300), live_catalogue())
    assert barred_by_law(free.ready) == {"ascend910b", "ascend910c"} and free.cloud is not None


def test_who_owns_servers_is_told_what_they_come_to(capsys: pytest.CaptureFixture[str]) -> None:
    """64 owned A100 that no plan used were in no line of the answer: a reader could not see that they are too few."""
    words = ("plan", "--country", "BR", "--workload", "olmo-2-13b", "--basis", "amortised", "-q")
    assert "with what is owned: no plan within the limits" in _said(capsys, *words, "--owned", "a100=64")
    small = ("plan", "--country", "DE", "--params-total-b", "3", "--tokens-t", "0.02", "-q")
    assert "with what is owned: use 8 H100 SXM5" in _said(capsys, *small, "--owned", "h100_sxm5_80=8")
    assert "with what is owned" not in _said(capsys, *small)
    assert less("days", Fraction(1)) == "1 day less" and less("days", Fraction(3)) == "3 days less"


def test_a_plan_that_is_not_the_cheapest_says_where_no_budget_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    """The fastest plan costs what nothing limits: a reader must see it. Wrong: 1.6 billion USD without a word."""
    no_budget = "no budget was given: this cost is what must be paid"
    assert no_budget in _said(capsys, "plan", *KENYA, "--objective", "days")
    assert no_budget not in _said(capsys, "plan", *KENYA, "--objective", "days", "--budget", "20M")
    assert no_budget not in _said(capsys, "plan", *KENYA)
