"""Draws of what is uncertain about a case, as one array of floats a cell: all draws are worked out at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from optimizer.case.what_if import Cell, cell_value
from optimizer.uncertainty.distribution import Floats, drawn_values, exact_values
from optimizer.uncertainty.uncertain_inputs import Scenario, Uncertain, UncertainInput


@dataclass(frozen=True, eq=False)
class Sample:
    """So many draws of a seed. Inputs are drawn when they are first asked for."""

    known: Uncertain
    count: int
    seed: int
    _drawn: dict[str, list[Floats]] = field(default_factory=dict, repr=False)

    @cached_property
    def name(self) -> tuple[object, ...]:
        """What it is of: two samples of one name draw the same values."""
        return (self.count, self.seed, *((given.name, given.spreads) for given in self.known.inputs))

    def of(self, cell: Cell) -> Floats | None:
        """The value of a cell in every draw; None where it is central in all of them."""
        moving = self._moving.get(cell)
        if moving is None:
            return None
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
    def _moving(self) -> dict[Cell, list[tuple[UncertainInput, int]]]:
        """The inputs that set a cell, then those that multiply it, with the place of its figure among theirs."""
        found: dict[Cell, list[tuple[UncertainInput, int]]] = {}
        for given in sorted(self.known.inputs, key=lambda one: one.factor):
            for place, spread in enumerate(given.spreads):
                for cell in spread.cells:
                    found.setdefault(cell, []).append((given, place))
        return found

    def _values(self, given: UncertainInput) -> list[Floats]:
        if given.name not in self._drawn:
            self._drawn[given.name] = drawn_values(given, self.count, self.seed)
        return self._drawn[given.name]

    def _central(self, cell: Cell) -> float | None:
        value = cell_value(self.known.setting.asked, self.known.setting.catalogue, cell)
        return None if value is None else float(value)
