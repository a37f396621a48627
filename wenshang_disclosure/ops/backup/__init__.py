"""Backup and restore of the whole installation (备份与恢复)."""
