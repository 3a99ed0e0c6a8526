"""What a case may say of the way to train: its tokens, what does not go together, and how tokens are written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import Cli, one_message
from worlds import FROZEN

from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.errors import DataError, InputError
from optimizer.units import read_tokens


def flop(catalogue: Catalogue, **fields: Any) -> Decimal:
    return settle(Case(**fields), catalogue).training_flop


def test_usual_tokens_are_said(frozen: Catalogue) -> None:
    """A known model in another way takes that way's tokens, and says so; from scratch again, those of its base."""
    setting = settle(Case(workload="dense-100k", way="lora"), frozen)
    assert setting.workload.tokens_t == setting.case.tokens_t == Decimal("0.01")
    (told,) = [a for a in setting.assumed if a.field == "tokens_t"]
    assert (told.value, "LoRA fine-tuning" in told.why.subject) == ("0.01", True)
    assert "LoRA fine-tuning, 0.01T tokens" in setting.workload.name
    given = settle(Case(workload="dense-100k", way="lora", tokens_t="0.002"), frozen)
    assert given.workload.tokens_t == Decimal("0.002") and all(a.field != "tokens_t" for a in given.assumed)
    assert "2B tokens" in given.workload.name


def test_from_scratch_takes_the_tokens_of_the_base(live: Catalogue) -> None:
    """Latam-GPT goes on from Llama 3.1 70B, trained on 15T; SaulLM's base is not held: 20 for each of 39B active."""
    assert settle(Case(workload="latam-gpt-70b", way="pretrain"), live).workload.tokens_t == 15
    assert settle(Case(workload="saullm-141b", way="pretrain"), live).workload.tokens_t == Decimal("0.78")
    assert settle(Case(workload="latam-gpt-70b"), live).workload.tokens_t == Decimal("0.3")


def test_an_own_workload_may_leave_its_tokens_to_the_way(frozen: Catalogue) -> None:
    assert settle(Case(params_total_b=7, way="finetune"), frozen).workload.tokens_t == Decimal("0.01")
    assert settle(Case(params_total_b=7, way="pretrain"), frozen).workload.tokens_t == Decimal("0.14")
    with pytest.raises(InputError, match="needs tokens_t"):
        Case(params_total_b=7)


def test_stated_compute_is_that_of_its_own_way(frozen: Catalogue) -> None:
    """dense-small states 8.64e21 FLOP and no tokens: fine-tuned it takes 6 x 10e9 x 10e9, not what was stated."""
    assert flop(frozen, workload="dense-small") == flop(frozen, workload="dense-small", way="pretrain") == 864 * 10**19
    assert flop(frozen, workload="dense-small", way="finetune") == 6 * 10**20


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"way": "loro"}, "is not a known way"),
        ({"adapter_params_b": 1}, "is for a way that trains an adapter; training from scratch trains all weights"),
        ({"way": "lora", "adapter_params_b": 11}, "must not exceed the parameters of the model, 10"),
        ({"way": "qlora", "precision": "fp8"}, "LoRA fine-tuning on 4-bit weights is done in bf16"),
    ],
)
def test_what_does_not_go_together_is_told(frozen: Catalogue, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError) as error:
        settle(Case(**{"params_total_b": 10, "tokens_t": 1, **fields}), frozen)
    assert words in str(error.value)


def test_all_problems_at_once_in_flags(command: Cli) -> None:
    told = one_message(command("plan", "--way", "loro", "--utilisation", "1.5", "--country", "XX"))
    for words in ('--utilisation "1.5"', '--way "loro"', '--country "XX"'):
        assert words in told
    assert command("plan", "--way", "loro").status == 2


def test_ways_are_a_column_of_a_batch_and_an_axis_of_a_sweep(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("case_id,workload,way,use\na,dense-small,lora,a100\nb,dense-small,,a100\n")
    ran = command("batch", "cases.csv", "-o", "plans.csv", "--workers", "1", "--quiet")
    assert ran.status == 0, ran.err
    told = command("sweep", "--workload", "dense-small", "--way", "all", "--dry-run")
    assert told.out.startswith("5 cases") and "--way lora" in told.out


def test_tables_that_do_not_go_together_are_told(tmp_path: Path) -> None:
    """A way with a frozen part but no adapter, a workload in an unknown way, and from an unknown base."""
    for path in FROZEN.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    ways, workloads = tmp_path / "ways.csv", tmp_path / "workloads.csv"
    ways.write_text(ways.read_text().replace(",4,2,,0.01,", ",4,2,,,"))
    with pytest.raises(DataError, match="give all three, or none"):
        load_catalogue(tmp_path)
    ways.write_bytes((FROZEN / "ways.csv").read_bytes())
    workloads.write_text(workloads.read_text().replace(",pretrain,,", ",pretrian,nothing,", 1))
    with pytest.raises(DataError) as error:
        load_catalogue(tmp_path)
    assert "pretrian" in str(error.value) and "nothing" in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"), [("300B", "0.3"), ("15T", "15"), ("2.09b", "0.00209"), ("16 M", "0.000016")]
)
def test_tokens_are_read(text: str, expected: str) -> None:
    assert read_tokens(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["300", "B", "1.500B", "-1B", "0T", "1e999B", "1,5B"])
def test_tokens_that_could_be_anything_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_tokens(text)
