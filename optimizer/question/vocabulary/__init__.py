"""What words and names can mean, in every language, and which runs of meanings say something."""
