"""The product."""

__version__ = "0.6.0"
