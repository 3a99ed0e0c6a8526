"""Sheets of the data, the law and the evidence, for reading."""
