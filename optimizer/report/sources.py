"""The data folder for a reader: what there is, and every figure of an entry with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from optimizer.catalogue import ANY, Catalogue
from optimizer.domain import Sourced
from optimizer.errors import DataError, UsageError
from optimizer.options.export_control import chip_class, routes
from optimizer.tables import suggestion

Sheet = dict[str, list[dict[str, str]]]
_PROVENANCE = ("source", "as_of", "verification", "estimates", "note", "price_source", "rent_source")


def listing(catalogue: Catalogue, kind: str) -> list[dict[str, Any]]:
    """One short row an entry."""
    if kind == "accelerators":
        return [
            {
                "id": a.id,
                "name": a.name,
                "bf16_tflops": _plain(a.bf16_tflops or a.fp16_tflops),
                "fp8_tflops": _plain(a.fp8_tflops),
                "memory_gb": _plain(a.memory_gb),
                "tpp": _plain(a.tpp),
                "price_usd": _plain(a.unit_price_usd),
                "rent_usd_per_hour": _plain(a.rent_usd_per_hour),
                "class": chip_class(a, catalogue.chip_classes, catalogue.as_of),
            }
            for a in catalogue.accelerators.values()
        ]
    if kind == "countries":
        return [
            {
                "id": c.id,
                "name": c.name,
                "usd_per_kwh": _plain(c.electricity_usd_per_kwh),
                "g_co2_per_kwh": _plain(c.grid_carbon_g_per_kwh),
                "pue": _plain(c.pue),
                "groups": " ".join(g.group for g in catalogue.country_groups.get(c.id, ()) if g.effective_to is None),
            }
            for c in catalogue.countries.values()
        ]
    if kind == "workloads":
        return [
            {
                "id": w.id,
                "name": w.name,
                "params_total_b": _plain(w.params_total_b),
                "params_active_b": _plain(w.params_active_b),
                "tokens_t": _plain(w.tokens_t),
                "architecture": w.architecture,
                "as_of": w.as_of,
            }
            for w in catalogue.workloads.values()
        ]
    if kind == "defaults":
        return [{"field": d.field, "value": d.value, "why": d.why} for d in catalogue.defaults.values()]
    rows = catalogue.rule_sets if kind == "rules" else catalogue.assumption_sets
    return [
        {"id": r.id, "default": "yes" if r.is_default else "", "name": r.name, "description": r.description}
        for r in rows.values()
    ]


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def sheet(catalogue: Catalogue, name: str) -> Sheet:
    """Every figure of an entry, by section.

    Raises:
        UsageError: no entry has that name.
    """
    for kind in ("accelerator", "country", "workload", "rules", "assumptions"):
        try:
            key = catalogue.find(kind, name)
        except DataError:
            continue
        found: Sheet = _SHEETS[kind](catalogue, key)
        return found
    known = {word: word for kind in _SHEETS for word in catalogue.vocabulary(kind)}
    raise UsageError(
        f'"{name}" names no accelerator, country, workload, rule set or assumption set; {suggestion(name, known)}'
    )


def _figures(row: Sourced, skip: Iterable[str] = ()) -> list[dict[str, str]]:
    """The columns of a row with value, unit, and whether they are estimates; its source and note last."""
    lines = []
    for name, info in type(row).model_fields.items():
        value = getattr(row, name)
        if name in _PROVENANCE or name in skip or value in (None, (), ""):
            continue
        extra = info.json_schema_extra
        line = {"name": name, "value": _text(value), "meaning": info.description or ""}
        if isinstance(extra, dict) and extra.get("unit"):
            line["unit"] = str(extra["unit"])
        if row.is_estimate(name):
            line["estimate"] = "yes"
        lines.append(line)
    for name in _PROVENANCE:
        value = getattr(row, name, None)
        if value and name != "estimates":
            lines.append({"name": name, "value": _text(value)})
    return lines


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 16 else str(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _accelerator(catalogue: Catalogue, key: str) -> Sheet:
    chip = catalogue.accelerators[key]
    sections: Sheet = {f"{chip.name} ({key})": _figures(chip)}
    for (_, accelerator, precision, architecture), row in catalogue.efficiencies.items():
        if accelerator == key:
            title = f"efficiency, {row.assumption_set}: {precision}, {architecture}"
            sections[title] = _figures(row, ("assumption_set", "accelerator", "precision", "architecture"))
    where = [
        {"name": hire.country, "value": _hire(hire.for_hire, hire.premium)}
        for hire in catalogue.hire.values()
        if hire.accelerator == key
    ]
    if where:
        sections["for hire"] = where
    return sections


def _hire(known: str, premium: Decimal | None) -> str:
    if known != "yes":
        return known
    return "yes, at no known price" if premium is None else f"yes, premium over the world rent {premium}"


def _country(catalogue: Catalogue, key: str) -> Sheet:
    country = catalogue.countries[key]
    sections: Sheet = {f"{country.name} ({key})": _figures(country)}
    for tax in catalogue.tax_regimes:
        if tax.country == key:
            sections[f"tax regime {tax.regime}"] = _figures(tax, ("country", "regime"))
    sections["groups"] = [
        {
            "name": group.group,
            "value": f"from {group.effective_from}" + (f" to {group.effective_to}" if group.effective_to else ""),
            "meaning": group.note,
        }
        for group in catalogue.country_groups.get(key, ())
    ]
    default_rules = next(row.id for row in catalogue.rule_sets.values() if row.is_default)
    law: dict[str, list[str]] = {}
    for chip in catalogue.accelerators.values():
        for route in routes(chip, key, catalogue, default_rules, catalogue.as_of):
            law.setdefault(f"{route.chip_class}: {route.policy}, {route.rule}", []).append(chip.id)
    sections[f"export control ({default_rules}, {catalogue.as_of})"] = [
        {"name": rule, "value": ", ".join(chips)} for rule, chips in law.items()
    ]
    hire = [row for row in catalogue.hire.values() if row.country == key]
    sections["accelerators for hire"] = [
        {
            "name": "any" if row.accelerator == ANY else row.accelerator,
            "value": _hire(row.for_hire, row.premium),
            "meaning": row.providers,
        }
        for row in hire
    ]
    return sections


def _workload(catalogue: Catalogue, key: str) -> Sheet:
    return {catalogue.workloads[key].name: _figures(catalogue.workloads[key])}


def _rules(catalogue: Catalogue, key: str) -> Sheet:
    sections: Sheet = {catalogue.rule_sets[key].name: _figures(catalogue.rule_sets[key])}
    for rule in catalogue.licence_rules:
        if key in rule.rule_sets:
            sections[rule.rule] = _figures(rule, ("rule", "rule_sets"))
    return sections


def _assumptions(catalogue: Catalogue, key: str) -> Sheet:
    row = catalogue.assumption_sets[key]
    sections: Sheet = {row.name: _figures(row)}
    for (owner, name), parameter in catalogue.parameters.items():
        if owner == key:
            sections[name] = _figures(parameter, ("assumption_set", "parameter"))
    return sections


_SHEETS: Mapping[str, Any] = {
    "accelerator": _accelerator,
    "country": _country,
    "workload": _workload,
    "rules": _rules,
    "assumptions": _assumptions,
}
