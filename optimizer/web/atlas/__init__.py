"""The atlas: every country beside the others, as a static site that needs no server (``optimizer atlas``)."""
