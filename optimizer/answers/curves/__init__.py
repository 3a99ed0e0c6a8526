"""How the answer moves: tipping points, the frontier, the largest training, other ways to the same model."""
