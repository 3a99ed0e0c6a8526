"""Files of cases that visitors send to the page: read within bounds, solved row by row, written in every form."""
