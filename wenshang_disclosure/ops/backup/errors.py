"""What stops a backup or a restore."""


class Stopped(Exception):
    """A sentence for whoever runs the command; nothing half-done is left."""
