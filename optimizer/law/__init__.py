"""Export rules: who may have what, by which route, and the thresholds of training compute."""
