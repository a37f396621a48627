"""One fault a module; each gives the line that says what was tried and what became of it."""
