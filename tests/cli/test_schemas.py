"""The JSON Schema of every question takes its answers, and nothing else: by a validator that nobody here wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from commands import EASY, TIGHT, Cli, validator
from worlds import FROZEN, LIVE

from optimizer.question.decision.intents import FINISH
from optimizer.service.register import REGISTER

ASKED = {
    "plan": "cheapest plan under 0.6 MW in 90 days",
    "largest": "largest model under 5 million dollars and 1 MW in 150 days",
    "explain": "explain the plan under 0.6 MW in 90 days",
    "why_not": "why not A100 under 0.6 MW in 90 days?",
    "alternatives": "alternatives to the plan under 0.6 MW in 90 days",
    "options": "which options are there under 0.6 MW in 90 days",
    "power": "ways to power a site of 0.5 MW in South Africa in 300 days with 4 hours of load shedding a day",
    "law": "may Brazil import the H100?",
    "sensitivity": "how sure is the plan with H100 in Brazil under 1 MW in 150 days?",
    "tipping": "at what tariff does the plan under 0.6 MW in 90 days change?",
    "ways": "full pre-training or LoRA of llama 3.1 8B in Chile under 1 MW in 100 days",
    "consortium": "Brazil with 0.1 MW and Mexico with 0.1 MW train llama 3.1 8B together in 90 days",
    "frontier": "trade-off between cost and days under 1 MW",
    "data show": "what is the electricity price in Brazil?",
    "data list": "list the workloads",
    "data gaps": "which figures are missing for Mexico?",
    "projects": "list national projects in Switzerland",
    "validate": "how well does the tool match real runs?",
    "reproduce": "reproduce the study",
}
"""Of each kind of question in words, one."""
OF_SHIPPED = ("power", "ways", "consortium", "projects", "validate", "reproduce")
"""Those that need more than the fictitious data have."""
COMMANDS = {
    "plan": (EASY, TIGHT),
    "explain": (EASY, TIGHT),
    "alternatives": (EASY, TIGHT),
    "why-not": (["rent", *EASY],),
    "compare": (["--country", "BR,MX", *EASY], ["--country", "BR,MX", *TIGHT]),
    "largest": (["--budget", "5M", "--max-mw", "1", "--deadline", "150d"], ["--budget", "1", *TIGHT]),
    "tipping": (["tariff", "--from", "0.01", "--to", "0.3", "--max-mw", "1"], ["tariff", *TIGHT]),
    "consortium": (["BR=0.4", "MX=0.4", "--deadline", "90d"], ["BR=0.1", "MX=0.1", "--deadline", "30d"]),
    "frontier": (["cost", "days", "--max-mw", "1", "--points", "3"], ["cost", "days", "--max-mw", "0.01"]),
}
"""With a plan, and where there is one without."""


def test_every_kind_of_question_in_words_is_tried() -> None:
    """Those that a sentence can be, and no fewer."""
    assert set(ASKED) == set(FINISH)


def fits(name: str, answer: Any) -> bool:
    """Whether the schema of a question takes an answer."""
    return bool(validator(name).is_valid(answer))


def shortened(value: Any) -> Any:
    """With at most three entries in each list: a hundred rows of one type prove what three do."""
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    return [shortened(each) for each in value[:3]] if isinstance(value, list) else value


def assert_it_is_the_only_one(name: str, answer: Any) -> None:
    """The schema takes it; not with another outputs, the name of another question, or without one of its keys."""
    assert fits(name, answer)
    answer = shortened(answer)
    assert fits(name, answer)
    outputs = answer["outputs"]
    parts = outputs if isinstance(outputs, dict) else {}
    assert not any(
        fits(name, {key: value for key, value in answer.items() if key != without})
        for without in answer
        if without not in ("charts", *(("asked",) if name != "ask" else ()))
    )
    for without in parts if answer["question"] != "data show" else ():  # whose keys are the titles of a sheet
        fewer = {key: value for key, value in parts.items() if key != without}
        assert not fits(name, {**answer, "outputs": fewer}), without
    if "status" in parts and "plan" in parts:
        assert not fits(name, {**answer, "outputs": {**parts, "plan": {} if parts["plan"] is None else None}})


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """What was answered so far, by question."""
    return {}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.campaign] * (kind == "consortium")) for kind in ASKED]
)
def test_the_schema_of_ask_goes_by_the_question(
    command: Cli, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], kind: str
) -> None:
    """The answer to each kind of sentence, with how it was read; not the outputs of one under the name of another."""
    monkeypatch.setattr("optimizer.power.read_site.DEFAULT_DAYS", 2)  # of a year
    ran = command("ask", ASKED[kind], "--json", "-q", "--data", str(LIVE if kind in OF_SHIPPED else FROZEN))
    assert ran.status in (0, 3), ran.err
    answer = json.loads(ran.out)
    expected = {"projects": "data show"}.get(kind, kind.replace("_", "-"))
    assert answer["question"] == expected
    assert_it_is_the_only_one("ask", answer)
    assert fits(expected, answer)
    answer = shortened(answer)
    for other, earlier in answers.items():
        if set(REGISTER[other].outputs) & set(REGISTER[expected].outputs):
            continue
        assert not fits("ask", {**answer, "outputs": earlier["outputs"]}), other
        assert not fits("ask", {**answer, "question": other}), other
        assert not fits(other, answer)
    answers[expected] = answer


@pytest.mark.parametrize(("name", "flags"), [(name, flags) for name, ways in COMMANDS.items() for flags in ways])
def test_a_schema_takes_its_own_answer_alone(command: Cli, name: str, flags: list[str]) -> None:
    """A plan and none: the status says which, and the schema holds the two together."""
    answer = json.loads(command(name, *flags, "--json", "-q").out)
    assert_it_is_the_only_one(name, answer)
    answer = shortened(answer)
    assert fits("ask", {**answer, "asked": json.loads(reading(command))["outputs"]})
    assert not fits("ask", answer), "how the words were read is missing"
    assert not fits(name, {**answer, "question": "cite"})


def reading(command: Cli) -> str:
    """How a sentence is read, as data."""
    return command("ask", "--dry-run", ASKED["plan"], "--json", "-q").out


def test_how_a_sentence_is_read_is_an_answer_of_ask(command: Cli) -> None:
    """That of --dry-run: it has no second reading beside it."""
    answer = json.loads(reading(command))
    assert answer["question"] == "ask" and "asked" not in answer
    assert_it_is_the_only_one("ask", answer)
