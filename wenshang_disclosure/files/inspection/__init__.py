"""Files that people send: what each one really is, what is in it, and whether it is taken. Pure, no database."""
