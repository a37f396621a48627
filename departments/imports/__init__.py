"""Units and people from an Excel file: the template, and what a filled-in one says. Pure, no database."""
