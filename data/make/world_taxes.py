"""The rows of ``tax_regimes.csv``: duty and VAT of a country, each with its source and date."""

from __future__ import annotations

import planning_rules
from cell_sources import ESTIMATE, part
from cell_sources import joined as together
from raw_tables import AS_OF, BUILT, Row
from world_sources import Tools

STALE = ("hand", "salestax")
"""Sources of a VAT that count as estimates until it was looked up: memory, and a table of rates in which six of those
that were looked up were old (Bahrain, Ecuador, Kazakhstan, Sri Lanka, Pakistan, Thailand)."""


def tax_of(row: Row, tools: Tools) -> Row:
    """A row of tax_regimes.csv; the duty stays empty where no source and no rule with a source gives it."""
    code = row["iso2"]
    duty = tools.server_duties.get(code) or (tools.bound_duty(row) if row["server_duty"] else {})
    vat = tools.vats.get(code, {})
    guessed = row["estimates"].split(";")
    rate = duty["duty"] if duty else row["server_duty"]
    duty_guessed = duty["is_estimate"] == "1" if duty else "server_duty" in guessed
    vat_guessed = not vat and ("vat" in guessed or row["vat_source"] in STALE)
    estimates = [name for name, is_one in (("duty", rate and duty_guessed), ("vat", vat_guessed)) if is_one]
    duty_note = duty["note"] if duty else row["server_duty_note"] if rate else tools.why_unknown(code)
    notes = [f"{duty_note[0].upper()}{duty_note[1:].rstrip('.')}.", _vat_note(row, vat)]
    if row["vat_others"]:
        notes.append(f"Other tables: {row['vat_others']}.")
    public = tools.public_buyers.get(code, {})
    if public:
        notes.append(public["note"])
    return {
        "country": code,
        "regime": "standard",
        "assumption_set": "*",
        "is_default": "1",
        "duty": rate,
        **_duty_ends(rate, duty, ";".join(estimates)),
        "excise": "0",
        "contribution": "0",
        "inside_tax": "0",
        "vat": vat.get("vat", row["vat"]),
        "vat_recoverable": vat.get("recoverable") or "1",
        "vat_recoverable_public": public.get("vat_recoverable_public", ""),
        "substitutes": planning_rules.tax_substitutes(row, duty_note if rate else "", bool(vat)),
        "source": together(
            part("vat", vat["source"], vat["as_of"]) if vat else tools.rate(row),
            part("duty", (duty.get("source", "") or tools.addresses(row, ("ita",), "")) if rate else "", _date(duty)),
        )
        or ESTIMATE,
        "as_of": AS_OF,
        "verification": f"{BUILT}: dataset",
        "estimates": ";".join([*estimates, "vat_recoverable"]),
        "note": " ".join(notes),
    }


def _duty_ends(rate: str, duty: Row, estimates: str) -> Row:
    """Low and high of a duty: those that its source has, else those of the rule for estimates."""
    names = ("duty_low", "duty_high")
    if duty.get("duty_high"):
        return {name: duty[name] for name in names}
    return dict(zip(names, planning_rules.duty_ends(rate, estimates), strict=True))


def _date(duty: Row) -> str:
    """The date of a duty that was looked up, where it is not that of the table."""
    as_of = duty.get("as_of", AS_OF)
    return "" if as_of == AS_OF else as_of


def _vat_note(row: Row, vat: Row) -> str:
    """Where the VAT comes from."""
    if vat:
        return f"VAT: {vat['note']}."
    return "VAT by hand, not looked up." if row["vat_source"] == "hand" else f"VAT: {row['vat_source']}."
