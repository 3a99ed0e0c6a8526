"""A case and the catalogue -> the options table: physics, law and money before the solver."""

from optimizer.options.option import Excluded, Option
from optimizer.options.table import OptionTable, options_table, would_be_option

__all__ = ["Excluded", "Option", "OptionTable", "options_table", "would_be_option"]
