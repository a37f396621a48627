"""Faults on a real server: what is killed, restarted, filled up; and whether anything acknowledged was lost."""
