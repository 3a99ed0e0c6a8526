"""The data folder, read once: every table typed, cross-checked, and all its problems reported at once."""

from optimizer.catalogue.load import Catalogue, load_catalogue

__all__ = ["Catalogue", "load_catalogue"]
