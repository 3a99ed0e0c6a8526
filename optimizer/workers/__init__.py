"""Child processes of this machine that may end, hang or never start, at any moment: none is trusted to live."""

from optimizer.workers.crew import CrashedError, Crew, LateError, WorkersError

__all__ = ["CrashedError", "Crew", "LateError", "WorkersError"]
