"""A page for who has no terminal: the questions of the register in a browser, and the same as a JSON interface."""
