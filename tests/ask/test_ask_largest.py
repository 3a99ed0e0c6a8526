"""Questions for the most training: read as `optimizer largest`, and answered as that command answers."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from commands import Cli, pointed_at

import optimizer
from optimizer import Infeasible, Plan
from optimizer.catalogue import Catalogue
from optimizer.insight.curves.largest import largest_model, largest_tokens


@pytest.mark.parametrize(
    ("question", "command_line"),
    [
        (
            "largest model under $5M and 1 MW in 150 days",
            "optimizer largest --tokens-per-param 20 --max-mw 1 --deadline 150d --budget 5000000",
        ),
        ("What is the biggest model we can train in Mexico?", "optimizer largest --tokens-per-param 20 --country MX"),
        (
            "largest dense model at 100 tokens per parameter under 1 MW",
            "optimizer largest --tokens-per-param 100 --max-mw 1",
        ),
        ("most tokens for the small model within 90 days", "optimizer largest --workload dense-small --deadline 90d"),
        (
            "as many tokens as possible for a 70B model under 1 MW",
            "optimizer largest --params-total-b 70 --params-active-b 70 --architecture dense --max-mw 1",
        ),
        ("cheapest plan for a 10B model on 1T tokens", "optimizer plan --params-total-b 10 --params-active-b 10"),
    ],
)
def test_the_question_is_read_as_the_command(command: Cli, question: str, command_line: str) -> None:
    """``--dry-run`` says the flags; what is sought is not among them, although an own model must state its tokens."""
    ran = command("ask", "--dry-run", question)
    assert ran.status == 0 and ran.out.startswith(command_line)
    if " largest " in command_line:
        assert ran.out.strip() == command_line


def test_the_command_said_gives_the_answer_told(command: Cli) -> None:
    """Byte for byte, in text and in JSON."""
    question = "largest model under $300k with at most 64 GPUs in 40 days"
    said = command("ask", "--dry-run", question).out.split()[1:]
    for form in ((), ("--json",), ("--csv",)):
        asked, flags = command("ask", question, "-q", *form), command(*said, "-q", *form)
        assert asked.status == flags.status == 0 and flags.out
        assert without_reading(asked.out, form) == without_digest(flags.out, form)


def without_digest(out: str, form: tuple[str, ...]) -> str:
    """The answer of a command in flags without the digest of its file."""
    if form != ("--json",):
        return out
    answer = json.loads(out)
    assert answer.pop("digest")
    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


def without_reading(out: str, form: tuple[str, ...]) -> str:
    """An answer to a question in words without what it says of its reading."""
    if form == ("--json",):
        answer = json.loads(out)
        assert answer.pop("asked")["question"]
        assert answer.pop("digest")  # of a file that has the reading too
        return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"
    note = "  Assuming: 20 tokens per parameter, the usual count\n"  # of the question: the flags state it
    return out.partition("\nHow the question was read")[0].replace(note, "") if not form else out


def test_the_usual_tokens_per_parameter_are_told(command: Cli) -> None:
    """Where the question leaves them open; they decide the answer."""
    assert "20 tokens per parameter" in command("ask", "largest model with at most 64 GPUs in 40 days").out
    told = command("ask", "largest model at 30 tokens per parameter with at most 64 GPUs in 40 days").out
    assert "--tokens-per-param 30" in told and "the usual count" not in told


def test_from_python(frozen: Catalogue) -> None:
    """``optimizer.ask`` gives the largest training, and the plan for it as the outcome."""
    asked = optimizer.ask("largest model with at most 64 GPUs in 40 days", frozen)
    assert isinstance(asked.outcome, Plan) and asked.largest is not None
    assert asked.largest.parameters == largest_model(asked.case, frozen, Decimal(20)).parameters
    asked = optimizer.ask("most tokens for the small model with at most 64 GPUs in 40 days", frozen)
    assert asked.largest.tokens == largest_tokens(asked.case, frozen).tokens
    asked = optimizer.ask("largest model under 1 kW", frozen)
    assert isinstance(asked.outcome, Infeasible) and asked.largest.parameters is None


@pytest.mark.parametrize(
    ("question", "word", "at"),
    [
        ("largest model on 5T tokens", "the largest dense model is searched for", "on 5T tokens"),
        ("largest model, small model, under 1 MW", "the largest dense model is searched for", "small model"),
        ("most tokens, 5T tokens, under 1 MW", "the most training tokens are searched for", "5T tokens"),
        ("20 tokens per parameter under 1 MW", "tokens per parameter of what?", "20 tokens per parameter"),
        ("most tokens at 20 tokens per parameter", "tokens per parameter of what?", "at 20 tokens per parameter"),
        ("largest model with the most tokens", "the largest model, or the most tokens?", "most tokens"),
    ],
)
def test_what_does_not_go_together_is_pointed_at(command: Cli, question: str, word: str, at: str) -> None:
    """Status 2, with the words that stand in the way."""
    assert pointed_at(command("ask", question), word).startswith(at)
