"""What an answer says of memory, of whole servers and of what is not counted."""

from __future__ import annotations

from fractions import Fraction

from commands import EASY, Cli

from optimizer.answers.words.floor_words import memory_words, owned_words, uncounted_words
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.insight import answer
from optimizer.plans.outcome import Plan


def test_the_memory_that_is_needed_is_told_with_its_share(frozen: Catalogue, command: Cli) -> None:
    """By hand: 16 bytes for each of 100e9 parameters are 1,600 GB; of 248 H100 of 80 GB that is 8.1 %, rounded up."""
    plan = answer(Case(max_mw="0.6", deadline_days=90), frozen).outcome
    assert isinstance(plan, Plan)
    fleet = sum(
        item.accelerators * Fraction(frozen.accelerators[item.key.accelerator].memory_gb) for item in plan.items
    )
    bytes_each = settle(plan.setting.asked, frozen).exact("training_bytes_per_parameter")
    need = Fraction(plan.setting.workload.params_total_b) * bytes_each
    words = memory_words(plan)
    assert f"needs {int(need):,} GB" in words and f"of the {int(fleet):,} GB" in words
    assert "activations need more, and are not counted" in words
    told = " ".join(command("explain", *EASY).out.split())
    assert words in told and uncounted_words(plan.setting) in told


def test_a_stated_compute_leaves_nothing_to_the_reader(frozen: Catalogue) -> None:
    """Of a workload whose compute the data state, nothing is said of attention."""
    stated = [key for key, row in frozen.workloads.items() if row.training_flop is not None]
    counted = [key for key, row in frozen.workloads.items() if row.training_flop is None]
    assert counted
    for keys, has in ((stated, False), (counted, True)):
        for key in keys:
            assert ("attention" in uncounted_words(settle(Case(workload=key), frozen))) is has


def test_owned_accelerators_that_make_no_server_are_said(frozen: Catalogue, command: Cli) -> None:
    """Four where a server has eight: not just "No plan"; of twelve four stand idle; of eight nothing is said."""
    assert frozen.accelerators[frozen.find("accelerator", "a100")].server_devices == 8
    for count, words in ((4, "the 4 A100"), (12, "4 of the 12 A100"), (8, "")):
        said = " ".join(owned_words(settle(Case(owned={"a100": count}), frozen)))
        assert (words in said) if words else said == ""
    small = ("--params-total-b", "1", "--tokens-t", "0.001", "--procurement", "own", "--owned", "a100=4")
    for name in ("plan", "explain"):
        ran = command(name, *small)
        assert ran.status == 3 and "servers are whole" in " ".join(ran.out.split()), name
