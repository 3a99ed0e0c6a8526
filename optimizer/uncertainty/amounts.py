"""What servers come to of a measure in every draw; one value where no doubt touches it."""

from __future__ import annotations

import numpy as np

from optimizer.options.performance import Value
from optimizer.uncertainty.distribution import Floats
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class Amount:
    """What servers come to of some measure in every draw: it depends on their number and on the days."""

    once: Value
    """Whatever their number: of the site, and of all server-days."""
    per_server: Value
    per_day: Value
    worked: Value = 0.0
    """Of all server-days, where a hire bills some days at least."""
    minimum: Value = 0.0
    """What these days of one server come to: the greater of both counts."""

    def of(self, servers: int, days: Floats) -> Value:
        """What so many servers come to, working so many days; one value where no doubt touches it."""
        found = self.once
        if not is_nothing(self.worked):
            found = found + np.maximum(self.worked, np.multiply(self.minimum, servers))
        if not is_nothing(self.per_server):
            found = found + self.per_server * servers
        return found if is_nothing(self.per_day) else found + self.per_day * days

    def of_share(self, servers: int, share: Value, constant: float = 0.0) -> Value:
        """What so many servers come to that do a share of the work, without what comes by the day.

        Args:
            share: of the work.
            constant: of :attr:`once`, what the site has whatever works there; it is left out.
        """
        worked = (self.once - constant + self.worked) * share
        return self.per_server * servers + np.maximum(worked, np.multiply(self.minimum, servers))

    @property
    def is_of_servers(self) -> bool:
        """Whether their number alone decides it."""
        return not any(np.any(part) for part in (self.once, self.per_day, self.worked, self.minimum))


def is_nothing(value: Value) -> bool:
    """Whether a value is 0 in every draw, as far as it says so without a look at the draws."""
    return isinstance(value, float) and value == 0


def one_value(values: Value) -> Value:
    """Values, or the one of them where there is one only."""
    return float(values.item()) if isinstance(values, np.ndarray) and values.size == 1 else values
