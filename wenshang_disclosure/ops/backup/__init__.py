"""Backup and restore (备份与恢复): the whole installation in one folder, and from it; knows nobody."""
