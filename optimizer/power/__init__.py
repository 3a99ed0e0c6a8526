"""What feeds the run: grid, sun, battery and genset, sized and run hour by hour together with servers and days."""
