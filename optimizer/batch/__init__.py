"""Many cases: read from a file, solved one after the other, each written as one row whatever becomes of it."""

from optimizer.batch.cases import read_cases

__all__ = ["read_cases"]
