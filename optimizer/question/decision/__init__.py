"""From what is said to the question that is asked, with its case."""
