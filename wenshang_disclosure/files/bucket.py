"""Storage of evidence in an S3-compatible bucket."""

from functools import wraps

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from wenshang_disclosure.core.web.outages import StorageAway


def _raise_storage_away(method):
    @wraps(method)
    def wrapped(*args, **kwargs):
        try:
            return method(*args, **kwargs)
        except (BotoCoreError, ClientError) as fault:
            raise StorageAway(f"The bucket does not answer: {type(fault).__name__}.") from fault

    return wrapped


class BucketStorage(S3Storage):
    """A bucket whose errors are raised as `StorageAway`, so that they are handled like any outage."""

    def __init__(self, **options):
        """Set timeouts and retries suitable for interactive requests."""
        super().__init__(**options)
        timeouts = Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 2})
        self.client_config = self.client_config.merge(timeouts)

    _save = _raise_storage_away(S3Storage._save)
    _open = _raise_storage_away(S3Storage._open)
    exists = _raise_storage_away(S3Storage.exists)
    delete = _raise_storage_away(S3Storage.delete)
    size = _raise_storage_away(S3Storage.size)
    listdir = _raise_storage_away(S3Storage.listdir)
