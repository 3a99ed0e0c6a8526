"""Figures of countries that follow from others by a stated rule: wages, and the range of a duty that is an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

ANSWERS = 30
"""Full-time answers of the survey from which on the median of a country itself is taken."""
EMPLOYER = Decimal("1.3")
"""What an employer pays over what an engineer earns: a planning value."""
LEAST_DOUBT, MOST_DOUBT = Decimal("0.05"), Decimal("0.10")
"""By how much a duty that is an estimate may be off: as much as itself, but no less and no more than these; 5 per cent
is the rate of a customs union outside the ITA (ECOWAS)."""


def wage_usd_per_year(row: Mapping[str, str]) -> str:
    """Loaded cost of an engineer: 1.3 times the survey's median where 30 answers or more make it, else 1.3 times what
    the survey's salaries give for a country's GDP per person; empty where neither is known."""
    if int(row["engineer_salary_survey_n"] or 0) >= ANSWERS:
        loaded = Decimal(row["engineer_salary_survey_median_usd"]) * EMPLOYER
        return f"{loaded.quantize(Decimal('1E2'), ROUND_HALF_UP):f}"
    return row["engineer_loaded_fit_usd"]


def duty_ends(duty: str, estimates: str) -> tuple[str, str]:
    """Low and high of a duty that is an estimate, 0 at least; nothing of a duty with a source."""
    if not duty or "duty" not in estimates.split(";"):
        return "", ""
    rate = Decimal(duty)
    doubt = min(max(rate, LEAST_DOUBT), MOST_DOUBT)
    return f"{max(rate - doubt, Decimal(0)).normalize():f}", f"{(rate + doubt).normalize():f}"
