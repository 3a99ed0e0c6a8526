"""Public offers to rent: who, where, on what terms, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import model_validator

from optimizer.domain.base import Flag, Number, Sourced, Whole, column
from optimizer.units.language import say

Terms = Literal["on_demand", "reserved_1y", "reserved_3y", "contract", "spot", "marketplace"]
ON_DEMAND: Terms = "on_demand"
RESERVED_YEARS: Mapping[str, int] = {"reserved_1y": 1, "reserved_3y": 3}
"""Terms under which servers are paid for whole years, used or not."""


class Offer(Sourced):
    """A public offer of servers to rent: who, where, on what terms, at what price, on what date.

    A plan rents in a country at the lowest offer there: on demand, or reserved, whichever its run makes cheaper. Other
    terms, and lists that hold for all regions (country ``*``: no sign of stock anywhere), are shown and not used.
    """

    accelerator: str = column("accelerator id")
    country: str = column("ISO 3166-1 alpha-2 code, or * for one list for all regions")
    provider: str = column("who rents it out")
    region: str = column("region of the provider", default="")
    instance: str = column("name of the server in the provider's list", default="")
    devices: Whole | None = column("devices in that server", "devices", None, ge=1)
    terms: Terms = column("on_demand, reserved_1y, reserved_3y, contract, spot or marketplace")
    usd_low_per_hour: Number | None = column(
        "price of one device and hour, low: what a commitment may save", "USD/h", None, gt=0
    )
    usd_per_hour: Number = column("published price of one device and hour", "USD/h", gt=0)
    usd_high_per_hour: Number | None = column(
        "price of one device and hour, high: the next provider in the country", "USD/h", None, gt=0
    )
    min_days: Whole | None = column(
        "days of an on-demand hire that are billed at least; empty: none is published", "days", None, ge=1, le=3650
    )

    alone: Flag = column(
        "1 where its servers are not in the network of a cluster: no run over several of them", default=False
    )

    @model_validator(mode="after")
    def _minimum_of_its_terms(self) -> Offer:
        if self.min_days is not None and self.terms in RESERVED_YEARS:
            raise ValueError(say("min_days: a reservation is paid for its whole term; leave it empty"))
        return self

    @property
    def commitment(self) -> str:
        """What a hire under it commits to: nothing, ``min_30d`` (so many days are billed at least), ``reserved_1y``."""
        if self.terms in RESERVED_YEARS:
            return self.terms
        return f"min_{self.min_days}d" if (self.min_days or 1) > 1 else ""
