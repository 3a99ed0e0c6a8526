"""How Sphinx builds the site; the pages are written by build.py."""

from optimizer.version import __version__

project = "optimizer"
author = "the authors of optimizer"
release = version = __version__
language = "en"
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "alabaster"
html_theme_options = {
    "description": "The cheapest lawful way to train a national language model",
    "fixed_sidebar": True,
    "page_width": "70rem",
    "sidebar_width": "16rem",
}
html_show_sourcelink = False
html_copy_source = False
