"""How ``data/pv_profiles.csv`` is made from ``data/solar_yield.csv``: a build step of its own.

    pip install '.[solar]'
    python data/make/solar.py data

For the place of each country: the daily irradiation of every month as a histogram of its 3-degree cell (MERRA-2, 2011
to 2015, in the package gsee-climate-data), cut into its darkest fifth, middle three fifths and brightest fifth; the
hourly shape of the clear-sky day (Ineichen, in pvlib) scaled to each; beam and diffuse by Erbs, the tilted plane by Hay
and Davies, the cell temperature by Faiman; 14 % losses, an inverter of 0.96, DC over AC 1.2; then all 36 days scaled
by one factor so that the year meets the published yield. The yield before that scaling is written to
``solar_yield.csv`` beside the published one.
"""

from __future__ import annotations

import csv
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

MONTH_DAYS = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MEAN_DAY = (17, 16, 16, 15, 15, 11, 17, 16, 15, 15, 14, 10)
"""Klein's mean day of each month (Solar Energy 19, 1977)."""
DAY_TYPES = (("dark", 0.2), ("middle", 0.6), ("bright", 0.2))
LOSSES, INVERTER, DC_OVER_AC, TEMPERATURE_PER_K = 0.14, 0.96, 1.2, -0.0037
CLEAREST = 0.85
"""The most of what comes in above the air that reaches the ground in an hour."""
NEAR_DEGREES = (5, 12, 25)
"""How far a cell with data may lie, in the order tried: small islands have none of their own."""


class Histograms:
    """Daily irradiation by month and cell."""

    def __init__(self) -> None:
        import gsee_climate_data
        import numpy as np

        found = Path(gsee_climate_data.__file__).parent / "data" / "merra2_rad3x3_2011-2015_pdfs_land_prox.npz"
        self._np, data = np, np.load(found)
        self.latitudes, self.longitudes, self.values, self.shares = (data[name] for name in ("lat", "lon", "xk", "pk"))

    def of(self, latitude: float, longitude: float, month: int) -> tuple[Any, Any]:
        """Daily mean irradiation (W/m2) and its probabilities, of the nearest cell that has them.

        Raises:
            LookupError: there is none near.
        """
        np = self._np
        narrow = np.cos(np.radians(latitude))
        for reach in NEAR_DEGREES:
            near = sorted(
                ((lat - latitude) ** 2 + (((lon - longitude + 180) % 360 - 180) * narrow) ** 2, i, j)
                for i, lat in enumerate(self.latitudes)
                if abs(lat - latitude) < reach
                for j, lon in enumerate(self.longitudes)
                if abs((lon - longitude + 180) % 360 - 180) < reach
            )
            for _, i, j in near:
                shares = self.shares[i, j, month]
                if np.isfinite(shares).all() and shares.sum() > 0:
                    return self.values[i, j, month].astype(float), (shares / shares.sum()).astype(float)
        raise LookupError(f"no cell near {latitude}, {longitude}")


def day_types(values: Any, shares: Any) -> list[float]:
    """The mean of the values in consecutive shares of the days, from dark to bright."""
    import numpy as np

    order = np.argsort(values)
    values, shares = values[order], shares[order]
    reached = np.concatenate([[0], np.cumsum(shares)])
    reached /= reached[-1]
    edges = np.concatenate([[0], np.cumsum([share for _, share in DAY_TYPES])])
    found = []
    for low, high in pairwise(edges):
        weight = np.clip(np.minimum(reached[1:], high) - np.maximum(reached[:-1], low), 0, None)
        found.append(float((weight * values).sum() / weight.sum()))
    return found


def solar_day(latitude: float, longitude: float, utc_offset_h: float, month: int, daily_wh: float) -> Any:
    """24 capacity factors of 1 kWp for a day with so much irradiation (Wh/m2), shaped as the clear-sky day."""
    import numpy as np
    import pandas as pd
    import pvlib

    first = f"2023-{month + 1:02d}-{MEAN_DAY[month]:02d} 00:30"
    times = pd.date_range(first, periods=24, freq="h") - pd.Timedelta(hours=utc_offset_h)
    times = times.tz_localize("UTC")
    place = pvlib.location.Location(latitude, longitude)
    sun = place.get_solarposition(times)
    clear = place.get_clearsky(times, model="ineichen", solar_position=sun)["ghi"].clip(lower=0)
    if clear.sum() <= 0:  # polar night
        return np.zeros(24)
    ghi = clear * daily_wh / clear.sum()
    above = pvlib.irradiance.get_extra_radiation(times)
    most = (above * np.cos(np.radians(sun["zenith"]))).clip(lower=0) * CLEAREST
    ghi = np.minimum(ghi, most)
    parts = pvlib.irradiance.erbs(ghi, sun["zenith"], times)
    lean = abs(latitude) * 0.87 + 3.1 if abs(latitude) > 25 else abs(latitude)
    plane = pvlib.irradiance.get_total_irradiance(
        max(10.0, min(lean, 40.0)),
        0.0 if latitude < 0 else 180.0,
        sun["apparent_zenith"],
        sun["azimuth"],
        parts["dni"],
        ghi,
        parts["dhi"],
        dni_extra=above,
        model="haydavies",
        albedo=0.2,
    )["poa_global"]
    plane = plane.fillna(0).clip(lower=0)
    cell = pvlib.temperature.faiman(plane, 25.0, 1.5)
    output = plane / 1000 * (1 + TEMPERATURE_PER_K * (cell - 25))
    return np.minimum(output.to_numpy() * (1 - LOSSES) * INVERTER, 1 / DC_OVER_AC).clip(min=0)


def year_of(row: dict[str, str], histograms: Histograms) -> tuple[list[tuple[int, str, float, Any]], float]:
    """The 36 day types of a place scaled to the published yield, and the yield before (kWh/kWp/day)."""
    import numpy as np

    latitude, longitude, offset = (float(row[name]) for name in ("latitude", "longitude", "utc_offset_h"))
    days, mean = [], 0.0
    for month in range(12):
        values, shares = histograms.of(latitude, longitude, month)
        for (name, share), power in zip(DAY_TYPES, day_types(values, shares), strict=True):
            factors = solar_day(latitude, longitude, offset, month, power * 24)
            weight = MONTH_DAYS[month] * share / sum(MONTH_DAYS)
            days.append((month + 1, name, weight, factors))
            mean += weight * float(factors.sum())
    scale = float(row["pvout_kwh_per_kwp_day"]) / mean
    return [(month, name, weight, np.minimum(factors * scale, 1.0)) for month, name, weight, factors in days], mean


def main(folder: Path) -> None:
    """Write the profiles of every place in ``solar_yield.csv``, and the yield before scaling into that file."""
    path = folder / "solar_yield.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        places = list(csv.DictReader(stream))
    histograms = Histograms()
    hours = [f"h{hour:02d}" for hour in range(24)]
    with (folder / "pv_profiles.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(["country", "month", "day_type", "weight", *hours])
        for row in places:
            days, mean = year_of(row, histograms)
            row["model_pvout_kwh_per_kwp_day"] = f"{mean:.3f}"
            for month, name, weight, factors in days:
                cells = [f"{factor:.4f}".rstrip("0").rstrip(".") for factor in factors]
                out.writerow([row["country"], month, name, f"{weight:.6f}", *cells])
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(places[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(places)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
