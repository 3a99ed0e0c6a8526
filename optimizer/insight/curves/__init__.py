"""Whole curves: the frontier, the tipping points, the largest training."""
