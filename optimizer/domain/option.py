"""What names an option: one way to get compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from optimizer.domain.rows import Precision, Procurement

Connection = Literal["", "mv", "hv"]
MACHINE = "machine-"
"""How the size bracket of a machine smaller than a server begins: ``machine-4`` has four accelerators."""


def machine_devices(bracket: str) -> int:
    """Devices of the machine that a size bracket is; 0 where it is a range of clusters of whole servers."""
    return int(bracket.removeprefix(MACHINE)) if bracket.startswith(MACHINE) else 0


@dataclass(frozen=True, order=True)
class OptionKey:
    """(accelerator, precision, procurement, licence route, size bracket, site, connection, terms of hire). Plain order
    breaks ties."""

    accelerator: str
    precision: Precision
    procurement: Procurement
    route: str
    bracket: str
    site: str
    connection: Connection = ""
    """``mv``: the site's own load stays within the country's medium-voltage limit; ``hv``: it pays for a substation.
    Empty for what is hired, and where the country has no such limit."""
    terms: str = ""
    """How long what is hired is committed to, as :attr:`optimizer.domain.Offer.commitment` has it: ``reserved_1y``,
    ``min_30d``; or the machine that is hired: ``machine-4``. Empty for the lowest offer of whole servers on demand, and
    for what is not hired."""

    @property
    def machine(self) -> int:
        """Devices of the machine smaller than a server that the whole run is in; 0 where servers are whole."""
        return machine_devices(self.bracket)

    @property
    def name(self) -> str:
        """The key in one word."""
        parts = (
            self.site,
            self.accelerator,
            self.precision,
            self.procurement,
            self.route,
            self.bracket,
            self.connection,
            self.terms,
        )
        return "/".join(filter(None, parts))
