"""Sentences that several answers share, one module a subject."""
