"""Draws of what is uncertain about a case, as one array of floats a cell: all draws are calculated at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from optimizer.case.setting import Setting
from optimizer.case.what_if import Cell, cell_value
from optimizer.catalogue.cache import Names, get_or_make
from optimizer.uncertainty.distribution import Floats, drawn_values, exact_values
from optimizer.uncertainty.spreads import Scenario, UncertainInput
from optimizer.uncertainty.uncertain_inputs import Uncertain
from optimizer.units.records import dataclass

MOST_INPUTS = 400
"""Inputs whose values are kept as they were drawn: some 16 kB each."""


@dataclass(frozen=True, eq=False)
class Sample:
    """So many draws of a seed. Inputs are drawn when they are first asked for."""

    known: Uncertain
    count: int
    seed: int
    place: str = ""
    """The country whose figures are drawn apart from those of others; empty where one case is looked at."""

    @cached_property
    def name(self) -> Hashable:
        """What it is of: two samples of one name draw the same values."""
        return Names((self.count, self.seed, self.place, *((given.name, given.spreads) for given in self.known.inputs)))

    def about(self, setting: Setting) -> Sample:
        """The same draws for another case that has the same doubts."""
        other = Sample(replace(self.known, setting=setting), self.count, self.seed, self.place)
        other.__dict__.update(name=self.name, _moving=self._moving, _found=self._found)
        return other

    def of(self, cell: Cell) -> Floats | None:
        """The value of a cell in every draw; None where it is central in all of them."""
        moving = self._moving.get(cell)
        if moving is None:
            return None
        if cell not in self._found:
            self._found[cell] = self._drawn(cell, moving)
        return self._found[cell]

    def _drawn(self, cell: Cell, moving: Sequence[tuple[UncertainInput, int]]) -> Floats | None:
        found: Floats | float | None = self._central(cell)
        for given, place in moving:  # factors come last
            values = self._values(given)[place]
            if not given.factor:
                found = values
            elif found is not None:
                found = values * found
        return found if isinstance(found, np.ndarray) else None

    def scenario(self, draw: int) -> Scenario:
        """The values of all inputs in one draw, exactly."""
        return {
            given.name: exact_values(given, [some[draw : draw + 1] for some in self._values(given)])[0]
            for given in self.known.inputs
        }

    @cached_property
    def _found(self) -> dict[Cell, Floats | None]:
        """The cells that were asked for."""
        return {}

    @cached_property
    def _moving(self) -> dict[Cell, list[tuple[UncertainInput, int]]]:
        """The inputs that set a cell, then those that multiply it, with the place of its figure among theirs."""
        found: dict[Cell, list[tuple[UncertainInput, int]]] = {}
        for given in sorted(self.known.inputs, key=lambda one: one.factor):
            for place, spread in enumerate(given.spreads):
                for cell in spread.cells:
                    found.setdefault(cell, []).append((given, place))
        return found

    def _values(self, given: UncertainInput) -> list[Floats]:
        """The values of an input, drawn once for all options and cases of the catalogue that have the same doubt."""
        cache: dict[Hashable, list[Floats]] = get_or_make(self.known.setting.catalogue.cache, "drawn values", dict)
        ranges = tuple((spread.low, spread.central, spread.high) for spread in given.spreads)
        stream = f"{given.name} {self.place}" if self.place and given.of_place else given.name
        name = (stream, ranges, given.whole, self.count, self.seed)
        return get_or_make(cache, name, lambda: drawn_values(given, self.count, self.seed, stream), MOST_INPUTS)

    def _central(self, cell: Cell) -> float | None:
        value = cell_value(self.known.setting.asked, self.known.setting.catalogue, cell)
        return None if value is None else float(value)
