"""The solver and the second proof: from a case to a proven outcome."""
