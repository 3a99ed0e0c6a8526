"""A small vocabulary in place of a catalogue, and sentences read with it on one day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from optimizer.question import Reading, read

TODAY = datetime.date(2026, 11, 22)


NAMES: Mapping[str, Mapping[str, str]] = {
    "accelerator": {
        "h100": "h100_sxm5_80",
        "h100 sxm": "h100_sxm5_80",
        "h100_sxm5_80": "h100_sxm5_80",
        "h200": "h200_sxm_141",
        "b200": "b200_sxm_180",
        "a100": "a100_sxm4_80",
        "rtx 4090": "rtx4090",
        "4090": "rtx4090",
        "910b": "ascend910b",
        "gh200 (grace hopper, 96gb hbm3)": "gh200",
        "gh200": "gh200",
    },
    "country": {
        "brazil": "BR",
        "brazilian": "BR",
        "br": "BR",
        "mexico": "MX",
        "mx": "MX",
        "south africa": "ZA",
        "india": "IN",
        "in": "IN",
        "norway": "NO",
        "no": "NO",
        "the united states": "US",
        "u.s.": "US",
        "us": "US",
        "türkiye": "TR",
        "turkiye": "TR",
    },
    "workload": {
        "deepseek-v3": "deepseek-v3",
        "deepseek-v3-10t": "deepseek-v3-10t",
        "10t model": "deepseek-v3-10t",
        "llama 3.1": "llama-3.1-405b",
        "llama 3.1 70b": "llama-3.1-70b",
        "llama-3.1-70b": "llama-3.1-70b",
    },
    "rules": {
        "enforced-2026": "enforced-2026",
        "us export rules as enforced, november 2026": "enforced-2026",
        "diffusion-2025": "diffusion-2025",
        "ai diffusion rule as published, january 2025": "diffusion-2025",
        "no export rule": "unrestricted",
        "unrestricted": "unrestricted",
    },
    "assumptions": {
        "measured-2026": "measured-2026",
        "measured, 2026": "measured-2026",
        "study-2025": "study-2025",
        "source study, as its spreadsheet has it": "study-2025",
    },
}


class Names:
    """Stands for a catalogue: names, one TPP, one special tax regime."""

    accelerators: Mapping[str, Any] = {
        "h100_sxm5_80": SimpleNamespace(name="H100 SXM", tpp=Decimal("15831.2")),
        "a100_sxm4_80": SimpleNamespace(name="A100 SXM", tpp=Decimal(4992)),
    }
    tax_regimes = (SimpleNamespace(regime="standard"), SimpleNamespace(regime="redata"))

    def vocabulary(self, kind: str) -> Mapping[str, str]:
        return NAMES[kind]


CATALOGUE = Names()


def ask(sentence: str) -> Reading:
    return read(sentence, CATALOGUE, TODAY)
