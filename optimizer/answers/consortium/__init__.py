"""Several sites that train together."""
