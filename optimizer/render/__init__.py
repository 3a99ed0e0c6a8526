"""Forms of a document: they know blocks, never questions."""
