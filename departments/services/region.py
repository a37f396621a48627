"""The names of the region and of its office (地区与机关名称), kept by the administrator (design: Names)."""

import base64
import io

from django.db import transaction
from PIL import Image

from departments.models import Collective, CollectiveAlias
from departments.signals import level_changes
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.models import Region
from wenshang_disclosure.core.region import Level, new_version, unnamed, usual_names
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.files import keeping, uses

ONLY_ADMINISTRATORS = "地区与机关名称由系统管理员填写。"
SIZE = (3 * 96, 96)
"""The largest width and height of a logo, in pixels."""
LOGO_FORMATS = ["PNG", "JPEG", "WEBP"]
NO_PICTURE = "“{name}”不是图片，或者已损坏。请选择 PNG、JPG、WEBP 格式的徽标图片。"


@transaction.atomic
def save(*, by, upload=None, without_logo=False, confirmed=False, **names):
    """Save the names and return the `Region`; what is left blank is named as usual.

    Raises `Refused` where the logo is no picture, and where another level changes what was issued and nobody has
    `confirmed` it.
    """
    require(by, "departments.name_region", sentence=ONLY_ADMINISTRATORS)
    region = Region.objects.select_for_update().filter(pk=1).first() or unnamed()
    if region.version and region.level != names["level"] and not confirmed:
        _ask_about_the_level(names["level"])
    usual = usual_names(names["name"], names["level"])
    wanted = {**usual, "document_code": "", **{field: value for field, value in names.items() if value}}
    if upload or without_logo:
        wanted["logo"] = _picture(upload, by) if upload else ""
    return _write(region, wanted, by=by)


def load(names):
    """Save the names of a fixture, where nobody has entered any; return whether they were saved."""
    if Region.objects.exists():
        return False
    _write(unnamed(), names, by=None)
    return True


def _write(region, wanted, *, by):
    changed = [field for field, value in wanted.items() if getattr(region, field) != value]
    if not changed and region.version:
        return region
    before = region.government_short
    for field in changed:
        setattr(region, field, wanted[field])
    region.version = new_version()
    region.save()
    _name_collectives(before, region.government_short)
    told = {field: wanted[field] for field in changed if field != "logo"}
    record(Kind.CHANGE, "修改地区与机关名称", by=by, on=region, detail={"fields": changed, **told})
    return region


def _ask_about_the_level(level):
    """Raise `Refused` with what a change of the level leaves as it is, as the apps above say."""
    answers = [sentence for _, sentence in level_changes.send(Region) if sentence]
    if answers:
        label = Level(level).label
        raise Refused(
            *(f"{said}级别改为“{label}”的，请勾选“确认变更级别”后再保存。" for said in answers), field="level"
        )


def _name_collectives(before, after):
    """Let collectives that name the government (县政府各部门、单位) follow its name; the former one stays an alias."""
    if before == after:
        return
    for collective in Collective.objects.filter(name__startswith=before):
        former, new = collective.name, after + collective.name.removeprefix(before)
        CollectiveAlias.objects.filter(name=new, collective=collective).delete()
        if Collective.objects.filter(name=new).exists() or CollectiveAlias.objects.filter(name=new).exists():
            continue
        collective.name = new
        collective.save()
        CollectiveAlias.objects.get_or_create(name=former, defaults={"collective": collective})


def _picture(upload, by):
    """Return an uploaded picture as a small PNG, made anew, in Base64. Raises `Refused` beside the field."""
    try:
        [inspected] = keeping.inspect([upload], uses.LOGOS, by=by)
    except Refused as refusal:
        refusal.field = "upload"
        raise
    try:
        with Image.open(inspected.upload, formats=LOGO_FORMATS) as opened:
            opened.draft("RGB", SIZE)  # a photograph of many pixels is decoded small
            picture = opened.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as fault:
        raise Refused(NO_PICTURE.format(name=inspected.name), field="upload") from fault
    picture.thumbnail(SIZE)
    made = io.BytesIO()
    picture.save(made, "PNG", optimize=True)
    return base64.b64encode(made.getvalue()).decode("ascii")
