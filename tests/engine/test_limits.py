"""The vocabulary of limits: one description of each kind, and a typed name of each limit of a case."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from optimizer.batch.sweep.axes import SPECS
from optimizer.consortium.members import OF_A_SITE, Total
from optimizer.domain import Case, limits
from optimizer.domain.limits import BUDGET, DEADLINE, GRID, KINDS, Limit, measure_limits
from optimizer.service.fields import FLAG_OF

TEXTS = {
    DEADLINE: "deadline",
    Limit("hire", accelerator="h100"): "hire:h100",
    Limit("law", rule="data_center_veu"): "law:data_center_veu",
    Limit("grid", site="Recife"): "grid@Recife",
    Limit("grid", site="Recife", from_day=60): "grid@Recife from day 60",
    Limit("supply", accelerator="a100", site="BR", from_day=1): "supply:a100@BR from day 1",
}


@pytest.mark.parametrize(("limit", "text"), TEXTS.items(), ids=TEXTS.values())
def test_the_text_of_a_limit(limit: Limit, text: str) -> None:
    """JSON, CSV and messages have always named limits so; another text would break whoever reads them."""
    assert str(limit) == text


def test_limits_are_values_in_the_order_of_their_texts() -> None:
    """They are keys of mappings, and ties are broken by their order: it must be that of the names as text."""
    assert Limit("hire", accelerator="h100") == Limit("hire", "h100")
    assert len({Limit("grid"), GRID, BUDGET}) == 2
    assert sorted(TEXTS) == sorted(TEXTS, key=str)
    assert sorted([Limit("hire"), Limit("hire", accelerator="a100")]) == [Limit("hire"), Limit("hire", "a100")]


def test_every_kind_is_described_once() -> None:
    """Two kinds with one field, flag or column would speak of each other's limit."""
    for of in ("field", "flag", "needed_column", "share_column"):
        said = [text for kind in KINDS.values() if (text := getattr(kind, of))]
        assert len(said) == len(set(said)), of
    for name, kind in KINDS.items():
        assert name == kind.name
        assert bool(kind.field) == bool(kind.flag), name
        assert kind.needed_column == "" or kind.field, name
        assert not (kind.measure and kind.scope != "case"), name
        assert not kind.whole or kind.decimals in (None, 0), name


def test_every_limit_has_its_field_and_flag() -> None:
    """A field that a case does not have would never be raised; a flag of another name could not be typed."""
    for kind in KINDS.values():
        if kind.field:
            assert kind.field in Case.model_fields
            assert FLAG_OF[kind.field] == kind.flag
            assert kind.field in SPECS
        if kind.of_all_sites:
            assert kind.field in Total.model_fields and kind.field not in OF_A_SITE


def test_the_limits_that_something_states() -> None:
    """The deadline apart, and without those of one accelerator or of the data; nothing that is not given."""
    of = SimpleNamespace(budget_usd=Decimal(5), max_mw=Decimal("0.5"), deadline_days=3, supply=(("h100", 3),))
    assert list(measure_limits(of)) == [(GRID, Decimal("0.5")), (BUDGET, Decimal(5))]


def test_the_vocabulary_holds_no_formula() -> None:
    """Both proofs read it: arithmetic in it would be a slip that neither could show of the other."""
    tree = ast.parse(Path(limits.__file__).read_text(encoding="utf-8"))
    operations = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitOr)]
    assert not operations
