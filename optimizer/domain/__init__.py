"""The nouns of the package: rows of the data folder, the case that is asked about them, and its limits.

Names are looked up on first use, so that ``optimizer --help``, which reads the vocabulary of limits, does not pay for
the types of the rows.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.domain.base import ANY, ESTIMATE_SOURCE, Sourced
    from optimizer.domain.case import BASES, OBJECTIVES, Basis, Case, DeadlineFrom, Objective
    from optimizer.domain.law import (
        BuyerRule,
        ChipClass,
        ComputeThreshold,
        CountryGroup,
        LicenceRule,
        Policy,
        RuleSet,
    )
    from optimizer.domain.offers import Offer
    from optimizer.domain.option import Connection, OptionKey
    from optimizer.domain.parameters import COUNTRY_PARAMETERS, PARAMETERS
    from optimizer.domain.rows import (
        PRECISION_BITS,
        Accelerator,
        Architecture,
        AssumptionSet,
        Country,
        Distribution,
        Efficiency,
        ExchangeRate,
        HardwareOverride,
        Machine,
        ModelSize,
        Parameter,
        Precision,
        PriceScope,
        Procurement,
        Region,
        SizeBracket,
        Spread,
        StudyCell,
        TaxRegime,
        Workload,
    )
    from optimizer.domain.terms import Cooling, KnownSupply, StaffRule
    from optimizer.domain.ways import FROM_SCRATCH, Way

_WHERE = {
    "ANY": "base",
    "Accelerator": "rows",
    "Architecture": "rows",
    "AssumptionSet": "rows",
    "BASES": "case",
    "Basis": "case",
    "BuyerRule": "law",
    "COUNTRY_PARAMETERS": "parameters",
    "Case": "case",
    "ChipClass": "law",
    "ComputeThreshold": "law",
    "Connection": "option",
    "Country": "rows",
    "CountryGroup": "law",
    "DeadlineFrom": "case",
    "Distribution": "rows",
    "ESTIMATE_SOURCE": "base",
    "Efficiency": "rows",
    "ExchangeRate": "rows",
    "FROM_SCRATCH": "ways",
    "HardwareOverride": "rows",
    "Offer": "offers",
    "Cooling": "terms",
    "KnownSupply": "terms",
    "LicenceRule": "law",
    "Machine": "rows",
    "ModelSize": "rows",
    "OBJECTIVES": "case",
    "Objective": "case",
    "OptionKey": "option",
    "PARAMETERS": "parameters",
    "PRECISION_BITS": "rows",
    "Parameter": "rows",
    "Policy": "law",
    "Precision": "rows",
    "PriceScope": "rows",
    "Procurement": "rows",
    "Region": "rows",
    "RuleSet": "law",
    "SizeBracket": "rows",
    "Sourced": "base",
    "Spread": "rows",
    "StaffRule": "terms",
    "StudyCell": "rows",
    "TaxRegime": "rows",
    "Way": "ways",
    "Workload": "rows",
}

__all__ = [
    "ANY",
    "BASES",
    "COUNTRY_PARAMETERS",
    "ESTIMATE_SOURCE",
    "FROM_SCRATCH",
    "OBJECTIVES",
    "PARAMETERS",
    "PRECISION_BITS",
    "Accelerator",
    "Architecture",
    "AssumptionSet",
    "Basis",
    "BuyerRule",
    "Case",
    "ChipClass",
    "ComputeThreshold",
    "Connection",
    "Cooling",
    "Country",
    "CountryGroup",
    "DeadlineFrom",
    "Distribution",
    "Efficiency",
    "ExchangeRate",
    "HardwareOverride",
    "KnownSupply",
    "LicenceRule",
    "Machine",
    "ModelSize",
    "Objective",
    "Offer",
    "OptionKey",
    "Parameter",
    "Policy",
    "Precision",
    "PriceScope",
    "Procurement",
    "Region",
    "RuleSet",
    "SizeBracket",
    "Sourced",
    "Spread",
    "StaffRule",
    "StudyCell",
    "TaxRegime",
    "Way",
    "Workload",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
