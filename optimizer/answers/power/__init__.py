"""A site with a supply of its own: its plan, its choices, what decides between them."""
