"""Several sites, in one country or several, that share one run.

members (who takes part, with what) -> settling (every default filled in) -> joining (one options table for the model)
and together (the same in exact figures) -> solving (proven) -> answer; verify recomputes a plan, sharing says who pays.
"""
