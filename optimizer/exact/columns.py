"""The options of a case in exact figures, one column a figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from optimizer.domain import Procurement
from optimizer.exact.figures import ZERO, Figures
from optimizer.exact.option import ExactOption
from optimizer.units import HOURS_PER_DAY, KW_PER_MW


class ExactOptions(tuple[ExactOption, ...]):
    """The options of a case. Many cases share them, so what follows from them alone is calculated once."""

    _kept: dict[object, Figures]

    def _once(self, name: object, values: Callable[[], Iterable[Fraction]]) -> Figures:
        kept = self.__dict__.setdefault("_kept", {})
        if name not in kept:
            kept[name] = Figures(values())
        found: Figures = kept[name]
        return found

    def _times(self, name: object, attribute: str, factor: Fraction) -> Figures:
        """A figure of every option times a factor; options of one server share the figure, and the product."""
        products: dict[int, Fraction] = {}

        def values() -> Iterator[Fraction]:
            for figure in map(attrgetter(attribute), self):
                if (product := products.get(id(figure))) is None:
                    product = products[id(figure)] = figure * factor
                yield product

        return self._once(name, values)

    def column(self, name: str) -> Figures:
        """A figure of every option by the name of its attribute."""
        return self._once(name, lambda: map(_fraction, map(attrgetter(name), self)))

    @cached_property
    def ends(self) -> NDArray[np.float64]:
        """Whole days after which each option ends; infinite where nothing ends."""
        return np.array([math.inf if each.most_days is None else each.most_days for each in self], dtype=np.float64)

    @property
    def nothing(self) -> Figures:
        """Zero for every option."""
        return self._once("nothing", lambda: (ZERO,) * len(self))

    @property
    def one_each(self) -> Figures:
        """One for every option."""
        return self._once("one each", lambda: (Fraction(1),) * len(self))

    @property
    def medium_voltage_mw(self) -> Figures:
        """Peak of one server, MW, of those that stay within the country's medium-voltage limit."""
        peaks = self._times("peak_mw", "peak_kw", Fraction(1, KW_PER_MW))
        return self._once(
            "medium_voltage_mw",
            lambda: (peak if each.key.connection == "mv" else ZERO for each, peak in zip(self, peaks, strict=True)),
        )

    @property
    def kwh_per_day(self) -> Figures:
        """Energy of one server and day of work, kWh."""
        return self._times("kwh_per_day", "mean_kw", Fraction(HOURS_PER_DAY))

    def grams_per_day(self, carbon_g_per_kwh: Fraction) -> Figures:
        """Emissions of one server and day of work, g."""
        return self._times(("carbon", carbon_g_per_kwh), "mean_kw", HOURS_PER_DAY * carbon_g_per_kwh)

    @property
    def devices_had(self) -> Iterable[tuple[str, Figures, Figures, Figures]]:
        """Of every accelerator, the devices of one server of each option of it: acquired (bought or rented), rented
        and owned; 0 for the other options."""
        if "_devices_had" not in self.__dict__:
            self.__dict__["_devices_had"] = list(self._devices())
        found: list[tuple[str, Figures, Figures, Figures]] = self.__dict__["_devices_had"]
        return found

    def _devices(self) -> Iterator[tuple[str, Figures, Figures, Figures]]:
        had: dict[str, dict[Procurement, dict[int, Fraction]]] = {}
        for place, option in enumerate(self):
            of_it = had.setdefault(option.key.accelerator, {"buy": {}, "rent": {}, "own": {}})
            of_it[option.key.procurement][place] = option.acquired
        for name, ways in had.items():
            acquired, rented, mine = ways["buy"] | ways["rent"], ways["rent"], ways["own"]
            yield name, self._spread(acquired), self._spread(rented), self._spread(mine)

    def _spread(self, values: Mapping[int, Fraction]) -> Figures:
        """Values of some options by their places, and 0 for the others."""
        if not values:
            return self.nothing
        spread = [ZERO] * len(self)
        for place, value in values.items():
            spread[place] = value
        return Figures(spread)

    def tpp_through(self, rule: str) -> Figures:
        """TPP of one server that comes in under a rule; what is owned already stands there."""
        return self._once(
            ("through", rule),
            lambda: (
                each.acquired_tpp if each.key.procurement != "own" and each.key.route == rule else ZERO for each in self
            ),
        )


def _fraction(value: Fraction | int) -> Fraction:
    return value if value.__class__ is Fraction else Fraction(value)  # isinstance takes its time with whole numbers
