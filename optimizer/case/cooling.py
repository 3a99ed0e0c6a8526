"""Which row of cooling.csv speaks of the hall of an accelerator in a case."""

from __future__ import annotations

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Cooling
from optimizer.domain.base import ANY


def cooling_of(setting: Setting, accelerator: str) -> Cooling | None:
    """The row of the hall of an accelerator; None where the PUE is that of the case, its assumptions or its country.

    A PUE that the case or its assumption set states holds for all servers, however they are cooled.
    """
    catalogue = setting.catalogue
    of_country = catalogue.parameters[setting.assumptions.id, "pue"].central is None
    if setting.case.pue is not None or not of_country:
        return None
    return hall_in(setting.country.id, catalogue.accelerators[accelerator].cooling, catalogue)


def hall_in(country: str, way: str, catalogue: Catalogue) -> Cooling | None:
    """The row of halls that are cooled in a way other than by air, in a country; None where there is none."""
    rows = [row for row in catalogue.cooling.values() if row.cooling == way != "air"]
    return next((row for place in (country, ANY) for row in rows if place in row.countries), None)
