"""The answer in exact figures, and its verifier."""
