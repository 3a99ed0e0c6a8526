"""The range of an input in which a change of choice is searched for where nobody says one. It is reported."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.domain.limits import KINDS

USUAL_RANGES: Mapping[str, tuple[str, str]] = {
    **{"price": ("1000", "100000"), "rent": ("0.1", "20"), "mfu": ("0.5", "1.5"), "ratio": ("0.1", "10")},
    **{"tariff": ("0.01", "0.4"), "duty": ("0", "0.5"), "pue": ("1", "2")},
    **{kind.word: kind.usual for kind in KINDS.values() if kind.usual},
    **{"diesel": ("0.3", "3"), "pv_cost": ("300", "3000"), "battery_cost": ("50", "600")},
    **{"carbon_price": ("0", "300"), "pv_yield": ("2", "7"), "outage_hours": ("0", "12")},
    "export_price": ("0", "0.2"),
}
"""Input of ``optimizer tipping``, without the accelerator -> lowest and highest value, in the unit of the input."""
