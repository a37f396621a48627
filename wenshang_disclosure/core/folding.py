"""Folded text: what search compares, alike for widths, case, brackets, quotes, dashes and traditional characters."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from django.db import models, transaction

ALIKE = {
    "(": "〔[【〖{",
    ")": "〕]】〗}",
    '"': "“”„‟‘’‚‛'「」『』〝〞",
    "<": "《〈«‹",
    ">": "》〉»›",
    "-": "‐‑‒–—―−",
    "·": "•・‧",
}
"""Signs that are compared as the one on the left."""


BATCH_ROWS = 500


class _Characters(dict):
    """What each character is folded to, by code point, filled as characters are met; for `str.translate`."""

    def __missing__(self, code):
        character = chr(code)
        known = _simplified()
        plain = unicodedata.normalize("NFKC", known.get(character, character)).casefold()
        folded = "".join(_SIGNS.get(one, known.get(one, one)) for one in plain if unicodedata.category(one) != "Cf")
        self[code] = folded
        return folded


_SIGNS = {sign: plain for plain, signs in ALIKE.items() for sign in signs}
_FOLDED = _Characters()


@cache
def _simplified():
    """Return the simplified character of each traditional one (OpenCC's table); the first where it has several.

    Characters are folded one by one: a part of a text folds as it does in the whole text.
    """
    lines = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0]: line.split("\t")[1].split(" ")[0] for line in lines if "\t" in line}


def fold(text):
    """Return the text as it is compared; a text without anything to compare is empty."""
    return text.translate(_FOLDED)


def matches(text, words):
    """Yield start and end of each place in `text` where one of the words stands, the longest words first."""
    pattern = "|".join(re.escape(word) for word in sorted(filter(None, map(fold, words)), key=len, reverse=True))
    if not pattern:
        return
    parts = [fold(character) for character in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    last = 0
    for found in re.finditer(pattern, "".join(parts)):
        start, end = max(places[found.start()], last), places[found.end() - 1] + 1
        if start < end:
            yield start, end
        last = max(end, last)


class FoldedQuerySet(models.QuerySet):
    """Queryset that keeps the folded text in bulk writes, as `save` does for one record."""

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for one in objs:
            one.fill_folded()
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs, fields = list(objs), list(fields)
        if set(fields) & set(self.model.SEARCHED):
            for one in objs:
                one.fill_folded()
            fields = [*fields, "folded"]
        return super().bulk_update(objs, fields, *args, **kwargs)

    def update(self, **kwargs):
        """Update the records; where searched text changes they are read again to be folded."""
        if "folded" in kwargs or not set(kwargs) & set(self.model.SEARCHED):
            return super().update(**kwargs)
        changed = list(self.values_list("pk", flat=True))
        with transaction.atomic(using=self.db):
            count = super().update(**kwargs)
            self.model.objects.using(self.db).filter(pk__in=changed).refold()
        return count

    def refold(self):
        """Fold again where the folded text is not what the text gives; return how many records were wrong."""
        wrong = []
        for one in self.only("folded", *self.model.SEARCHED).order_by("pk").iterator(BATCH_ROWS):
            before = one.folded
            one.fill_folded()
            if one.folded != before:
                wrong.append(one)
        super().bulk_update(wrong, ["folded"], batch_size=BATCH_ROWS)
        return len(wrong)


class Folded(models.Model):
    """Base of a model whose text is searched; `SEARCHED` names the fields."""

    SEARCHED = ()

    folded = models.TextField("检索文本", blank=True, default="", editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        """Save the folded text together with the text."""
        if update_fields is None or set(update_fields) & set(self.SEARCHED):
            self.fill_folded()
            update_fields = update_fields and {*update_fields, "folded"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def fill_folded(self):
        """Compute the folded text from the fields in `SEARCHED`."""
        self.folded = "\n".join(fold(getattr(self, name)) for name in self.SEARCHED)
