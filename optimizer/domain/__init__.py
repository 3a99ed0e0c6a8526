"""The nouns of the package: rows of the data folder, and the case that is asked about them."""

from optimizer.domain.base import ESTIMATE_SOURCE, Sourced
from optimizer.domain.case import BASES, OBJECTIVES, Basis, Case, DeadlineFrom, Objective
from optimizer.domain.law import ChipClass, CountryGroup, LicenceRule, Policy, RuleSet
from optimizer.domain.option import OptionKey
from optimizer.domain.rows import (
    Accelerator,
    Architecture,
    AssumptionSet,
    Country,
    Efficiency,
    HardwareOverride,
    Hire,
    Parameter,
    Precision,
    PriceScope,
    Procurement,
    SizeBracket,
    StudyCell,
    TaxRegime,
    Workload,
)

__all__ = [
    "BASES",
    "ESTIMATE_SOURCE",
    "OBJECTIVES",
    "Accelerator",
    "Architecture",
    "AssumptionSet",
    "Basis",
    "Case",
    "ChipClass",
    "Country",
    "CountryGroup",
    "DeadlineFrom",
    "Efficiency",
    "HardwareOverride",
    "Hire",
    "LicenceRule",
    "Objective",
    "OptionKey",
    "Parameter",
    "Policy",
    "Precision",
    "PriceScope",
    "Procurement",
    "RuleSet",
    "SizeBracket",
    "Sourced",
    "StudyCell",
    "TaxRegime",
    "Workload",
]
