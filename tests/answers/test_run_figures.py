"""What an engineer checks first: GPU-hours, tokens a second, MFU, and how a model would be split."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import pytest
from commands import Cli

from optimizer import Case, Plan, plan
from optimizer.catalogue import Catalogue
from optimizer.insight.run_figures import run_figures
from optimizer.insight.split import Doubt, _is_usual, _shape, split_of


def _planned(catalogue: Catalogue, **fields: object) -> Plan:
    found = plan(Case.model_validate(fields), catalogue)
    assert isinstance(found, Plan)
    return found


def test_hours_speed_and_efficiency_by_hand(frozen: Catalogue) -> None:
    """8.64e23 FLOP on H100 at 2,000 TFLOP/s x MFU 0.3 x goodput 0.8: 500,000 hours; 14.4e12 tokens in them are 8,000 a
    second. Hours that count idle servers, or tokens of another count, would differ."""
    figures = run_figures(_planned(frozen, max_mw="0.6", deadline_days=90))
    (item,) = figures.items
    assert (item.mfu, item.goodput, item.of_peak) == (Fraction(3, 10), Fraction(4, 5), Fraction(6, 25))
    assert figures.accelerator_hours == 500_000
    assert figures.tokens_per_s_per_accelerator == 8_000


def test_the_figures_give_back_the_training_compute(live: Catalogue) -> None:
    """Hours x peak x MFU x goodput is the training compute, whatever the accelerator."""
    found = _planned(live, max_mw="2", deadline_days=240, country="MX")
    (item,) = run_figures(found).items
    chip = live.accelerators[item.accelerator]
    peak = chip.peak_tflops(item.precision)
    assert peak is not None
    done = item.accelerator_hours * 3600 * Fraction(peak) * 10**12 * item.of_peak
    assert float(done) == pytest.approx(float(found.setting.training_flop), rel=1e-9)


def test_a_split_is_counted_out(live: Catalogue) -> None:
    """Parts times the usual share of their memory hold one copy, one part fewer does not; copies fit into the fleet."""
    found = _planned(live, max_mw="2", deadline_days=240, country="MX")
    split = split_of(found)
    assert split is not None
    chip = live.accelerators[found.items[0].key.accelerator]
    assert split.parts == split.tensor * split.pipeline
    assert split.parts * Fraction(chip.memory_gb) * Fraction(7, 10) >= split.state_gb
    assert split.copies * split.parts <= found.accelerators < (split.copies + 1) * split.parts
    assert split.batch_tokens == split.copies * 4096


def test_parts_behind_each_other_are_stages_times_experts(live: Catalogue) -> None:
    """1,016 accelerators of a mixture were cut into copies of 254: 2 x 127, and 127 are neither stages, of which there
    are at most 64, nor stages times cuts of the experts. A dense model of 48 layers has not 50 stages."""
    assert _shape(200, (1, 2, 4, 8), 1016, (64, 64)) == (8, 25)
    assert _shape(200, (1, 2, 4, 8), 1024, (64, 64)) == (8, 32)
    assert _is_usual(126, 64, 64) and not _is_usual(127, 64, 64)
    assert _is_usual(48, 48, 1) and not _is_usual(50, 48, 1)
    found = _planned(live, workload="jais-30b", context_tokens=4096, country="NA")
    split = split_of(found)
    assert split is not None and found.setting.workload.layers and split.pipeline <= found.setting.workload.layers


def test_a_model_that_leaves_no_room_is_named(live: Catalogue) -> None:
    """The memory floor lets a fleet that just holds the state pass; that it leaves no room for activations is said."""
    found = _planned(live, workload="llama-3.1-405b", way="lora", use=("h100_sxm5_80",), objective="peak_power")
    split = split_of(found)
    assert split is not None
    if split.copies == 0:
        assert split.doubts == (Doubt.NO_ROOM,)
    else:
        assert Doubt.NO_ROOM not in split.doubts


def test_a_fleet_of_graphics_cards_is_named(live: Catalogue) -> None:
    """Thousands of RTX 5090 for a model of 671B went without a word; a server of eight, and data-centre parts, do."""
    small: dict[str, object] = {
        "params_total_b": 1,
        "architecture": "dense",
        "country": "CN",
        "objective": "peak_power",
    }
    fleet = split_of(_planned(live, **small, tokens_t="1", use=("rtx5090",), deadline_days=60))
    server = split_of(_planned(live, **small, tokens_t="0.01", use=("rtx5090",), deadline_days=365))
    parts = split_of(_planned(live, **small | {"country": "BR"}, tokens_t="1", use=("h100_sxm5_80",), deadline_days=60))
    assert fleet is not None and server is not None and parts is not None
    assert fleet.copies * fleet.parts > 8 >= server.copies * server.parts
    named = [Doubt.GRAPHICS_CARDS in split.doubts for split in (fleet, server, parts)]
    assert named == [True, False, False]


def test_the_same_figures_in_every_form(command: Cli) -> None:
    """Text, JSON and CSV say 500,000 hours and 8,000 tokens a second."""
    flags = ("plan", "--max-mw", "0.6", "--deadline", "90d", "-q")
    assert "500,000 GPU-hours · 8,000 tokens/s per accelerator · MFU 30.0 %" in command(*flags).out
    told = json.loads(command(*flags, "--json").out)["outputs"]["engineering"]
    assert (told["accelerator_hours"], told["tokens_per_s_per_accelerator"]) == (500_000, 8_000)
    (row,) = csv.DictReader(io.StringIO(command(*flags, "--csv").out))
    assert (float(row["accelerator_hours"]), float(row["tokens_per_s_per_accelerator"])) == (500_000, 8_000)
    assert (row["mfu"], row["goodput"]) == ("0.3", "0.8")


def test_the_decision_is_short_and_full_shows_the_rest(command: Cli) -> None:
    """At most twelve lines say what to do; --full has the costs and the proof, which the short answer leaves out."""
    flags = ("plan", "--max-mw", "0.6", "--deadline", "90d", "-q")
    short, full = command(*flags).out, command(*flags, "--full").out
    decision, _, hint = short.rstrip("\n").rpartition("\n")
    assert full.startswith(decision) and "--full" in hint and hint not in full
    assert "Proof" in full and "Proof" not in short and "Cost" in full
