"""The controls of the page: what is typed in them is read as in a workbook, and advice can be followed on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE, frozen_catalogue

pytest.importorskip("starlette")
pytest.importorskip("httpx")
pytest.importorskip("multipart")

from starlette.testclient import TestClient

from optimizer.answers.form.document import Document, Grounds
from optimizer.domain import Case
from optimizer.domain.case_names import field_named
from optimizer.errors import InputError
from optimizer.service.fields import FIELDS as CASE_FIELDS
from optimizer.units.language import LANGUAGES
from optimizer.web.app import make_app
from optimizer.web.controls import FIELDS, FURTHER, NUMBERS, asked_of, by_labels, shown_in_controls, typed_case
from optimizer.web.fragments import address_of_report
from optimizer.web.quotas import Bounds
from optimizer.web.words import examples_in, words_in

HOME = "BR"


@pytest.fixture(scope="module")
def page() -> Any:
    with TestClient(make_app(frozen_catalogue(), ["testserver"], Bounds(burst=10_000))) as client:
        yield client


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ({"max_mw": "0,6"}, {"max_mw": "0.6"}),
        ({"max_mw": "600 kW", "deadline": "90"}, {"max_mw": "0.6", "deadline": "90d"}),
        ({"deadline": "3 meses"}, {"deadline": "90d"}),
        ({"budget": "US$ 5 M", "confidence": "90 %"}, {"budget": "5000000", "confidence": "0.9"}),
        ({"import_duty": "5,5 %"}, {"import_duty": "0.055"}),
        ({"params_total_b": "7,5", "tokens_t": "0,3", "workload": "own"}, {"params_total_b": "7.5", "tokens_t": "0.3"}),
        (
            {"more": "--mix 2 --evidence=derived --assume-hire"},
            {"mix": "2", "evidence": "derived", "assume_hire": "yes"},
        ),
    ],
)
def test_what_is_typed_is_read_as_in_a_workbook(typed: dict[str, str], plain: dict[str, str]) -> None:
    """A page that prints 0,6 takes it, too; the wrong outcome would be advice to write 0.6."""
    assert asked_of(typed, HOME) == ("plan", tuple(sorted(plain.items())))


@pytest.mark.parametrize(("more", "column"), [("mix 2", "more"), ("--mix '2", "more"), ("--nothing 1", "more")])
def test_further_settings_that_are_none_are_said(more: str, column: str) -> None:
    """By the field in which they were typed, not dropped."""
    with pytest.raises(InputError) as error:
        asked_of({"more": more}, HOME)
    assert error.value.problems[0].column == column


def test_a_model_of_ones_own_needs_its_parameters() -> None:
    """Who chooses it and says nothing of it would be answered for another model."""
    with pytest.raises(InputError, match="needed"):
        asked_of({"workload": "own"}, HOME)


@pytest.mark.parametrize("code", ["en", "es", "pt"])
def test_every_flag_of_a_control_is_called_by_its_label(code: str) -> None:
    """There is no command line on a page; a flag without a control of its own is one for the field of all others."""
    labels = words_in(code)
    for field in CASE_FIELDS:
        short = field.flag.removeprefix("--").replace("-", "_")
        where = f"{labels['further']} › " * any(short == name for name, _ in FURTHER)
        shown = f"“{where}{labels[short]}”" if short in FIELDS else field.flag
        assert by_labels(f"({field.flag})", labels) == f"({shown})"


def test_advice_has_the_words_of_the_page() -> None:
    """With the value that it names; a command that is shown to be copied is not touched here."""
    labels = words_in("es")
    assert by_labels("o --buyer public", labels) == f"o “Comprador: {labels['public']}”"
    assert by_labels("(--confidence 0.9)", labels) == "(“Confianza: 0.9”)"
    assert by_labels("; optimizer power", labels) == f"; “{labels['outage']}”"
    assert by_labels("--mix 2; --rent-premium 0.2", labels) == "--mix 2; --rent-premium 0.2"


def test_every_number_is_a_control() -> None:
    """Else what is typed into it would be read another way."""
    assert set(NUMBERS) < set(FIELDS)


def test_what_a_terminal_says_beside_an_answer_is_on_the_page(page: Any) -> None:
    """Who sees no stderr would not know that a private buyer was assumed, or a deadline of a year."""
    read = page.get("/answer", params={"question": "cheapest plan under 1 MW in Mexico in 4 months"}).text
    assert "Read as:" in read and "month = 30 days" in read
    compared = page.get("/answer", params={"country": "BR", "max_mw": "0.6", "others": "MX"}).text
    assert "No deadline was given" in compared and "objective = cost" in compared
    assert "--deadline" not in compared


def test_lists_and_foot_speak_the_language_of_the_page(page: Any) -> None:
    """The models and rules to choose from were English everywhere."""
    text = page.get("/", params={"lang": "es"}).text
    assert "Comprador" in text and "Datos:" in text and "my own model" not in text


def test_the_controls_keep_every_condition_of_a_question(page: Any) -> None:
    """Those without a control of their own stand in the further settings, power and the countries beside it, too.

    The wrong outcome: a slider is moved, and the next answer is without the condition, or without the outages.
    """
    text = page.get("/", params={"question": "fastest plan in Brazil under 1 MW in 200 days without H100"}).text
    assert "--objective days --avoid" in text and "avoid=h100" in text and "avoid=%5B" not in text
    text = page.get("/", params={"question": "compare Brazil and Mexico under 1 MW in 200 days"}).text
    assert 'name="others" value="MX"' in text


def test_the_controls_keep_what_feeds_the_site() -> None:
    """Its outages in their control, the rest in the further settings, and no report that would say nothing of them."""
    known = frozen_catalogue()
    inputs = {"country": "BR", "objective": "cost", "feed": {"outage": ["6-8", "18-22"], "min_renewable": "0.8"}}
    fed = Document("plan", "", [], dict, Grounds(known, inputs, inputs))
    shown = shown_in_controls(typed_case(fed), {"objective": "cost"})
    assert shown == {"country": "BR", "outage": "6-8;18-22", "more": "--min-renewable 0.8"}
    assert address_of_report(fed, "en") == ""
    assert "country=BR" in address_of_report(replace(fed, grounds=Grounds(known, {"country": "BR"}, {})), "en")


@pytest.mark.parametrize("field", [field.name for field in CASE_FIELDS])
def test_the_controls_take_back_every_field(field: str) -> None:
    """Every field of a plan comes back as a setting that the page reads: ``--staff-fte`` for ``--staff`` ended it."""
    value = _VALUES.get(field, "1")
    case = Case.model_validate({field: value} | _WITH.get(field, {}))
    document = Document("plan", "", [], lambda: case, Grounds(frozen_catalogue(), case.given(), {}))
    shown = shown_in_controls(typed_case(document), {})
    _, given = asked_of(shown, "BR")
    assert field in {field_named(name) for name, _ in given}, shown


_VALUES = {
    **{"architecture": "dense", "objective": "days", "basis": "rental", "deadline_from": "order", "date": "2026-11-22"},
    **{"supply": "h100=5", "owned": "h100=5", "use": "h100", "avoid": "h100", "procurement": "buy"},
    **{"precision": "bf16", "rent": "h100=2", "evidence": "listed", "buyer": "public", "country": "BR"},
}
_OWN, _LONG = {"params_total_b": "7", "tokens_t": "1"}, {"context_tokens": "8192"}
_WITH = {
    **{
        "params_total_b": _OWN,
        "params_active_b": _OWN,
        "architecture": _OWN,
        "layers": _LONG,
        "attention_width": _LONG,
    },
    "assume_hire": {"rent_premium": "0"},
}
"""What a field does not stand without."""


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_questions_of_the_first_page_are_read(command: Cli, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A first click that ends in an error would be the last one."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    commands = [command("ask", "--dry-run", text).out for text in examples_in(code)]
    assert [line.split()[1] for line in commands] == ["plan", "plan", "compare", "largest"]
    assert "--outage 18-22" in commands[1]
