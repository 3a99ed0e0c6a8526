"""Rows of what is behind a plan next to hardware: how many people, and how much is known to stand in a country."""

from __future__ import annotations

from typing import Literal

from optimizer.domain.base import Names, Number, Sourced, Whole, column


class StaffRule(Sourced):
    """How many posts a run takes, by the way to train and the size of the model. The first row that fits applies."""

    assumption_set: str = column("the assumption set the row belongs to")
    ways: Names = column("ways of ways.csv, or * for any")
    params_from_b: Number = column("active parameters from", "1e9", ge=0)
    params_below_b: Number | None = column("active parameters below; empty: no limit", "1e9", None, gt=0)
    posts_low: Number | None = column("posts, low", "full-time posts", None, ge=0)
    posts: Number = column("full-time posts that attend the run", "full-time posts", ge=0)
    posts_high: Number | None = column("posts, high", "full-time posts", None, ge=0)

    def speaks_of(self, way: str, active_b: Number) -> bool:
        """Whether it is the row of a way to train and a number of active parameters (1e9)."""
        inside = self.params_from_b <= active_b and (self.params_below_b is None or active_b < self.params_below_b)
        return inside and (way in self.ways or "*" in self.ways)


class KnownSupply(Sourced):
    """What is known to be in a country, and so how much may be hired there of one kind at once."""

    country: str = column("ISO 3166-1 alpha-2 code", pattern=r"^[A-Z]{2}$")
    tpp_low: Number | None = column("total processing performance that may be hired at once, low", "TPP", None, gt=0)
    tpp: Number = column("total processing performance that may be hired at once, of any one kind", "TPP", gt=0)
    tpp_high: Number | None = column("total processing performance that may be hired at once, high", "TPP", None, gt=0)
    clusters: Whole = column("known clusters", "clusters", ge=0)
    largest: str = column("the largest of them", default="")
    largest_owner: str = column("who owns that one", default="")


class Cooling(Sourced):
    """The PUE of a hall for servers that are not cooled by air, by climate; a country's own PUE is that of air.

    A row that names the country goes before the one for any.
    """

    cooling: Literal["liquid"] = column("how the servers are cooled")
    climate: str = column("name of the class of countries", pattern=r"^[a-z]+$")
    countries: Names = column("ISO 3166-1 alpha-2 codes of its countries, or * for any other")
    pue_low: Number | None = column("power usage effectiveness of the hall, low", "ratio", None, ge=1, le=5)
    pue: Number = column("power usage effectiveness of the hall, where it is below the country's", "ratio", ge=1, le=5)
    pue_high: Number | None = column("power usage effectiveness of the hall, high", "ratio", None, ge=1, le=5)
