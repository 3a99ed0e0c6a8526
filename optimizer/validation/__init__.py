"""The package compared with the world: published sums, measured throughput and real training runs.

Nothing here decides a plan. ``evidence`` reads the tables, ``selector`` says which rows an efficiency figure rests on,
``golden``, ``measured`` and ``runs`` set published next to ours.
"""

from optimizer.validation.evidence import Evidence, load_evidence

__all__ = ["Evidence", "load_evidence"]
