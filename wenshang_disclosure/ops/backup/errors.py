"""Exception of backup and restore."""


class Stopped(Exception):
    """The backup or restore failed and was undone; holds the message for the administrator."""
