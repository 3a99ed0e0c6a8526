"""The options of a case in exact figures, one column a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from optimizer.domain import Procurement
from optimizer.exact.figures import ZERO, Figures
from optimizer.exact.option import ExactOption
from optimizer.units import HOURS_PER_DAY, KW_PER_MW


class ExactOptions(tuple[ExactOption, ...]):
    """The options of a case. Many cases share them, so what follows from them alone is worked out once."""

    _kept: dict[object, Figures]

    def _once(self, name: object, value: Callable[[ExactOption], Fraction | int]) -> Figures:
        kept = self.__dict__.setdefault("_kept", {})
        if name not in kept:
            kept[name] = Figures(_fraction(value(option)) for option in self)
        found: Figures = kept[name]
        return found

    def column(self, name: str) -> Figures:
        """A figure of every option by the name of its attribute."""
        return self._once(name, lambda option: getattr(option, name))

    @property
    def nothing(self) -> Figures:
        """Zero for every option."""
        return self._once("nothing", lambda option: 0)

    @property
    def one_each(self) -> Figures:
        """One for every option."""
        return self._once("one each", lambda option: 1)

    @property
    def medium_voltage_mw(self) -> Figures:
        """Peak of one server, MW, of those that stay within the country's medium-voltage limit."""
        return self._once(
            "medium_voltage_mw", lambda option: option.peak_kw / KW_PER_MW if option.key.connection == "mv" else ZERO
        )

    @property
    def kwh_per_day(self) -> Figures:
        """Energy of one server and day of work, kWh."""
        return self._once("kwh_per_day", lambda option: option.mean_kw * HOURS_PER_DAY)

    def grams_per_day(self, carbon_g_per_kwh: Fraction) -> Figures:
        """Emissions of one server and day of work, g."""
        return self._once(
            ("carbon", carbon_g_per_kwh), lambda option: option.mean_kw * HOURS_PER_DAY * carbon_g_per_kwh
        )

    @property
    def devices_had(self) -> Iterable[tuple[str, Figures, Figures, Figures]]:
        """Of every accelerator, the devices of one server of each option of it: acquired (bought or rented), rented
        and owned; 0 for the other options."""
        if "_devices_had" not in self.__dict__:
            self.__dict__["_devices_had"] = [
                (name, self._devices(name, "buy", "rent"), self._devices(name, "rent"), self._devices(name, "own"))
                for name in dict.fromkeys(option.key.accelerator for option in self)
            ]
        found: list[tuple[str, Figures, Figures, Figures]] = self.__dict__["_devices_had"]
        return found

    def _devices(self, accelerator: str, *ways: Procurement) -> Figures:
        had = {
            place: option.acquired
            for place, option in enumerate(self)
            if option.key.accelerator == accelerator and option.key.procurement in ways
        }
        return Figures(had.get(place, ZERO) for place in range(len(self))) if had else self.nothing

    def tpp_through(self, rule: str) -> Figures:
        """TPP of one server that comes in under a rule; what is owned already stands there."""
        return self._once(
            ("through", rule),
            lambda option: option.acquired_tpp if option.key.procurement != "own" and option.key.route == rule else 0,
        )


def _fraction(value: Fraction | int) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(value)
