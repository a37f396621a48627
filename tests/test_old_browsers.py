"""Pages are made for Chromium 87 and later (docs/install.md): what came later is used where nothing is lost without it.

tests/younger_than_chromium_87.txt lists it by MDN's data (`make styles`); `make test-old-browser` opens pages there.
"""

import re

from django.conf import settings

ROOT = settings.BASE_DIR
LINES = (ROOT / "tests" / "younger_than_chromium_87.txt").read_text().splitlines()
YOUNG = {kind: set(names.split(" ")) for kind, _, names in (line.partition(": ") for line in LINES)}

NOTHING_IS_LOST = {
    # looks a little plainer
    "property accent-color",
    "property scrollbar-color",
    "property scrollbar-width",
    "value align-self:start",
    "value list-style-type:disclosure-open",
    # the older way stands beside it
    "property mask-image",
    "property mask-position",
    "property mask-repeat",
    "property mask-size",
    "property print-color-adjust",
    "selector file-selector-button",
    # is known in the form in which it is used
    "property outline",
    "property overscroll-behavior",
    "property size",
    # Tabler's, in rules that no page needs: what it would colour has a colour of ours
    "function or unit color-mix",
    "selector has",
    # taken for what it is where it is known
    "attribute blocking",
    "attribute capture",
}
OUR_OWN_METHODS = {"grow", "queue", "take"}
YOUNG_SYNTAX = re.compile(r"\bstatic\s*\{|#\w+ in \w|/[a-z]*[dv][a-z]*\.(?:test|exec)\(")


def sheets():
    """Yield the style sheets of pages, without comments and the addresses of pictures."""
    for path in [*(ROOT / "static" / "css").glob("*.css"), *(ROOT / "static" / "vendor").glob("tabler-1*/*.css")]:
        yield path.name, re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(), flags=re.DOTALL)


def scripts():
    """Yield our scripts, without comments and texts."""
    for path in (ROOT / "static" / "js").glob("*.js"):
        yield path.name, re.sub(r'//.*|"[^"\n]*"', "", path.read_text())


def young(kind, names):
    """Return those of the names that Chromium 87 does not know, with their kind."""
    return {f"{kind} {name}" for name in names if name in YOUNG[kind]}


def young_of_sheet(text):
    """Return what the sheet says that came later."""
    lines = re.findall(r"(?<=[;{\s])([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])", text)
    words = {f"{name}:{word}" for name, value in lines if name not in YOUNG["property"] for word in value.split()}
    values = " ".join(value for _, value in lines)
    calls = [*re.findall(r"([a-z-]+)\(", values), *re.findall(r"(?<![\w#-])[\d.]+([a-z]+)\b", values)]
    selectors = re.findall(r"(?<!\\):{1,2}([a-z-]+)", re.sub(r"\{[^{}]*\}", "{}", text))
    return (
        young("property", (name for name, _ in lines))
        | young("value", words)
        | young("function or unit", calls)
        | young("selector", selectors)
        | young("at-rule", re.findall(r"@([a-z-]+)", text))
    )


def young_of_script(text):
    """Return what the script calls or writes that came later, but for what it defines itself."""
    own = {*re.findall(r"(?:const|let|class|function) \[?(\w+)", text), *OUR_OWN_METHODS}
    calls = set(re.findall(r"\.([A-Za-z]\w*)\(", text)) - own
    made = set(re.findall(r"\bnew ([A-Z]\w*)", text) + re.findall(r"(?<![.\w])([A-Za-z]\w*)[.(]", text)) - own
    return young("member", calls) | young("global", made) | set(YOUNG_SYNTAX.findall(text))


def test_style_sheets_say_nothing_that_is_lost():
    found = {name: young_of_sheet(text) - NOTHING_IS_LOST for name, text in sheets()}

    assert {name: said for name, said in found.items() if said} == {}


def test_scripts_call_nothing_that_is_missing():
    found = {name: young_of_script(text) for name, text in scripts()}

    assert {name: said for name, said in found.items() if said} == {}


def test_templates_have_no_element_or_attribute_that_a_page_needs():
    found = set()
    for path in (ROOT / "templates").rglob("*.html"):
        for element, rest in re.findall(r"<([a-z]+)((?:\s[^<>]*)?)>", re.sub(r"{[%#{].*?[%#}]}", "", path.read_text())):
            attributes = re.findall(r"\s([a-z]+)(?==|\s|$)", re.sub(r'"[^"]*"', '""', rest))
            found |= young("element", [element]) | young("attribute", attributes)

    assert found - NOTHING_IS_LOST == set()


def test_what_came_later_is_found():
    sheet = ".a:has(b){color:light-dark(#000,#fff);height:100dvh;text-wrap:balance}@layer x{.b{inset:0;gap:1px}}"
    script = (
        "const grow = 1; const last = rows.at(-1); grow(); list.replaceChildren(structuredClone(last)); last.flat();"
    )

    assert young_of_sheet(sheet) == {
        "selector has",
        "function or unit light-dark",
        "function or unit dvh",
        "property text-wrap",
        "at-rule layer",
    }
    assert young_of_script(script) == {"member at", "global structuredClone"}
