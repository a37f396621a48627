"""Automatic paragraph numbers of Word, which are displayed but not part of the text."""

from wenshang_disclosure.core import numerals

from .xml import attribute, first, name_of

CHINESE_FORMATS = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseCounting",
}
UNNUMBERED = {"bullet", "none"}


def _val(element, *path):
    found = first(element, *path)
    return None if found is None else attribute(found, "val")


class Numbering:
    """Counters of the numbered paragraphs of one document, advanced by each call of `label`."""

    def __init__(self, root, styles=None):
        """Index the roots of numbering.xml and styles.xml, either of which may be `None`."""
        self.levels, self.lists, self.counts, self.styles = {}, {}, {}, {}
        for element in root if root is not None else ():
            if name_of(element) == "abstractNum":
                self.levels[attribute(element, "abstractNumId")] = {
                    attribute(level, "ilvl"): level for level in element if name_of(level) == "lvl"
                }
            elif name_of(element) == "num":
                self.lists[attribute(element, "numId")] = _val(element, "abstractNumId")
        for style in styles if styles is not None else ():
            found = first(style, "pPr", "numPr")
            if name_of(style) == "style" and found is not None:
                self.styles[attribute(style, "styleId")] = found

    def label(self, paragraph):
        """Return the number displayed before `paragraph`, "" if it has none."""
        properties = first(paragraph, "pPr")
        if properties is None or not self.lists:
            return ""
        marked = first(properties, "numPr")
        if marked is None:
            marked = self.styles.get(_val(properties, "pStyle"))
        if marked is None:
            return ""
        return self._next(self.lists.get(_val(marked, "numId")), _val(marked, "ilvl") or "0")

    def _next(self, abstract, level):
        levels = self.levels.get(abstract, {})
        if level not in levels or _val(levels[level], "numFmt") in UNNUMBERED or not level.isdecimal():
            return ""
        for deeper in [key for key in self.counts if key[0] == abstract and int(key[1]) > int(level)]:
            del self.counts[deeper]
        start = _val(levels[level], "start") or "1"
        before = self.counts.get((abstract, level), int(start) - 1 if start.isdecimal() else 0)
        self.counts[abstract, level] = before + 1
        text = _val(levels[level], "lvlText") or ""
        for key in levels:
            if key and key.isdecimal():
                text = text.replace(f"%{int(key) + 1}", self._shown(levels[key], self.counts.get((abstract, key), 1)))
        return text

    def _shown(self, level, number):
        return numerals.write(number) if _val(level, "numFmt") in CHINESE_FORMATS else str(number)
