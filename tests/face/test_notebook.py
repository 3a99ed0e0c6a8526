"""Results in a notebook: short in a line, a card, plain values, a table with floats, a picture; and the tutorial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import optimizer
from optimizer.catalogue import Catalogue
from optimizer.errors import UsageError
from optimizer.face.frames import frame

pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")

TUTORIAL = Path(optimizer.__file__).parent / "guide" / "tutorial.ipynb"
CASE: dict[str, Any] = {"country": "BR", "max_mw": "0.6", "deadline": "90d"}


@pytest.fixture(scope="module")
def plan(frozen: Catalogue) -> optimizer.Plan:
    found = optimizer.plan(catalogue=frozen, **CASE)
    assert isinstance(found, optimizer.Plan)
    return found


def test_the_figures_of_the_short_line_suffice_as_limits(plan: optimizer.Plan, frozen: Catalogue) -> None:
    """Rounded up: 11,824,080.3 USD was shown as 11,824,080, and with that budget there was no plan."""
    cost, peak = repr(plan).partition(" days, ")[2].rstrip("MW>").split(" USD, ")
    under = {**CASE, "budget": cost.replace(",", ""), "max_mw": peak.strip()}
    again = optimizer.plan(catalogue=frozen, **under)
    assert isinstance(again, optimizer.Plan) and again.cost_usd == plan.cost_usd


def test_a_plan_can_be_looked_at(plan: optimizer.Plan) -> None:
    """One line, a card with its chart and no script, the figures of its row, floats, and a waterfall."""
    assert len(repr(plan)) < 200
    card = plan._repr_html_()
    assert card is not None and "<svg" in card and "<script" not in card and "optimizer-card" in card
    figures, table = plan.to_dict(), plan.to_frame()
    assert figures["cost_usd"] == pytest.approx(float(plan.cost_usd), abs=0.01)
    assert figures["accelerators"] == plan.accelerators and "reason" not in figures
    assert {str(table[name].dtype) for name in ("cost_usd", "accelerators", "days", "peak_mw")} == {"float64"}
    assert table["cost_usd"][0] == figures["cost_usd"]
    bars: list[Any] = list(plan.plot().axes[0].patches)
    widths = [bar.get_width() for bar in bars]
    assert sum(widths[:-1]) == pytest.approx(widths[-1]) == pytest.approx(float(plan.cost_usd))


def test_no_plan_can_be_looked_at(frozen: Catalogue) -> None:
    """The proof in a card; there is nothing to draw, and that is said."""
    none = optimizer.plan(catalogue=frozen, **{**CASE, "max_mw": "0.01"})
    assert "This has been proven" in (none._repr_html_() or "")
    assert none.to_dict()["status"] == "infeasible" and none.to_frame()["cost_usd"].isna().all()
    with pytest.raises(UsageError, match="there is no chart 0; there are none"):
        none.plot()


def test_every_answer_can_be_looked_at(frozen: Catalogue) -> None:
    """Of a curve its points as floats and as a picture, the envelope as a dictionary; a wrong chart names others."""
    curve = optimizer.answer("frontier", catalogue=frozen, first="cost", second="days", max_mw="1")
    table = curve.to_frame()
    assert len(repr(curve)) < 200 and str(table["cost_usd"].dtype) == "float64"
    assert len(curve.plot().axes[0].lines[0].get_xdata()) == len(table)
    assert curve.to_dict()["question"] == "frontier"
    with pytest.raises(UsageError, match="0: cost against days"):
        curve.plot(5)


def test_a_question_in_words_can_be_looked_at(frozen: Catalogue) -> None:
    """As its outcome; its line has the command that it was read as."""
    asked = optimizer.ask("cheapest plan under 0.6 MW in 90 days", frozen)
    assert repr(asked).startswith("<Asked: optimizer plan") and len(repr(asked)) < 300
    assert asked.to_dict() == asked.outcome.to_dict() and asked._repr_html_()


def test_sweep_is_a_table(frozen: Catalogue) -> None:
    """It plans every combination, in order, with floats: whole numbers of one column and not of another are a trap."""
    table = optimizer.sweep(frozen, country="BR,MX", max_mw=["0.6", "1"], deadline="90d")
    assert len(table) == 4 and str(table["cost_usd"].dtype) == "float64"
    assert list(table["case_id"]) == ["BR_0.6MW", "BR_1MW", "MX_0.6MW", "MX_1MW"]
    assert "sweep" in dir(optimizer)


def test_without_what_draws_a_notebook_shows_the_line(plan: optimizer.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that cannot be made is no traceback in the cell."""

    def missing(*told: object) -> None:
        raise UsageError("a report needs jinja2 and matplotlib")

    monkeypatch.setattr("optimizer.render.html.environment_of", missing)
    assert plan._repr_html_() is None


def test_a_table_of_outcomes_is_unchanged(plan: optimizer.Plan) -> None:
    """frame() keeps whole numbers whole and missing values missing; only to_frame() makes floats of them."""
    assert str(frame([plan])["accelerators"].dtype) == "Int64"


@pytest.mark.campaign
def test_the_tutorial_runs(tmp_path: Path) -> None:
    """Every cell as a reader would run it, in a kernel: no error, cards, and pictures where a figure is shown."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient runs notebooks: the test extra has it")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    book = nbformat.read(TUTORIAL, as_version=4)
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    kinds = [set(out.get("data", {})) for cell in book.cells if cell.cell_type == "code" for out in cell.outputs]
    assert sum("image/png" in kind for kind in kinds) == 2 and sum("text/html" in kind for kind in kinds) >= 6
