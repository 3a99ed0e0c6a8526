"""Catalogues for all tests: one frozen and fictitious, with figures for sums done by hand, and the shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.catalogue import Catalogue, load_catalogue

HERE = Path(__file__).parent
FROZEN = HERE / "catalogue"
LIVE = HERE.parent / "data"


@pytest.fixture(scope="session")
def frozen() -> Catalogue:
    """The fictitious catalogue of tests/catalogue: its figures never change."""
    return load_catalogue(FROZEN)


@pytest.fixture(scope="session")
def live() -> Catalogue:
    """The shipped data: only relations may be tested on it, its figures change."""
    return load_catalogue(LIVE)
