"""Inspection of uploads: type, content, and whether they are accepted. Does not use the database."""
