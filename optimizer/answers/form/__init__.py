"""What every answer is made of: blocks, charts, the shapes of its data, its envelope, and figures for readers."""
