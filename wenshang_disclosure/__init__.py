"""Project package: settings, URLs and shared code."""

__version__ = "0.6.0"
