"""What names an option: one way to get compute."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.domain.rows import Precision, Procurement


@dataclass(frozen=True, order=True)
class OptionKey:
    """(accelerator, precision, procurement, licence route, size bracket, site). Plain order is the last tie-break."""

    accelerator: str
    precision: Precision
    procurement: Procurement
    route: str
    bracket: str
    site: str

    @property
    def name(self) -> str:
        """The key in one word."""
        return "/".join((self.site, self.accelerator, self.precision, self.procurement, self.route, self.bracket))
