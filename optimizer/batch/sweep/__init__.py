"""A grid of cases, stated by its axes and never written out: every combination, in a fixed order."""

from optimizer.batch.sweep.grid import Grid, Sweep
from optimizer.batch.sweep.reading import fault, read_sweep, unusable

__all__ = ["Grid", "Sweep", "fault", "read_sweep", "unusable"]
