"""The solver's verdict on a model, as a claim that nobody believes alone."""

from enum import StrEnum


class Status(StrEnum):
    """What HiGHS says of a model."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"
    """Its time limit was over."""
    UNDECIDED = "undecided"
    """Anything else: no verdict."""
