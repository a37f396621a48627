"""The manual (docs/manual.md) as pages: a page a chapter, with the anchors that the manual has itself.

An anchor is written `<a id="name"></a>` in the manual, as Markdown has no words for it; all other HTML in it is shown
as text. A chapter is called by the anchor in its heading.
"""

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from PIL import Image

from wenshang_disclosure.core.region import in_its_words
from wenshang_disclosure.core.web.static_files import address_or_nothing

SOURCE = settings.BASE_DIR / "docs" / "manual.md"
PICTURES = "manual/"
"""Where the manual's pictures are among the static files (`STATICFILES_DIRS`)."""
ANCHOR = re.compile(r'<a id="([a-z0-9-]+)"></a>')
HELD, HELD_OUT = "\ue000{}\ue001", re.compile("\ue000([a-z0-9-]+)\ue001")
"""An anchor while the text is rendered, by characters that no text has."""


@dataclass(frozen=True)
class Chapter:
    """A chapter: its name in the address, its heading and its Markdown as written, and the anchors in it."""

    name: str
    heading: str
    source: str
    anchors: tuple

    @property
    def title(self):
        """Return the heading in the words of the region."""
        return in_its_words(self.heading)

    @property
    def content(self):
        """Return the chapter as HTML in the words of the region; rendered once in each process."""
        return mark_safe(in_its_words(_rendered(self.source), escape))  # noqa: S308 - by the renderer


@cache
def chapters():
    """Return the `Chapter`s in order."""
    _, *parts = re.split(r"^## ", SOURCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [_chapter(part) for part in parts]


def introduction():
    """Return what stands before the first chapter as HTML, without the title."""
    head = re.split(r"^## ", SOURCE.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
    return mark_safe(in_its_words(_rendered(head.partition("\n")[2]), escape))  # noqa: S308 - by the renderer


def for_liaisons():
    """Return what a liaison needs (docs/liaison.md) as HTML, without the title."""
    text = (SOURCE.parent / "liaison.md").read_text(encoding="utf-8")
    return mark_safe(in_its_words(_rendered(text.partition("\n")[2]), escape))  # noqa: S308 - by the renderer


def chapter_of(anchor):
    """Return the name of the chapter in which an anchor is. Raises `KeyError` for one that is nowhere."""
    return _by_anchor()[anchor]


@cache
def _by_anchor():
    return {anchor: chapter.name for chapter in chapters() for anchor in chapter.anchors}


def _chapter(text):
    heading, _, body = text.partition("\n")
    name = ANCHOR.match(heading)[1]
    return Chapter(name, ANCHOR.sub("", heading).strip(), body, tuple(ANCHOR.findall(text)))


@cache
def _rendered(text):
    """Return Markdown as HTML in which no other HTML is than what Markdown makes."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("image", _picture)
    markdown.add_render_rule("link_open", _opened)
    markdown.add_render_rule("link_close", _closed)
    markdown.add_render_rule("table_open", lambda *_: '<div class="table-responsive"><table class="table">')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    html = markdown.render(ANCHOR.sub(lambda match: HELD.format(match[1]), text))
    return mark_safe(HELD_OUT.sub(r'<span class="help-anchor" id="\1"></span>', html))  # noqa: S308 - by the renderer


def _picture(renderer, tokens, index, options, env):
    """Return a picture of the manual with its size, so that anchors below it do not move while it loads; its words
    alone where it is not there or was not collected.
    """
    token = tokens[index]
    path = SOURCE.parent / token.attrs["src"]
    address = address_or_nothing(PICTURES + path.name) if path.is_file() else ""
    words = renderer.renderInlineAsText(token.children or [], options, env)
    if not address or not path.exists():
        return words
    with Image.open(path) as picture:
        width, height = picture.size
    token.attrs = {"src": address, "alt": words, "width": width, "height": height, "loading": "lazy"}
    return renderer.renderToken(tokens, index, options, env)


def _leads_elsewhere(token):
    """Return whether a link leads to another file of the documentation, which is not served."""
    return not re.match(r"https?://|#|/", token.attrs.get("href", ""))


def _opened(renderer, tokens, index, options, env):
    env.setdefault("left_out", []).append(_leads_elsewhere(tokens[index]))
    return "" if env["left_out"][-1] else renderer.renderToken(tokens, index, options, env)


def _closed(renderer, tokens, index, options, env):
    return "" if env["left_out"].pop() else renderer.renderToken(tokens, index, options, env)
