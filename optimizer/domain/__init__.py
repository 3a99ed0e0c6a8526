"""The nouns of the package: rows of the data folder, the case that is asked about them, and its limits.

Names are looked up on first use, so that ``optimizer --help``, which reads the vocabulary of limits, does not pay for
the types of the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.units.lazy import looked_up

if TYPE_CHECKING:
    from optimizer.domain.base import ANY as ANY
    from optimizer.domain.base import BY_USER as BY_USER
    from optimizer.domain.base import ESTIMATE_SOURCE as ESTIMATE_SOURCE
    from optimizer.domain.base import Sourced as Sourced
    from optimizer.domain.case import BASES as BASES
    from optimizer.domain.case import OBJECTIVES as OBJECTIVES
    from optimizer.domain.case import Basis as Basis
    from optimizer.domain.case import Case as Case
    from optimizer.domain.case import DeadlineFrom as DeadlineFrom
    from optimizer.domain.case import Objective as Objective
    from optimizer.domain.law import BuyerRule as BuyerRule
    from optimizer.domain.law import ChipClass as ChipClass
    from optimizer.domain.law import ComputeThreshold as ComputeThreshold
    from optimizer.domain.law import CountryGroup as CountryGroup
    from optimizer.domain.law import LicenceRule as LicenceRule
    from optimizer.domain.law import Policy as Policy
    from optimizer.domain.law import RuleSet as RuleSet
    from optimizer.domain.offers import Offer as Offer
    from optimizer.domain.option import Connection as Connection
    from optimizer.domain.option import OptionKey as OptionKey
    from optimizer.domain.parameters import COUNTRY_PARAMETERS as COUNTRY_PARAMETERS
    from optimizer.domain.parameters import PARAMETERS as PARAMETERS
    from optimizer.domain.rows import PRECISION_BITS as PRECISION_BITS
    from optimizer.domain.rows import Accelerator as Accelerator
    from optimizer.domain.rows import Architecture as Architecture
    from optimizer.domain.rows import AssumptionSet as AssumptionSet
    from optimizer.domain.rows import Country as Country
    from optimizer.domain.rows import Distribution as Distribution
    from optimizer.domain.rows import Efficiency as Efficiency
    from optimizer.domain.rows import ExchangeRate as ExchangeRate
    from optimizer.domain.rows import HardwareOverride as HardwareOverride
    from optimizer.domain.rows import Machine as Machine
    from optimizer.domain.rows import ModelSize as ModelSize
    from optimizer.domain.rows import Parameter as Parameter
    from optimizer.domain.rows import Precision as Precision
    from optimizer.domain.rows import PriceScope as PriceScope
    from optimizer.domain.rows import Procurement as Procurement
    from optimizer.domain.rows import Region as Region
    from optimizer.domain.rows import SizeBracket as SizeBracket
    from optimizer.domain.rows import Spread as Spread
    from optimizer.domain.rows import TaxRegime as TaxRegime
    from optimizer.domain.rows import Workload as Workload
    from optimizer.domain.terms import Cooling as Cooling
    from optimizer.domain.terms import KnownSupply as KnownSupply
    from optimizer.domain.terms import StaffRule as StaffRule
    from optimizer.domain.ways import FROM_SCRATCH as FROM_SCRATCH
    from optimizer.domain.ways import Way as Way

_NAMES = {
    "base": "ANY BY_USER ESTIMATE_SOURCE Sourced",
    "case": "BASES Basis Case DeadlineFrom OBJECTIVES Objective",
    "law": "BuyerRule ChipClass ComputeThreshold CountryGroup LicenceRule Policy RuleSet",
    "offers": "Offer",
    "option": "Connection OptionKey",
    "parameters": "COUNTRY_PARAMETERS PARAMETERS",
    "rows": "Accelerator Architecture AssumptionSet Country Distribution Efficiency ExchangeRate HardwareOverride"
    " Machine ModelSize PRECISION_BITS Parameter Precision PriceScope Procurement Region SizeBracket Spread"
    " TaxRegime Workload",
    "terms": "Cooling KnownSupply StaffRule",
    "ways": "FROM_SCRATCH Way",
}
"""Module -> the names that are looked up in it."""

__getattr__ = looked_up(__name__, _NAMES)
