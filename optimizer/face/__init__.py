"""The Python face: the same questions as the command line, with the same names, and tables as pandas has them."""
