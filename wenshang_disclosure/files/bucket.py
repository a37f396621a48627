"""Evidence in a bucket of S3-compatible storage, with the errors that a folder would raise."""

from functools import wraps

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from wenshang_disclosure.core.web.outages import StorageAway


def _says_when_it_is_away(method):
    @wraps(method)
    def asked(*args, **kwargs):
        try:
            return method(*args, **kwargs)
        except (BotoCoreError, ClientError) as fault:
            raise StorageAway(f"The bucket does not answer: {type(fault).__name__}.") from fault

    return asked


class BucketStorage(S3Storage):
    """A bucket whose faults are `StorageAway`, so that they are answered as any outage is."""

    def __init__(self, **options):
        """Take the options of settings; wait for no answer longer than a person would."""
        super().__init__(**options)
        limits = Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 2})
        self.client_config = self.client_config.merge(limits)

    _save = _says_when_it_is_away(S3Storage._save)
    _open = _says_when_it_is_away(S3Storage._open)
    exists = _says_when_it_is_away(S3Storage.exists)
    delete = _says_when_it_is_away(S3Storage.delete)
    size = _says_when_it_is_away(S3Storage.size)
    listdir = _says_when_it_is_away(S3Storage.listdir)
