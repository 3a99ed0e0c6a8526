"""The data folder for a reader: what there is, and every figure of an entry with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import suggestion
from optimizer.domain.chip_class import chip_class
from optimizer.errors import DataError, UsageError
from optimizer.reference.country_sheet import Sheet, country_sheet, hire_words
from optimizer.reference.figure_lines import figures


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
                "way": w.way,
                "as_of": w.as_of,
            }
            for w in catalogue.workloads.values()
        ]
    if kind == "ways":
        return [
            {
                "id": w.id,
                "name": w.name,
                "flop_per_parameter": _plain(w.flop_per_frozen_parameter or w.flop_per_trained_parameter),
                "usual_tokens_b": _plain(w.usual_tokens_b),
                "efficiency_factor": _plain(w.efficiency_factor),
                "gives": w.gives,
            }
            for w in catalogue.ways.values()
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
    for kind in ("accelerator", "country", "workload", "way", "rules", "assumptions"):
        try:
            key = catalogue.find(kind, name)
        except DataError:
            continue
        found: Sheet = _SHEETS[kind](catalogue, key)
        return found
    rules = _rule_rows(catalogue)
    rows = rules.get(name.strip().lower().replace("-", "_").replace(" ", "_"))
    if rows is not None:
        return {f"{row.rule}: {kind}": figures(row, ("rule",)) for kind, row in rows}
    known = {word: word for kind in _SHEETS for word in catalogue.vocabulary(kind)} | {word: word for word in rules}
    kinds = "accelerator, country, workload, way, rule set, rule or assumption set"
    raise UsageError(f'"{name}" names no {kinds}; {suggestion(name, known)}')


def _rule_rows(catalogue: Catalogue) -> dict[str, list[tuple[str, Any]]]:
    """Every rule of the law by its name in lower case: a name may stand in more than one table (GP10_ASCEND)."""
    tables: Mapping[str, Sequence[Any]] = {
        "class of a chip": catalogue.chip_classes,
        "what follows": catalogue.licence_rules,
        "told, settled by no plan": catalogue.buyer_rules,
        "threshold of training compute": catalogue.thresholds,
    }
    found: dict[str, list[tuple[str, Any]]] = {}
    for kind, rows in tables.items():
        for row in rows:
            found.setdefault(row.rule.lower(), []).append((kind, row))
    return found


def _accelerator(catalogue: Catalogue, key: str) -> Sheet:
    chip = catalogue.accelerators[key]
    sections: Sheet = {f"{chip.name} ({key})": figures(chip)}
    for (_, accelerator, precision, architecture), row in catalogue.efficiencies.items():
        if accelerator == key:
            title = f"efficiency, {row.assumption_set}: {precision}, {architecture}"
            sections[title] = figures(row, ("assumption_set", "accelerator", "precision", "architecture"))
    where = [
        {"name": hire.country, "value": hire_words(hire.for_hire, hire.premium)}
        for hire in catalogue.hire.values()
        if hire.accelerator == key
    ]
    if where:
        sections["for hire"] = where
    return sections


def _workload(catalogue: Catalogue, key: str) -> Sheet:
    return {catalogue.workloads[key].name: figures(catalogue.workloads[key])}


def _way(catalogue: Catalogue, key: str) -> Sheet:
    return {catalogue.ways[key].name: figures(catalogue.ways[key])}


def _rules(catalogue: Catalogue, key: str) -> Sheet:
    sections: Sheet = {catalogue.rule_sets[key].name: figures(catalogue.rule_sets[key])}
    for rule in catalogue.licence_rules:
        if key in rule.rule_sets:
            sections[rule.rule] = figures(rule, ("rule", "rule_sets"))
    return sections


def _assumptions(catalogue: Catalogue, key: str) -> Sheet:
    row = catalogue.assumption_sets[key]
    sections: Sheet = {row.name: figures(row)}
    for (owner, name), parameter in catalogue.parameters.items():
        if owner == key:
            sections[name] = figures(parameter, ("assumption_set", "parameter"))
    return sections


_SHEETS: Mapping[str, Any] = {
    "accelerator": _accelerator,
    "country": country_sheet,
    "workload": _workload,
    "way": _way,
    "rules": _rules,
    "assumptions": _assumptions,
}
