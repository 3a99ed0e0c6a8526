"""Many plans side by side: countries, batches, published projects."""
