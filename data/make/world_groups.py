"""The rows of ``country_groups.csv``: every group and tier of a country that a rule speaks of."""

from __future__ import annotations

from raw_tables import AS_OF, BUILT, Row

FIRST_DAY = "2023-11-17"
"""The export rules held begin on this day."""
GROUP_ADDRESS = (
    "https://www.ecfr.gov/current/title-15/subtitle-B/chapter-VII/subchapter-C/part-740/"
    "appendix-Supplement%20No.%201%20to%20Part%20740"
)
TIER_ADDRESS = (
    "https://www.federalregister.gov/documents/2025/01/15/2025-00636/framework-for-artificial-intelligence-diffusion"
)
EMBARGO_ADDRESS = "https://www.ecfr.gov/current/title-15/subtitle-B/chapter-VII/subchapter-C/part-746"
LISTED = "2026-07-23"
"""Day of the table of country groups that was read whole (``country_groups_listed.csv``)."""
GROUPS = ("A:5", "A:6", "D:1", "D:4", "D:5", "E:1", "E:2")
"""The groups that some rule of licence_rules.csv speaks of; the others decide nothing here."""
BY_NAME = {"CN": "CN", "HK": "CN", "MO": "MO"}
"""Countries that the rules name by themselves; Hong Kong counts as China since 2020-12-23."""
RUSSIA_BELARUS = ("RU", "BY")
UNTIL = {("KH", "D:5"): "2026-02-02"}
"""Last day of a membership that has ended."""
ALLIES = "AIA"


def groups_of(row: Row, listed: str) -> list[Row]:
    """The rows of country_groups.csv: every group and tier that a rule speaks of.

    Args:
        row: the groups of a country.
        listed: those that a copy of the table itself has it in, separated by ``;``.
    """
    code = row["iso2"]
    found = [group for group in row["groups_2026_11"].split(";") if group in GROUPS]
    if code == "KH":
        found.append("D:5")
    tier = row["diffusion_tier_2025_01"]
    named: list[tuple[str, str]] = [(group, GROUP_ADDRESS) for group in found]
    if "US" in row["groups_2026_11"].split(";"):
        named.append(("US", GROUP_ADDRESS))
    elif row["group_b"]:
        named.append(("B", GROUP_ADDRESS))
    if code in BY_NAME:
        named.append((BY_NAME[code], GROUP_ADDRESS))
    if code in RUSSIA_BELARUS:
        named.append(("RU-BY", EMBARGO_ADDRESS))
    if tier in ("1", "2", "3"):
        named.append(({"1": ALLIES, "2": "T2", "3": "T3"}[tier], TIER_ADDRESS))
    verification = f"{BUILT}: {row['verification'].split(';')[0]}"
    return [
        {
            "country": code,
            "group": group,
            "effective_from": FIRST_DAY,
            "effective_to": UNTIL.get((code, group), ""),
            "source": address,
            "as_of": LISTED if address is GROUP_ADDRESS else AS_OF if group == "RU-BY" else "2025-01-15",
            "verification": verification,
            "estimates": "",
            "note": _group_note(group, row["note"], listed),
        }
        for group, address in sorted(named)
    ]


def _group_note(group: str, note: str, listed: str) -> str:
    since = "Member since this day at the latest."
    if group in ("T2", "T3", ALLIES):
        since = "A tier of the AI Diffusion rule, as published 2025-01-15; not enforced."
    if group == "B" and "B" in listed.split(";"):
        since += f" List B read in a copy of {LISTED}."
    elif group == "B":
        since += f" Derived: it is in no group of the table of {LISTED}, and no rule asks a licence of it."
    if group == "RU-BY":
        since += " Russia and Belarus, 15 CFR 746.5 and 746.8."
    return f"{since} {note[0].upper()}{note[1:]}." if note else since
