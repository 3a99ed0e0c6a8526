"""A grid of cases, stated by its axes and never written out: every combination, in a fixed order."""

from optimizer.batch.sweep.grid import Grid, Sweep
from optimizer.batch.sweep.reading import read_sweep, unusable

__all__ = ["Grid", "Sweep", "read_sweep", "unusable"]
