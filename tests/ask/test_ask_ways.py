"""Questions that say how to train: fine-tuning, LoRA, continued pre-training, from scratch."""

from __future__ import annotations

import pytest
from commands import Cli, pointed_at
from worlds import LIVE

import optimizer
from optimizer import Plan
from optimizer.catalogue import Catalogue


@pytest.mark.parametrize(
    ("question", "flags"),
    [
        (
            "fine-tune llama 3.1 70b with lora in Chile under 0.2 MW in 30 days",
            "--workload llama-3.1-70b --way lora --country CL --max-mw 0.2 --deadline 30d",
        ),
        (
            "continue pre-training Llama 3.1 70B on 300B added tokens in Chile under 1 MW",
            "--workload llama-3.1-70b --tokens-t 0.3 --way continued --country CL --max-mw 1",
        ),
        ("Fine-tune Llama 3.1 8B in Brazil", "--workload llama-3.1-8b --way finetune --country BR"),
        ("LoRA fine-tuning of Llama 3.1 8B", "--workload llama-3.1-8b --way lora"),
        ("finetune llama 3.1 8b on H100 with QLoRA", "--workload llama-3.1-8b --way qlora --use"),
        (
            "cheapest full fine-tuning of a 70B model on 2B tokens",
            "--params-total-b 70 --params-active-b 70 --tokens-t 0.002 --architecture dense --way finetune",
        ),
        ("LoRA for a 70B model", "--params-total-b 70 --params-active-b 70 --architecture dense --way lora"),
        ("train Latam-GPT from scratch", "--workload latam-gpt-70b --way pretrain"),
        ("pretrain Llama 3.1 8B", "--workload llama-3.1-8b"),
    ],
)
def test_the_way_is_read(command: Cli, question: str, flags: str) -> None:
    """Fine-tuning with LoRA is one way and not two; "pretrain" alone says nothing of a workload that is no base."""
    ran = command("ask", "--dry-run", "--data", str(LIVE), question)
    assert ran.status == 0, ran.err
    assert ran.out.startswith(f"optimizer plan {flags}")
    assert ("--way" in ran.out) == ("--way" in flags)


@pytest.mark.parametrize(
    ("question", "words", "at"),
    [
        ("full fine-tuning of the small model with lora", "two values", "lora"),
        ("continue pre-training the small model from scratch", "two values", "from scratch"),
        ("fine-tune and continue pre-training the small model", "two values", "fine-tune and continue pre-training"),
        ("the small model without lora", "this negation is not understood", "without"),
        ("under lora", "a limit needs a number and a unit", "under"),
    ],
)
def test_what_does_not_go_together_is_pointed_at(command: Cli, question: str, words: str, at: str) -> None:
    assert pointed_at(command("ask", question), words).startswith(at)


@pytest.mark.parametrize("question", ["a 70B model under 1 MW", "un modelo de 70B con 1 MW", "70B, 1 MW, cheapest"])
def test_a_size_without_tokens_is_trained_on_the_usual_number(command: Cli, question: str) -> None:
    """Said out loud; it was answered beside "from scratch", and refused in other words and languages."""
    ran = command("ask", "--dry-run", question)
    assert ran.status == 0 and "--params-total-b 70" in ran.out and "--way pretrain" in ran.out
    assert "20 tokens" in command("ask", question, "--data", str(LIVE)).err


def test_the_answer_is_that_of_the_flags_and_tells_the_tokens(command: Cli, frozen: Catalogue) -> None:
    """Byte for byte; the tokens that were filled in are told, with why."""
    question = "fine-tune the small model with lora using A100 in 60 days"
    asked = command("ask", question)
    said = command("ask", "--dry-run", question).out.split()[1:]
    assert asked.status == 0
    assert asked.out.partition("\nHow the question was read")[0] == command(*said, "-q").out
    assert "tokens_t" in asked.err and "0.01" in asked.err
    found = optimizer.ask(question, frozen)
    assert isinstance(found.outcome, Plan) and found.outcome.setting.way.id == "lora"
