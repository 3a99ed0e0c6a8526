"""How the efficiencies are shown: bands, ratios, the rows that they rest on, and their sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from worlds import live_catalogue

from optimizer.cli import run
from optimizer.errors import DataError
from optimizer.reference.efficiency_sheet import mfu_sheet
from optimizer.validation import load_evidence

H100, A100 = "h100_sxm5_80", "a100_sxm4_80"


def test_show_mfu_prints_bands_ratios_rows_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "show", "mfu", "h100"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "mfu: 0.28 - 0.357 - 0.43",
        "mfu: 0.17 - 0.23 - 0.38",
        "h100_sxm5_80 over a100_sxm4_80, bf16, dense: 2.84",
        "b200_sxm_180 over h100_sxm5_80, fp8, dense: 1.75",
        "mi300x over h100_sxm5_80, bf16, dense: 0.66",
        "fp8 over bf16, dense: 1.29",
        "llm-foundry-001: MFU 0.396 (published 0.4125, attention counted): 70b, bf16, 512 devices",
        "https://github.com/mosaicml/llm-foundry/blob/main/scripts/train/benchmarking/README.md",
        "whole run Llama 3.1 405B: 0.345",
        "goodput Llama 3.1 405B: 0.863",
    ):
        assert words in told, words


def test_no_summary_mixes_peaks() -> None:
    """LLM-jp's BF16 row (0.404) and FP8 row (0.277) are two lines: a median of 0.341 would be of nothing."""
    for chip in live_catalogue().accelerators:
        for title, lines in mfu_sheet(live_catalogue(), chip).items():
            if title.endswith("rests on"):
                for line in lines:
                    if "measurements, MFU" in line.value:
                        _, accelerator, _, precision = line.name.replace(",", "").split(" ")
                        assert accelerator in live_catalogue().accelerators
                        assert precision in ("fp16", "bf16", "fp8", "nvfp4")
    fp8 = mfu_sheet(live_catalogue(), H100)["fp8, dense: rests on"]
    told = {line.name: line.value for line in fp8}
    assert told["llm-jp, h100_sxm5_80 in bf16"].startswith("1 measurements, MFU 0.404")
    assert told["llm-jp, h100_sxm5_80 in fp8"].startswith("1 measurements, MFU 0.277")


SHOWN = {
    "goodput": (
        "h100_sxm5_80 fp8 moe, h800_sxm5_80 fp8 moe",
        "7 runs: 0.691 - 0.735 - 0.871 (least, median, most)",
        "goodput Llama 3.1 405B: 0.863 = whole-run efficiency over the reported steady state of 0.40",
    ),
    "goodput h100": ("h100_sxm5_80 fp8 moe: 0.78 - 0.9 - 0.97",),
    "overhead": (
        "low: 1.1 (estimate) low value central: 1.3 (estimate)",
        "SmolLM3-3B: 1.58 = (276,480 + 161,280 h) / 276,480 h",
        "Apertus-70B (Switzerland): 1.67",
        "DeepSeek-V3 (pre-training only): 1.05",
    ),
    "scale": (
        "1 to 256 devices: 1.041 - 1.07 - 1.105 (estimate)",
        "8,193 to 16,384 devices: 0.795 - 0.856 - 0.912 (estimate)",
        "loss for a doubling of the devices: 3.6%, pooled over 9 groups",
        "no loss at: 636 devices",
        "llm-foundry 70b, h100_sxm5_80 bf16: 2.4% a doubling",
        "Hopper; Hopper (China SKU), dense: 1.053 - 1.099 - 1.148; 1 at 57B active parameters, level below 2.5B",
        "Llama 3.1 8B, 8.0B active: 0.46 of MFU x goodput x the factor of the cluster (1); on the line 0.77",
        "sites in one country: 0.90 - 0.96 - 0.98 INTELLECT-1",
        "sites in several countries: 0.83 - 0.90 - 0.95 (estimate)",
    ),
}


@pytest.mark.parametrize("what", SHOWN)
def test_the_other_efficiencies_are_shown_with_their_rows(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with low, central and high, and every row that it rests on."""
    assert run(["data", "show", *what.split()]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for words in SHOWN[what]:
        assert words in told, words
    assert ("b200" in told) == (what == "goodput")
    assert run(["data", "show", *what.split(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"]


def test_an_unknown_view_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "show", "scale", "h100"]) == 2
    assert "names no accelerator" in capsys.readouterr().err
    assert run(["data", "show", "mfu"]) == 2
    assert "name it, as in optimizer data show mfu h100" in capsys.readouterr().err


@pytest.mark.parametrize("view", ["mfu", "goodput"])
def test_an_unknown_accelerator_is_told(view: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the command, status 2, as everywhere else, with a name that is near or a few ids."""
    assert run(["data", "show", view, "h1000"]) == 2
    assert 'accelerator "h1000": is not a known accelerator; did you mean h100' in capsys.readouterr().err
    assert run(["data", "show", view, "nope"]) == 2
    told = capsys.readouterr().err
    assert 'accelerator "nope": is not a known accelerator; known: v100_sxm2_32, ' in told and told.endswith(", ...\n")
    assert len(told) < 200


def test_an_accelerator_without_a_goodput_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """H20: no efficiency is held of it. A bare table of the runs would look like its own."""
    assert run(["data", "show", "goodput", "h20"]) == 0
    assert "h20_96: none: the data have no efficiency for it" in capsys.readouterr().out


def test_show_mfu_as_json_and_by_alias(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "show", "mfu", "H100", "PCIe", "--json"]) == 0
    assert any("h100_pcie_80" in title for title in json.loads(capsys.readouterr().out)["outputs"])


@pytest.mark.parametrize("accelerator", sorted(live_catalogue().accelerators))
def test_every_accelerator_can_be_shown(accelerator: str) -> None:
    """Those without evidence (H20) say so."""
    sections = mfu_sheet(live_catalogue(), accelerator)
    has = any(key[1] == accelerator for key in live_catalogue().efficiencies)
    assert len(sections) > 1 if has else "no evidence" in next(iter(sections.values()))[0].value


def test_a_wrong_peak_is_found(tmp_path: Path) -> None:
    """An FP8 row on the BF16 peak would show twice its MFU."""
    import shutil

    folder = shutil.copytree(live_catalogue().folder, tmp_path / "data")
    path = folder / "throughput.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [line.replace(",fp8,1978.9,", ",fp8,989.4,") for line in lines]
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(DataError, match=r'throughput.csv peak_tflops "989.4": must be the accelerator\'s own, 1978.9'):
        load_evidence(replace(live_catalogue(), folder=folder))
