"""Names of the fields of a case as people write them: a flag has no unit in its name, and a file may leave it out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from optimizer.domain.limits import KINDS
from optimizer.units.language import say

ValueT = TypeVar("ValueT")

_WITHOUT_UNIT = {
    "context": "context_tokens",
    "electricity": "electricity_usd_per_kwh",
    "staff": "staff_fte",
    "wage": "engineer_usd_per_year",
    "site_setup": "site_setup_usd",
    "hours": "hours_file",
    "demand_charge": "demand_charge_usd",
    "export_price": "export_usd_per_kwh",
    "ppa": "ppa_usd_per_kwh",
    "diesel": "diesel_usd_per_litre",
    "max_carbon_per_kwh": "max_carbon_g_per_kwh",
    "carbon_price": "carbon_usd_per_t",
    "pv_price": "pv_usd_per_kwp",
    "battery_price": "battery_usd_per_kwh",
}


SHORT_NAMES: Mapping[str, str] = _WITHOUT_UNIT | {
    kind.word: kind.field for kind in KINDS.values() if kind.word != kind.field
}
"""The name of a flag -> its field, where they differ: ``deadline`` is ``deadline_days``."""
LIKELY: Mapping[str, str] = {
    **dict.fromkeys(("model", "model_name", "modelo", "llm"), "workload"),
    **{heading: kind.field for kind in KINDS.values() for heading in kind.likely.split("|") if heading},
    **dict.fromkeys(("gpu", "gpus", "chip", "accelerator", "accelerators"), "use"),
    **dict.fromkeys(("parameters", "params", "params_b", "size"), "params_total_b"),
    **dict.fromkeys(("pais", "nation", "site"), "country"),
    **dict.fromkeys(("tokens", "training_tokens"), "tokens_t"),
    **dict.fromkeys(("name", "case", "id"), "case_id"),
}
"""What a heading of another name most likely means; it is named in the error, and never read."""
_FLAGS = {field: "--" + name.replace("_", "-") for name, field in SHORT_NAMES.items()}


def field_named(name: str) -> str:
    """The field of a name: of a field itself, or of its flag."""
    return SHORT_NAMES.get(name, name)


def flag_of(field: str) -> str:
    """The flag of a field: ``--deadline`` of ``deadline_days``."""
    return _FLAGS.get(field) or "--" + field.replace("_", "-")


def meant(name: str, fields: Collection[str]) -> str | None:
    """What to say of a name that is not a field: "did you mean max_mw?"; None of one that is, or that is like none."""
    if name in fields:
        return None
    from difflib import get_close_matches

    near = SHORT_NAMES.get(name) or LIKELY.get(name) or next(iter(get_close_matches(name, fields, 1)), None)
    return None if near is None else say("did you mean {first}?", first=near)


def by_field(values: Mapping[str, ValueT]) -> tuple[dict[str, ValueT], list[str]]:
    """Values by field, however their fields are named, and the fields that are named twice."""
    found: dict[str, ValueT] = {}
    twice = []
    for name, value in values.items():
        field = field_named(name)
        if field in found:
            twice.append(field)
        found.setdefault(field, value)
    return found, twice
