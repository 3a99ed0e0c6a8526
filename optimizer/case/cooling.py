"""Which row of cooling.csv speaks of the hall of an accelerator in a case."""

from __future__ import annotations

from optimizer.case.setting import Setting
from optimizer.domain import Cooling
from optimizer.domain.base import ANY


def cooling_of(setting: Setting, accelerator: str) -> Cooling | None:
    """The row of the hall of an accelerator; None where the PUE is that of the case, its assumptions or its country.

    A PUE that the case or its assumption set states holds for all servers, however they are cooled.
    """
    catalogue = setting.catalogue
    way = catalogue.accelerators[accelerator].cooling
    of_country = catalogue.parameters[setting.assumptions.id, "pue"].central is None
    if way == "air" or setting.case.pue is not None or not of_country:
        return None
    rows = [row for row in catalogue.cooling.values() if row.cooling == way]
    for place in (setting.country.id, ANY):
        for row in rows:
            if place in row.countries:
                return row
    return None
