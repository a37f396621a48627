"""What a Word template of the office's own may say: fields by name, 如果, 逐行; nothing that computes or calls.

The template is read before it is filled in: what is not on the list below, and every field that is not known, is named.
It is filled in by an environment in which nothing but the given plain data can be reached, so that even what the
reading overlooked finds nothing.
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
DEEPEST = 4  # loops inside one another


class PlainData(SandboxedEnvironment):
    """Reaches what is in the given dicts and lists, and no attribute or function of anything."""

    def __init__(self):
        """Text is escaped for XML; there are no globals, and a field that is not there is an error."""
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def is_safe_attribute(self, obj, attr, value):
        """Only a loop has attributes: which round it is."""
        return isinstance(obj, LoopContext) and attr in OF_A_LOOP

    def wrap_str_format(self, value):
        """Not even the formatting of a text, which the library would give in a safe form."""

    def is_safe_callable(self, obj):
        """Nothing is called."""
        return False


class Field(str):
    """A field of plain text or a number: its explanation, and an example of it."""

    def __new__(cls, words, example="（示例文字）"):
        """Keep the example beside the words."""
        made = super().__new__(cls, words)
        made.example = example
        return made


class Group(dict):
    """Fields under one name."""

    def __init__(self, words, fields):
        """Take the explanation, and the fields by name."""
        super().__init__(fields)
        self.words = words


class Rows(Group):
    """A list: the fields of each row by name."""


LOOP = Group("循环", {name: Field("", 1) for name in OF_A_LOOP})


def problems(source, fields):
    """Return what is wrong with the source of a template in Chinese, each thing once. Raises `TemplateSyntaxError`."""
    reading = _Reading()
    reading.visit(PlainData().parse(source), Group("", fields), 0)
    return list(dict.fromkeys(reading.found))


class _Reading:
    """Walks through a template with the fields that are known at each place."""

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
                if isinstance(shown, nodes.Name | nodes.Getattr) and isinstance(self._meant(shown, known), Group):
                    self.found.append(f"“{_path(shown)}”不是一个文字字段，不能直接填入")

    def _loop(self, node, known, depth):
        rows = self._resolve(node.iter, known)
        if depth >= DEEPEST:
            self.found.append(f"循环套得太深，最多{DEEPEST}层")
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
        """Return what a name stands for, `None` (and a word about it) where nothing is known by it."""
        meant = self._meant(node, known)
        if meant is None:
            self.found.append(f"未知字段“{_path(node)}”")
        return meant

    def _meant(self, node, known):
        if isinstance(node, nodes.Name):
            return known.get(node.name)
        if isinstance(node, nodes.Getattr):
            name = node.attr
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            name = node.arg.value
        else:
            return None
        inside = self._meant(node.node, known)
        return inside.get(name) if isinstance(inside, Group) and not isinstance(inside, Rows) else None


def _path(node):
    """Write a name as it stands in the template."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_path(node.node)}[{getattr(node.arg, 'value', '…')!r}]"
    if isinstance(node, nodes.Const):
        return repr(node.value)
    return "…"
