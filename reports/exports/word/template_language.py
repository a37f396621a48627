"""Language of custom Word templates: fields, conditions and loops, without expressions that compute or call.

A template is parsed and checked before use: constructs not on the list below and unknown fields are reported. It is
rendered in a sandboxed environment that reaches only the given plain data, as a second line of defence.
"""

from jinja2 import StrictUndefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

OF_A_LOOP = {"index", "first", "last", "length"}
FILTERS = ("default", "length")
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Filter,
)
IN_WORDS = {
    "Call": "函数调用",
    "Assign": "变量赋值（set）",
    "AssignBlock": "变量赋值（set）",
    "Macro": "宏（macro）",
    "CallBlock": "宏（call）",
    "Include": "引用其他文件（include）",
    "Import": "引用其他文件（import）",
    "FromImport": "引用其他文件（import）",
    "Extends": "引用其他文件（extends）",
    "Block": "块（block）",
    "FilterBlock": "过滤块（filter）",
    "With": "变量赋值（with）",
    "Test": "判断式（is）",
}
MAX_LOOP_DEPTH = 4  # nested loops


class PlainData(SandboxedEnvironment):
    """Environment that reaches the items of the given dicts and lists, but no attributes or functions."""

    def __init__(self):
        """Escape text for XML, remove all globals, and raise on missing fields."""
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def is_safe_attribute(self, obj, attr, value):
        """Return whether `attr` is one of the counters of a loop."""
        return isinstance(obj, LoopContext) and attr in OF_A_LOOP

    def wrap_str_format(self, value):
        """Return `None`, which disables `str.format` as well."""

    def is_safe_callable(self, obj):
        """Return `False`: nothing may be called."""
        return False


class Field(str):
    """A field of text or a number: its explanation and an example."""

    def __new__(cls, words, example="（示例文字）"):
        made = super().__new__(cls, words)
        made.example = example
        return made


class Group(dict):
    """Fields under one name."""

    def __init__(self, words, fields):
        super().__init__(fields)
        self.words = words


class Rows(Group):
    """A list: the fields of each row by name."""


LOOP = Group("循环", {name: Field("", 1) for name in OF_A_LOOP})


def problems(source, fields):
    """Return the faults of a template in Chinese, without duplicates. Raises `TemplateSyntaxError`."""
    checker = _Checker()
    checker.visit(PlainData().parse(source), Group("", fields), 0)
    return list(dict.fromkeys(checker.found))


class _Checker:
    """Visitor that checks a template against the fields known at each node."""

    def __init__(self):
        self.found = []

    def visit(self, node, known, depth):
        if not isinstance(node, ALLOWED):
            self.found.append(f"不支持{IN_WORDS.get(type(node).__name__, '运算（' + type(node).__name__ + '）')}")
        elif isinstance(node, nodes.For):
            self._loop(node, known, depth)
        elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            self._resolve(node, known)
        else:
            self._plain(node, known)
            for child in node.iter_child_nodes():
                self.visit(child, known, depth)

    def _plain(self, node, known):
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            self.found.append(f"不支持过滤器“{node.name}”")
        if isinstance(node, nodes.Output):
            for shown in node.nodes:
                if isinstance(shown, nodes.Name | nodes.Getattr) and isinstance(self._find(shown, known), Group):
                    self.found.append(f"“{_path(shown)}”不是一个文字字段，不能直接填入")

    def _loop(self, node, known, depth):
        rows = self._resolve(node.iter, known)
        if depth >= MAX_LOOP_DEPTH:
            self.found.append(f"循环套得太深，最多{MAX_LOOP_DEPTH}层")
            return
        if not isinstance(rows, Rows):
            if rows is not None:
                self.found.append(f"“{_path(node.iter)}”不是清单，不能用于循环")
            return
        if node.recursive or not isinstance(node.target, nodes.Name):
            self.found.append("不支持这种写法的循环，请写作“for 行 in 清单”")
            return
        inside = Group("", {**known, node.target.name: Group(rows.words, rows), "loop": LOOP})
        for child in (*node.body, *filter(None, [node.test])):
            self.visit(child, inside, depth + 1)
        for child in node.else_:
            self.visit(child, known, depth)

    def _resolve(self, node, known):
        """Return the field that a name refers to; if it is unknown, report it and return `None`."""
        field = self._find(node, known)
        if field is None:
            self.found.append(f"未知字段“{_path(node)}”")
        return field

    def _find(self, node, known):
        if isinstance(node, nodes.Name):
            return known.get(node.name)
        if isinstance(node, nodes.Getattr):
            name = node.attr
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            name = node.arg.value
        else:
            return None
        inside = self._find(node.node, known)
        return inside.get(name) if isinstance(inside, Group) and not isinstance(inside, Rows) else None


def _path(node):
    """Return a name as written in the template."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_path(node.node)}[{getattr(node.arg, 'value', '…')!r}]"
    if isinstance(node, nodes.Const):
        return repr(node.value)
    return "…"
