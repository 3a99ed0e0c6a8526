"""Which of its meanings a word has in its sentence."""
