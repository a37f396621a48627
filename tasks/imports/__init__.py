"""Reading of a table from a file: `reading` returns what it contains, `meaning` what that means. No database access."""
