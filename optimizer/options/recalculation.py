"""An options table where only figures differ: the same options, their columns calculated again.

Which options there are follows from the law, the country and what is known at all; it takes longer to find out than
all the columns together, and no price, efficiency or rate changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from optimizer.case.setting import Setting
from optimizer.options.option import Option
from optimizer.options.performance import model_size_of
from optimizer.options.servers import hardware_of
from optimizer.options.table import OptionTable, columns, with_rent


def recompute(table: OptionTable, setting: Setting, among: Iterable[int] | None = None) -> OptionTable:
    """The options of a table, or some of them, in the figures of another setting.

    Args:
        table: of a setting that differs in figures only: none that was known is unknown, and none is 0 that was not.
        among: their places in the table; all by default.
    """
    chosen = table.options if among is None else [table.options[i] for i in among]
    return columns(setting, tuple(_refigured(setting, chosen)), table.excluded)


def _refigured(setting: Setting, options: Iterable[Option]) -> Iterator[Option]:
    catalogue, at = setting.catalogue, setting.assumptions.id
    for option in options:
        key = option.key
        chip = catalogue.accelerators[key.accelerator]
        hardware = hardware_of(setting, chip, key.machine)
        assert hardware is not None  # known in the table
        other = replace(
            option,
            accelerator=chip,
            hardware=hardware,
            efficiency=catalogue.efficiencies[at, key.accelerator, key.precision, setting.architecture],
            bracket=catalogue.bracket(at, key.bracket),
            model_size=model_size_of(catalogue.model_sizes[at], chip.generation, setting.architecture),
        )
        yield with_rent(setting, other)


def select_rows(table: OptionTable, places: Iterable[int]) -> OptionTable:
    """Some rows of a table, in their order."""
    at = list(places)
    return replace(
        table,
        options=tuple(table.options[i] for i in at),
        **{name: getattr(table, name)[at] for name in _COLUMNS},
        derived={},
    )


_COLUMNS = tuple(name for name, of in OptionTable.__annotations__.items() if of == "Column")
