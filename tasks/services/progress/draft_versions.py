"""Earlier words of drafts, kept where they are overwritten (design: Ways of working)."""

from datetime import timedelta
from os.path import commonprefix

from django.utils import timezone

from tasks.models import DraftVersion, ProgressReport
from tasks.models.progress.report import CONTENT_FIELDS

KEPT_EVERY = timedelta(minutes=10)  # a form in use saves every few seconds
MAX_VERSIONS = 20
MANY_CHARS = 30  # about a sentence
PROSE_FIELDS = ("text", "obstacles", "next_steps", "open_units_note")


def keep_overwritten(draft, words, by):
    """Keep the draft's words if `by` is about to overwrite them with `words`, a dict by field, and that is worth it.

    It is where somebody else wrote them, where a sentence or more goes at once, as with a wrong paste, and otherwise
    once in `KEPT_EVERY`. Called under the draft's lock, before `words` are set.
    """
    latest = draft.draft_versions.first()
    is_due = timezone.now() - (latest.kept_at if latest else draft.created_at) >= KEPT_EVERY
    if is_due or draft.written_by_id != by.pk or _lost_chars(draft, words) >= MANY_CHARS:
        keep(draft)


def keep(draft):
    """Keep the draft's words and the last `MAX_VERSIONS` versions; not what says nothing or is the latest version."""
    latest = draft.draft_versions.first()
    if not any(getattr(draft, field) for field in PROSE_FIELDS) or latest and words_of(latest) == words_of(draft):
        return
    number = latest.number + 1 if latest else 1
    DraftVersion.objects.create(
        report=draft,
        number=number,
        by=draft.written_by,
        at=draft.written_at or draft.saved_at,
        kept_at=timezone.now(),
        **words_of(draft),
    )
    draft.draft_versions.filter(number__lte=number - MAX_VERSIONS).delete()


def is_as_begun(draft):
    """Return whether a draft still says what it began with: nothing, or what the report that it answers says."""
    return words_of(draft) == words_of(draft.answers or ProgressReport())


def words_of(written):
    """Return the content of a report or a version, a dict by field."""
    return {field: getattr(written, field) for field in CONTENT_FIELDS}


def _lost_chars(draft, words):
    """Return how many characters of the draft's prose are gone in `words`; what is only added to is not lost."""
    return sum(_lost(getattr(draft, field), words[field]) for field in PROSE_FIELDS if field in words)


def _lost(before, after):
    start = len(commonprefix([before, after]))
    before, after = before[start:], after[start:]
    return len(before) - len(commonprefix([before[::-1], after[::-1]]))
