"""Files that people send: inspected, scanned, kept on disk or in a bucket, and checked."""
