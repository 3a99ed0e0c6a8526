"""Export control: the classes of chips at the edges of their thresholds, with chips that do not exist."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from worlds import pinned_catalogue

from optimizer.catalogue import Catalogue
from optimizer.domain.chip_class import chip_class, performance_density
from optimizer.law.routes import routes

EARLY, NOW = "2024-06-01", "2026-11-22"
"""After the rules of 2023; the day of the data."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return pinned_catalogue()


def made_up(
    catalogue: Catalogue,
    tpp: Any,
    die: Any = None,
    *,
    marketed: bool = True,
    vendor: str = "Nobody",
) -> Any:
    """A chip with these figures (TPP, mm2)."""
    return catalogue.accelerators["h100_sxm5_80"].model_copy(
        update={
            "id": "made_up",
            "vendor": vendor,
            "tpp": Decimal(tpp),
            "die_area_mm2": None if die is None else Decimal(die),
            "datacenter_marketed": marketed,
        }
    )


@pytest.mark.parametrize(
    ("tpp", "die", "kind", "why"),
    [
        ("4800", "5000", "3A090.a", "TPP 4,800 itself is in, however thin"),
        ("4799.99", "5000", "none", "just below, density 0.96: in neither class"),
        ("4799.99", "3000", "3A090.b", "just below, density 1.59999...: see the edge of b.1 below"),
        ("4799.99", "811", "3A090.b", "density 5.919: not yet a"),
        ("4799.99", "810", "3A090.a", "density 5.926: a by density"),
        ("2960", "500", "3A090.a", "density 5.92 itself is in"),
        ("2960", "500.01", "3A090.b", "a hair thinner is b"),
        ("1600", "250", "3A090.a", "TPP 1,600 itself is in, density 6.4"),
        ("1599.99", "250", "none", "just below 1,600: free, however dense"),
        ("2400", "1500", "3A090.b", "b.1 from TPP 2,400 and density 1.6 on"),
        ("2399.99", "1499", "none", "just below TPP 2,400, density 1.6"),
        ("2400", "1500.01", "none", "just below density 1.6"),
        ("1600", "500", "3A090.b", "b.2 from TPP 1,600 and density 3.2 on"),
        ("1600", "500.01", "none", "just below density 3.2"),
        ("2368", "814", "none", "the design point of the H20"),
    ],
)
def test_classes_at_the_edge(catalogue: Catalogue, tpp: str, die: str, kind: str, why: str) -> None:
    """15 CFR 774, 3A090: >= is in, below is out; one slip in a comparison moves a chip between free and licensed."""
    if why.startswith("just below, density 1.59999"):
        die = "2999.99"  # 4799.99 / 2999.99 = 1.600002
    assert chip_class(made_up(catalogue, tpp, die), catalogue.chip_classes, NOW) == kind, why


@pytest.mark.parametrize(
    ("tpp", "kind"), [("1599.99", "none"), ("1600", "3A090.a"), ("2400", "3A090.a"), ("4800", "3A090.a")]
)
def test_an_unknown_die_area_clears_nothing(catalogue: Catalogue, tpp: str, kind: str) -> None:
    """From TPP 1,600 on, the density could be anything: the chip is held to be 3A090.a, not free."""
    chip = made_up(catalogue, tpp)
    assert performance_density(chip) is None
    assert chip_class(chip, catalogue.chip_classes, NOW) == kind


@pytest.mark.parametrize(
    ("tpp", "die", "kind"),
    [("4799.99", "100", "none"), ("4800", "5000", "3A090.a-consumer"), ("4800", None, "3A090.a-consumer")],
)
def test_chips_not_marketed_for_data_centres(catalogue: Catalogue, tpp: str, die: str | None, kind: str) -> None:
    """Note 2: below 4,800 they are free whatever their density, from there on .a but eligible for NAC and ACA."""
    assert chip_class(made_up(catalogue, tpp, die, marketed=False), catalogue.chip_classes, NOW) == kind


def test_the_maker_decides_for_ascend_only(catalogue: Catalogue) -> None:
    """A chip of Huawei is classed by its maker from 2025-05-13, one with the same figures of another by its figures."""
    assert chip_class(made_up(catalogue, "1000", "500", vendor="Huawei"), catalogue.chip_classes, NOW) == "prc-3a090"
    assert chip_class(made_up(catalogue, "1000", "500", vendor="Huawei"), catalogue.chip_classes, EARLY) == "none"
    assert chip_class(made_up(catalogue, "1000", "500"), catalogue.chip_classes, NOW) == "none"


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "policy"),
    [
        ("20999.99", "6499.99", "case_by_case"),
        ("21000", "6499.99", "denial"),
        ("20999.99", "6500", "denial"),
        ("20999.99", None, "denial"),
    ],
)
def test_the_china_window_at_its_edges(catalogue: Catalogue, tpp: str, bandwidth: str | None, policy: str) -> None:
    """Below 21,000 and below 6,500 GB/s, both strictly; a bandwidth that is not known does not pass."""
    chip = made_up(catalogue, tpp, "814").model_copy(
        update={"memory_bandwidth_gb_per_s": None if bandwidth is None else Decimal(bandwidth)}
    )
    assert [r.policy for r in routes(chip, "CN", catalogue, "enforced-2026", NOW)] == [policy]
