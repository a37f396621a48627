"""Pages of tasks, duties, reports, review and evidence."""
