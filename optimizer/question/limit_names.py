"""The limits as a reading of a question names them."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.units.language import Messages

NAMES: Mapping[str, str] = Messages(
    {
        "grid": "grid limit",
        "deadline": "deadline",
        "budget": "budget limit",
        "energy": "energy limit",
        "carbon": "carbon limit",
        "tpp": "export limit",
        "capital": "limit on bought hardware",
        "training_flop": "training compute limit",
    }
)
"""Kind of limit -> its name."""
