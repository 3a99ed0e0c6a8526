"""The atlas: every country next to the others, as a static site that needs no server (``optimizer atlas``)."""
