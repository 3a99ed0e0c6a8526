"""The inputs of an answer are what was given: nothing that was made up, and nothing of the question left out."""

from __future__ import annotations

import json

import pytest
from commands import Cli

import optimizer

SITE = {"country": "MX", "max_mw": "1", "deadline_days": 150}
FLAGS = ("--country", "MX", "--max-mw", "1", "--deadline", "150d")


@pytest.mark.parametrize(
    ("words", "inputs"),
    [
        (("largest", *FLAGS, "--tokens-per-param", "30"), {"tokens_per_param": "30", **SITE}),
        (("largest", *FLAGS, "--params-total-b", "7"), {"params_total_b": "7", **SITE}),
        (
            ("frontier", "cost", "compute", *FLAGS, "--params-total-b", "7", "--points", "3"),
            {"first": "cost", "second": "compute", "points": 3, "params_total_b": "7", **SITE},
        ),
        (
            ("tipping", "pue", "--from", "1.2", "--to", "1.4", *FLAGS),
            {"input": "pue", "from": "1.2", "to": "1.4", **SITE},
        ),
        (
            ("alternatives", "--within", "5", "--baseline", "study", *FLAGS),
            {"within": "5", "baseline": ["study"], **SITE},
        ),
        (("sensitivity", "--draws", "10", "--workers", "1", *FLAGS), {"draws": 10, **SITE}),
        (("why-not", "a100", *FLAGS), {"subject": "a100", **SITE}),
        (("why-not", "a100", "--max-mw", "0.01"), {"subject": "a100", "max_mw": "0.01"}),
        (("compare", "--country", "MX,BR", *FLAGS[2:]), {**SITE, "country": ["MX", "BR"]}),
        (
            ("ways", "--params-total-b", "7", "--lora-tokens", "1B", *FLAGS),
            {"lora_tokens": "1B", "params_total_b": "7", **SITE},
        ),
        (("plan", *FLAGS), SITE),
    ],
)
def test_inputs_are_the_question_as_it_was_given(
    command: Cli, words: tuple[str, ...], inputs: dict[str, object]
) -> None:
    """Of the question's own parameters and of its case: those that were typed, and no other."""
    assert json.loads(command(*words, "--quiet", "--json").out)["inputs"] == inputs


def test_settled_inputs_have_the_defaults_of_the_question(command: Cli) -> None:
    """The same question with every default: also those of its own parameters, and nothing for what is sought."""
    told = json.loads(command("largest", *FLAGS, "--tokens-per-param", "30", "--json").out)["settled"]
    assert (told["step"], told["tokens_per_param"]) == (1_000_000, "30")
    assert not {"tokens_t", "params_total_b", "architecture", "workload"} & told.keys()


def test_a_region_is_given_by_its_name() -> None:
    """And not as the countries that it has, which are among the settled values."""
    grounds = optimizer.answer("compare", region="Mercosur", max_mw=1, deadline="120d").grounds
    assert dict(grounds.inputs) == {"region": "Mercosur", "max_mw": "1", "deadline_days": 120}
    assert grounds.settled["country"] == ("AR", "BO", "BR", "PY", "UY")
