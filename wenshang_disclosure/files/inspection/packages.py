"""The parts of an Office file (Open Packaging Conventions, ECMA-376 part 2), their types and their relationships."""

from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from lxml import etree

from wenshang_disclosure.core.office import archives

from . import targets
from .kinds import Mismatch, ending_of

MAX_LIST_BYTES = 5 * 1024 * 1024  # of a part that lists other parts
TYPES, ROOT = "[content_types].xml", ""
MAIN_PART = "officedocument"


@dataclass(frozen=True)
class Relationship:
    """A relationship of a part; `kind` is the last word of its type, which transitional and strict files share."""

    id: str
    type: str
    target: str
    is_external: bool

    @property
    def kind(self):
        return self.type.rpartition("/")[2].lower()


class Package:
    """An open Office file. Parts are found as programs find them, whatever the case, escapes and slashes of names.

    `relationships` are those of each part by its name, and of the package itself (`ROOT`).
    """

    def __init__(self, archive):
        """Raises `Mismatch` if two parts are one or a list is missing, and `Unreadable` if a list cannot be read."""
        self._archive, self.parts = archive, {}
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            name = part_name(entry.filename)
            if name in self.parts or name.endswith(".piece"):  # a part cut into several entries
                raise Mismatch
            self.parts[name] = entry
        self._read_types()
        self.relationships = {ROOT: []}
        for name in self.parts:
            if name.endswith(".rels"):
                found = self._list_of(name).iter(etree.Element)
                lines = [_relationship(each) for each in found if each.get("Target") is not None]
                self.relationships.setdefault(part_with_relationships(name), []).extend(lines)

    def _read_types(self):
        self._by_ending, self._by_part = {}, {}
        root = self._list_of(TYPES)
        if root is None:
            raise Mismatch
        for each in root.iter(etree.Element):
            said = each.get("ContentType", "").lower()
            if each.get("PartName"):
                self._by_part[part_name(each.get("PartName"))] = said
            elif each.get("Extension"):
                self._by_ending[each.get("Extension").lower()] = said

    @property
    def declared_types(self):
        """Every content type that the file declares, in lower case."""
        return {*self._by_ending.values(), *self._by_part.values()}

    def type_of(self, part):
        """Return the declared content type of a part in lower case, "" if it has none."""
        return self._by_part.get(part) or self._by_ending.get(ending_of(part), "")

    @cached_property
    def main(self):
        """The name of the main part. Raises `Mismatch` if there is none."""
        found = [each for each in self.relationships[ROOT] if each.kind == MAIN_PART and not each.is_external]
        name = part_name(found[0].target) if len(found) == 1 else None
        if name not in self.parts:
            raise Mismatch
        return name

    def _list_of(self, part):
        entry = self.parts.get(part)
        if entry is None:
            return None
        if entry.file_size > MAX_LIST_BYTES:
            raise Mismatch
        return archives.parsed(self._archive, entry.filename)


def part_name(name):
    """Return the name by which a part is found, from that of its entry or from an internal target of the package."""
    return normpath("/" + unquote(name).replace("\\", "/").lower().lstrip("/"))[1:]


def part_with_relationships(name):
    """Return the part whose relationships are in the part `name`, `name` itself where no program looks for them."""
    folder, _, last = name.rpartition("/")
    if folder.rpartition("/")[2] != "_rels":
        return name
    return join(dirname(folder), last.removesuffix(".rels"))


def _relationship(each):
    target = each.get("Target")
    is_external = each.get("TargetMode", "").lower() == "external" or targets.is_absolute(target)
    return Relationship(each.get("Id", ""), each.get("Type", ""), target, is_external)
