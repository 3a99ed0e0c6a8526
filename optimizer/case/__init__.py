"""A case made whole: defaults filled in, names looked up, training compute calculated."""
