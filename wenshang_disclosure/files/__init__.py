"""Uploaded files: inspection, virus scan, storage on disk or in a bucket, integrity check."""
