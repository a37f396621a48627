"""Reading a table from a file: what it says (`reading`), and what that means (`understanding`). Pure, no database."""
