"""Limits moved: what would do, alone or together."""
