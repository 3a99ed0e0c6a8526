"""Attention over the context: counted by hand on both sides of the proof, told with what it assumes, never guessed."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import Cli, one_message

from optimizer import Plan, plan
from optimizer.case.setting import settle
from optimizer.case.training import Attention
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import DataError, UndecidedError
from optimizer.exact.work import training_flop
from optimizer.insight.floor import attention_share
from optimizer.solve.planner import prepare

OWN: dict[str, Any] = {"params_total_b": 10, "architecture": "dense", "tokens_t": "0.144"}
SHAPE: dict[str, Any] = {"layers": 50, "attention_width": 4000}
FLAGS = ("--params-total-b", "10", "--tokens-t", "0.144", "--layers", "50", "--attention-width", "4000")


def test_attention_by_hand(frozen: Catalogue) -> None:
    """10B parameters, 50 layers of width 4,000, 10,000 tokens of context: a token takes 6 x 10e9 = 6e10 FLOP in the
    weights and 6 x 50 x 4,000 x 10,000 = 1.2e10 in attention; 0.144e12 tokens come to 1.0368e22, of which a sixth is
    attention. Without the causal mask it would be twice as much: 8.64e21 + 3.456e21."""
    without = settle(Case(**OWN), frozen)
    setting = settle(Case(**OWN, **SHAPE, context_tokens=10_000), frozen)
    assert (without.training_flop, setting.training_flop) == (Decimal("8.64e21"), Decimal("1.0368e22"))
    assert training_flop(without) == Fraction(without.training_flop)
    assert training_flop(setting) == Fraction(setting.training_flop)
    counted = attention_share(setting)
    assert counted is not None and counted.share == Fraction(1, 6) and attention_share(without) is None


def test_the_context_of_the_data(live: Catalogue) -> None:
    """Llama 3.1 8B over 131,072 tokens takes 3.1 times the compute; the layers are those of the data. With an overhead,
    or frozen weights, attention is scaled, or stays, as it must."""
    plain, long = (settle(Case(workload="llama-3.1-8b", context_tokens=c), live) for c in (None, 131_072))
    assert float(long.training_flop / plain.training_flop) == pytest.approx(3.14, abs=0.005)
    for changes in ({"overhead": "1.3"}, {"way": "lora", "tokens_t": "0.01"}, {"layers": 10}):
        setting = settle(Case(workload="llama-3.1-8b", context_tokens=8192, **changes), live)
        counted = attention_share(setting)
        assert counted is not None and counted.stated == ("layers" in changes)
        tokens, overhead = setting.workload.tokens_t or Decimal(0), setting.case.overhead or Decimal(1)
        by_hand = 6 * counted.layers * 4096 * 8192 * Fraction(tokens) * 10**12 * Fraction(overhead)
        assert counted.share * Fraction(setting.training_flop) == by_hand
        assert abs(training_flop(setting) - Fraction(setting.training_flop)) <= training_flop(setting) / 10**20


def test_every_shape_of_the_data_fits_its_model(live: Catalogue) -> None:
    """12 x layers x width^2 is about what a dense model has in its layers (Kaplan et al. 2020): a slip of a digit, or
    of a column, shows. SmolLM3, of wide layers, comes to 0.59; Qwen3-32B, with heads wider than the model, to 1.57."""
    known = [row for row in live.workloads.values() if row.layers is not None and row.architecture == "dense"]
    assert len(known) > 25
    for row in known:
        assert row.layers is not None and row.attention_width is not None and row.attention_source
        billions = 12 * row.layers * row.attention_width**2 / Decimal(10**9)
        assert Decimal("0.55") < billions / row.params_total_b < Decimal("1.6"), row.id


def test_a_slip_on_one_side_is_no_plan(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attention of the whole square in place of its half, for the model alone: the exact side does not agree."""
    case = Case(**OWN, **SHAPE, context_tokens=10_000, max_mw="0.6", deadline_days=90)
    assert isinstance(plan(case, frozen), Plan)
    honest = Attention.flop_per_token.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(Attention, "flop_per_token", property(lambda self: 2 * honest(self)))
    with pytest.raises(UndecidedError):
        plan(case, frozen)


def test_what_is_not_known_is_asked_for(frozen: Catalogue, command: Cli) -> None:
    """No layers in the data, a compute that the data state whole, a shape without a context: one message, no guess."""
    for fields, words in (
        ({**OWN, "context_tokens": 8192}, "give --layers and --attention-width"),
        ({"workload": "dense-small", **SHAPE, "context_tokens": 8192}, "give --tokens-t"),
    ):
        with pytest.raises(DataError, match=words):
            prepare(Case(**fields), frozen)
    ran = command("plan", "--layers", "3")
    assert ran.status == 2 and "--context" in one_message(ran)
    assert command("plan", "--context", "128k").status == 2


def test_the_answer_says_what_is_assumed(command: Cli) -> None:
    """In the title, in full, in JSON and in a row; none of it where attention is not counted."""
    words = ("plan", *FLAGS, "--context", "10000", "--max-mw", "0.6", "--deadline", "90d")
    full = " ".join(command(*words, "--full").out.split())
    assert "with attention over 10,000 tokens" in full
    assert "16.7 % of it is attention over sequences of 10,000 tokens, in 50 layers of width 4,000 (as" in full
    assert "Assumed: all tokens are in sequences of this length" in full
    told = json.loads(command(*words, "--json").out)["outputs"]["engineering"]
    assert told["attention"] == {
        **{"context_tokens": 10_000, "layers": 50, "width": 4000.0, "share": 0.166667, "stated": True},
    }
    without = json.loads(command(*words[:5], *words[-4:], "--json").out)["outputs"]["engineering"]
    assert without["attention"] is None
    # 16 bytes for each of 10e9 parameters
    assert without["memory"]["needed_gb"] == told["memory"]["needed_gb"] == 160.0
    assert 0 < told["memory"]["share"] < 1
