"""Many cases: read from a file, solved one after the other, each told as one row whatever becomes of it."""

from optimizer.batch.cases import read_cases
from optimizer.batch.run import run

__all__ = ["read_cases", "run"]
