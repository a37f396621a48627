"""Measures the pages and files at two sizes on both databases, each beside its floor, in one run: `make bench`."""
