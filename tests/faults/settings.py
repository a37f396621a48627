"""The product's settings, without the limit on uploads: a run uploads more than a person does."""

from wenshang_disclosure.settings import *  # noqa: F403

UPLOADS_PER_HOUR = 1_000_000
