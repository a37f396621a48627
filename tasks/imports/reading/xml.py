"""Elements by their local names: office programs write the same parts in several namespaces."""


def name_of(element):
    """Return the local name of an element, "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element, *names):
    """Yield the children with one of these names; none of a missing element."""
    return (child for child in (element if element is not None else ()) if name_of(child) in names)


def first(element, *path):
    """Return the descendant at a path of names, `None` if there is none."""
    for name in path:
        element = next(children(element, name), None)
    return element


def attribute(element, name):
    """Return an attribute by its local name, `None` if there is none."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def truth(element):
    """Return whether a property that stands is on: `<strike/>` is, `<strike val="0"/>` is not."""
    return (attribute(element, "val") or "1") not in ("0", "false", "off")
