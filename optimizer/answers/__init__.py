"""What an answer says: a result becomes a document, one module a question."""
