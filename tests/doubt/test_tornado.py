"""The tornado: by hand, each end a plan of its own, sorted, and nothing that changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from optimizer import Case, Infeasible, Plan, plan, verify
from optimizer.answers.words.input_words import input_words
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import DEADLINE
from optimizer.errors import UndecidedError, UsageError
from optimizer.uncertainty import tornado as room
from optimizer.uncertainty.fixed_choice import standing
from optimizer.uncertainty.tornado import basis, tornado
from optimizer.units.language import speaking

BY_HAND: dict[str, Any] = {
    "workload": "dense-small",
    "use": ("a100", "h100"),
    "procurement": ("buy",),
    "max_accelerators": 9,
    "deadline_days": 100,
}
"""One A100 server, 100 days: 226,957.50 + 100 x 55.44 + 100 x 1,000 = 332,501.50 (see tests/catalogue/README.md)."""


def test_by_hand(frozen: Catalogue) -> None:
    """A100 at 8,000 (12,000): landed 181,566 (272,349), maintenance 10.56 (15.84) a day beside 42.24, staff 100,000.

    A run at 0.8 of the efficiency takes an A100 125 days, 25 more than there are; then one H100 in FP8 at 3.84 PFLOP/s,
    27 days: 567,393.75 + 27,000 + 100 / 3.84 x 96.36. At 1.25 the A100 takes 80 days: 226,957.50 + 80 x 1,055.44.
    """
    found = tornado(Case(**BY_HAND), frozen, ["run=0.8:1.25"])
    bars = {bar.input.name: bar for bar in found.bars}
    assert list(bars) == ["run", "price:a100"] and found.idle == ("price:h100",)
    price, run = bars["price:a100"], bars["run"]
    assert [end.cost_usd for end in price.ends] == [Decimal("286846.00"), Decimal("378157.00")]
    assert price.swing_usd(found.basis.best) == 91_311
    assert [end.chosen and end.chosen.cost_usd for end in price.ends] == [end.cost_usd for end in price.ends]
    assert [end.key and end.key.accelerator for end in run.ends] == ["h100", "a100"]
    assert [end.cost_usd for end in run.ends] == [Decimal("596903.125"), Decimal("311392.70")]
    assert run.low.chosen is not None and run.low.chosen.days == 125 and run.low.chosen.missed == (DEADLINE,)
    assert run.low.chosen.cost_usd == Decimal("226957.50") + 125 * Decimal("1055.44")


def test_an_end_without_a_plan_comes_first(frozen: Catalogue) -> None:
    """With the A100 alone, a slow run has no plan: graver than any money."""
    found = tornado(Case(**{**BY_HAND, "use": ("a100",)}), frozen, ["run=0.8:1.25"])
    assert [bar.input.name for bar in found.bars] == ["run", "price:a100"]
    assert isinstance(found.bars[0].low.outcome, Infeasible) and found.bars[0].swing_usd(found.basis.best) is None


def test_each_end_is_a_proved_plan_of_the_case_there(live: Catalogue) -> None:
    """The verifier has nothing against it, the proof is double, and its stamp says what was changed."""
    found = tornado(Case(max_mw=1, deadline_days=120, use=("gb200_nvl72", "h100_sxm5_80")), live)
    assert found.bars
    for bar in found.bars:
        for end in bar.ends:
            assert end.outcome.proof.kind == "exhaustive"
            assert any(bar.input.name in pack for pack in end.outcome.setting.catalogue.packs)
            if isinstance(end.outcome, Plan):
                assert verify(end.outcome) == []


def test_the_chosen_plan_at_the_centre_is_the_plan(live: Catalogue) -> None:
    """At the central values the fixed choice costs what the plan costs, takes as long, and meets all."""
    found = basis(Case(max_mw=1, deadline_days=150), live)
    best = plan(Case(max_mw=1, deadline_days=150), live)
    assert isinstance(best, Plan) and found.choice is not None
    now = standing(found.known.setting, found.choice)
    assert (now.cost_usd, now.days, now.met) == (best.cost_usd, best.days, True)


def test_what_has_no_range_is_told(live: Catalogue) -> None:
    """A duty with a source has none in the data, the rent has; with a range of the user's own it is held no longer.
    PUE and wages have the usual ranges of usual_ranges.csv, and Brazil's duty, an estimate, its own."""
    case = Case(max_mw=1, deadline_days=150)
    held = {figure.name for figure in basis(case, live).held}
    assert not held & {"pue", "engineer_usd_per_year", "staff_fte"}
    named = set(basis(case, live).without_range)
    assert "rent:b300_sxm_288" in named
    assert not named & {
        "import_duty",
        "staff_fte",
        "pue",
        "engineer_usd_per_year",
        "rent:gb200_nvl72",
        "price:h100_sxm5_80",
        "electricity_usd_per_kwh",
        "usual_overhead",
    }
    ranged = ["pue=1.3:1.6", "duty=0.1:0.3"]
    german, ranged = case.changed(country="DE"), ["pue=1.3:1.6", "duty=0:0.3"]
    left = set(basis(german, live).without_range) - set(basis(german, live, ranged).without_range)
    assert left == {"import_duty"}
    assert "pue" not in basis(case.changed(pue=Decimal("1.4")), live).without_range
    assert "pue" not in {figure.name for figure in basis(case.changed(pue=Decimal("1.4")), live).held}


def test_a_rate_that_may_be_nothing(live: Catalogue) -> None:
    """At a duty of 0 the duty is no input of the plan; it is reported as uncertain all the same."""
    case = Case(country="DE", procurement=("buy",), max_mw=1, deadline_days=200)
    assert "import_duty" in basis(case, live).without_range
    assert "import_duty" not in basis(case, live, ["duty=0:0.3"]).without_range


def test_a_wider_range_never_swings_less(frozen: Catalogue) -> None:
    """Twice as far on either side."""
    swings = []
    for text in ("price:a100=9500:10500", "price:a100=9000:11000", "price:a100=5000:20000"):
        found = tornado(Case(**BY_HAND), frozen, [text])
        swing = next(bar for bar in found.bars if bar.input.name == "price:a100").swing_usd(found.basis.best)
        assert swing is not None
        swings.append(swing)
    assert swings == sorted(swings) and swings[0] < swings[-1]


def test_a_mix_is_refused(frozen: Catalogue) -> None:
    """One kind of server stands or falls; of a mix that is not said."""
    with pytest.raises(UsageError, match="--mix"):
        tornado(Case(mix=2), frozen)


def test_an_end_that_cannot_be_proved_stops_all(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dossier says at which end."""

    def undecided(case: Case, catalogue: Catalogue) -> Plan:
        raise UndecidedError("no", {})

    monkeypatch.setattr(room, "plan", undecided)
    with pytest.raises(UndecidedError) as raised:
        tornado(Case(**BY_HAND), frozen)
    assert raised.value.dossier == {"input": "price:a100", "values": "8000"}


@pytest.mark.parametrize("code", ["en", "es", "pt"])
def test_every_input_is_called_by_words(live: Catalogue, code: str) -> None:
    """A code such as staff_fte, or a point among decimal commas, is no label for a minister."""
    with speaking(code):
        found = basis(Case(country="CO", workload="llama-3.1-8b", max_mw=1, deadline_days=300), live, ()).known
        names = [input_words(given.name, live) for given in found.inputs]
    assert names and not [name for name in names if "_" in name]
