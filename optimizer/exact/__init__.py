"""The same quantities once more, in exact rational arithmetic and straight from the rows of the data folder.

This is the independent side of every proof: it imports neither the options table nor the model, and
computes one option at a time with ``Fraction``. The verifier and the exhaustive search stand on it; the
model stands on :mod:`optimizer.options`. A slip in one of the two shows as a disagreement.
"""

from optimizer.exact.columns import ExactOptions
from optimizer.exact.common_figures import Shared
from optimizer.exact.figures import ZERO, Figures, sum_products
from optimizer.exact.hire import ABROAD
from optimizer.exact.measures import ExactCap, ExactCeiling, Measure, Used
from optimizer.exact.option import ExactOption, exact_option, exact_options
from optimizer.exact.problem import ExactProblem, exact_problem, problem_over

__all__ = [
    "ABROAD",
    "ZERO",
    "ExactCap",
    "ExactCeiling",
    "ExactOption",
    "ExactOptions",
    "ExactProblem",
    "Figures",
    "Measure",
    "Shared",
    "Used",
    "exact_option",
    "exact_options",
    "exact_problem",
    "problem_over",
    "sum_products",
]
