"""Pages of figures, lists, files, the assessment, the audit trail and the public page."""
