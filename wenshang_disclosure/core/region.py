"""The region that uses the product, and its names: what every page, mail, document and error page calls the county and
its office (design: Names).

Code and templates name neither. A sentence takes its words from `current()`, by `office_name()` where it is made while
a request runs, by `worded(...)` where it is a constant, by `{% region %}` in a template. Names are read once a request
at most, and not at all where the session says that they have not changed since (`is_at`).
"""

import secrets
from contextvars import ContextVar

from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, DatabaseError, models
from django.db.models.signals import post_delete, post_save
from django.urls import reverse
from django.utils.functional import lazy


class Level(models.TextChoices):
    """Level of a region."""

    COUNTY = "county", "县"
    DISTRICT = "district", "区"
    CITY = "city", "市"
    BANNER = "banner", "旗"


class Region(models.Model):
    """The names of the region and of its government's office (地区与机关名称); one record."""

    name = models.CharField("地区名称", max_length=30)
    level = models.CharField("级别", max_length=10, choices=Level, default=Level.COUNTY)
    government = models.CharField("机关全称", max_length=60)
    government_short = models.CharField("机关简称", max_length=20)
    office = models.CharField("办公室全称", max_length=60)
    office_short = models.CharField("办公室简称", max_length=20)
    system_name = models.CharField("系统名称", max_length=40)
    document_code = models.CharField("公文代字", max_length=20, blank=True)
    logo = models.TextField("徽标", blank=True, help_text="PNG，按 Base64 编码。")
    version = models.BigIntegerField("版本", default=0, editable=False)
    at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "地区与机关名称"
        constraints = [models.CheckConstraint(name="one_region", condition=models.Q(pk=1))]

    def __str__(self):
        return self.name

    @property
    def place(self):
        """The level as one word: 县, 区, 市, 旗."""
        return Level(self.level).label

    @property
    def whole(self):
        """All of the region in words: 全县, 全区."""
        return f"全{self.place}"

    @property
    def code(self):
        """The code of the office's documents, a placeholder where none is entered."""
        return self.document_code or "×政办字"

    @property
    def short_system(self):
        """The name of the system where the region stands beside it, or there is little room: 政务公开任务督办."""
        return self.system_name.removeprefix(self.name) or self.system_name

    @property
    def system_front(self):
        """What stands before `short_system` in the whole name, "" where the name does not begin with the region."""
        return self.system_name.removesuffix(self.short_system)

    @property
    def logo_address(self):
        """Address of the logo, another one after each change; "" without one."""
        return f"{reverse('departments:logo')}?v={self.version}" if self.logo else ""


SYSTEM = "政务公开任务督办"


def usual_names(name, level):
    """Return what the names usually are by name and level of a region, by field."""
    place = Level(level).label
    return {
        "government": f"{name or place}人民政府",
        "government_short": f"{place}政府",
        "office": f"{name or place}人民政府办公室",
        "office_short": f"{place}政府办公室",
        "system_name": f"{name}{SYSTEM}",
    }


def unnamed():
    """Return the region of an installation where nobody has entered names."""
    return Region(pk=1, name="", level=Level.COUNTY, **usual_names("", Level.COUNTY))


class _Reading:
    """What was read, within one request, or within a process that serves none."""

    region = None


_of_request = ContextVar("region", default=None)
_of_process = _Reading()
_last = {"region": None}
"""The names as this process read them last, whatever has happened since; by their version they are taken again."""


def current():
    """Return the `Region` whose names are used now."""
    reading = _of_request.get() or _of_process
    if reading.region is None:
        reading.region = _read()
    return reading.region


def is_at(version):
    """Tell the request which version of the names holds, `None` where none are entered; who knows it reads nothing."""
    reading, last = _of_request.get(), _last["region"]
    if reading is None:
        return
    if version is None:
        reading.region = unnamed()
    elif last is not None and last.version == version:
        reading.region = last


def last_known():
    """Return the names as this process read them last, without asking the database, which may be away."""
    return _last["region"] or unnamed()


def new_version():
    """Return a version that no names had before, also where a backup was restored or data were cleared."""
    return secrets.randbits(62) or 1


def version_in_force():
    """Return the subquery of the version that holds, for `is_at`."""
    return models.Subquery(Region.objects.values("version")[:1])


def _read():
    try:
        found = Region.objects.using(DEFAULT_DB_ALIAS).first()  # a replica may not have what the session tells of
    except DatabaseError:
        return last_known()
    _last["region"] = found
    return found or unnamed()


def _begin(**kwargs):
    _of_request.set(_Reading())


def _end(**kwargs):
    _of_request.set(None)
    _of_process.region = None


def forget(**kwargs):
    """Read the names anew when they are asked for next; receiver of their changes."""
    for reading in (_of_request.get(), _of_process):
        if reading is not None:
            reading.region = None
    _last["region"] = None


def begin_with(region):
    """Let a process that serves no request begin with these names, until they change."""
    _of_process.region = region


def watch():
    """Let each request read anew, and whoever changes the names see the new ones at once."""
    request_started.connect(_begin, dispatch_uid="core.region.begin")
    request_finished.connect(_end, dispatch_uid="core.region.end")
    for signal in (post_save, post_delete):
        signal.connect(forget, sender=Region, dispatch_uid="core.region.forget")


def office_name():
    """Return the office's short name: 县政府办公室."""
    return current().office_short


def whole_region():
    """Return all of the region in words: 全县."""
    return current().whole


WORDS = (
    "office_short",
    "office",
    "government",
    "government_short",
    "whole",
    "place",
    "name",
    "system_name",
    "short_system",
    "code",
)
"""What a sentence may name in braces, and a template by `{% region %}`: an attribute of `Region`."""


def _worded(text):
    region = current()
    for word in WORDS:
        text = text.replace("{" + word + "}", getattr(region, word))
    return text


worded = lazy(_worded, str)
"""A constant sentence with names in braces ({office_short}, {whole}), which become words when it is shown."""


OF_A_COUNTY = {"县政府办公室": "office_short", "县政府": "government_short", "全县": "whole"}


def in_its_words(text, written=str):
    """Return a text that is written for a county, as the manual is, in the words of the region; `written` makes a name
    into what stands in the text (`escape` in HTML).
    """
    region = current()
    for words, attribute in OF_A_COUNTY.items():
        text = text.replace(words, written(getattr(region, attribute)))
    return text
