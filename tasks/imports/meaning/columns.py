"""Recognises the meaning of columns by their headings; what is not recognised is left for the user to assign."""

import re
from dataclasses import dataclass, field

from tasks.imports.reading.source import compact

NUMBER, PART, SECTION, REQUIREMENT = "number", "part", "section", "requirement"
LEAD, RESPONSIBLE, DEADLINE, IGNORED = "lead", "responsible", "deadline", "ignored"
FIELDS = {
    NUMBER: "序号",
    PART: "部分",
    SECTION: "工作任务（类别）",
    REQUIREMENT: "具体要求",
    LEAD: "牵头部门",
    RESPONSIBLE: "责任单位",
    DEADLINE: "完成时限",
    IGNORED: "不读取",
}
HELPING = "helping"  # 配合单位: the responsible units; a column 责任单位 beside it then holds the lead
ALL = "all"  # every field of every row
GOAL = "goal"  # 主要任务: the requirement where no column is more specific, else the task it belongs to
DOUBTFUL = "doubtful"  # of another office or for another purpose: a person is asked
_WORDS = (  # the first one found in a heading decides
    (
        IGNORED,
        "备注|说明|进展|进度|完成情况|落实情况|办理情况|办结情况|工作情况|领导|负责人|责任人|联系人|联络员|联系方式|电话|手机|签字|签收"
        "|依据|来源|得分|分值|评分|评价|完成率|存在问题|下一步|是否|督(?:办|查|导)(?:单位|部门|人|科室|情况|组)|督办$"
        "|交办|下达(?:时间|日期)|包保|佐证|链接|状态",
    ),
    (
        DOUBTFUL,
        "填报|报送|上报|对口|上级|省级|市级|监督|审核|抄送|审批|(?:开始|起始|启动|发布|更新|印发|成文|制定)(?:时间|日期)|频[次率]",
    ),
    (NUMBER, "序号|编号|序列|^号$|^序$|项次"),
    (DEADLINE, "时限|期限|截止|完成时间|时间要求|时间节点|完成月|月份|完成日期|办结时间|时间安排|完成时间|完成节点"),
    (LEAD, "牵头|主办|主责|主管部门|主管单位|(?:主要|首要|第一|首位)(?:责任|承办)|抓总"),
    (HELPING, "配合|协办|协同|参与|参加|协助|其他责任|联办|协作|会办|联动"),
    (
        RESPONSIBLE,
        "责任单位|责任部门|责任主体|承办|落实单位|落实部门|实施单位|承担单位|分工|责任分解|责任科室|责任股室|单位名称"
        "|涉及单位|责任(?:县直|乡镇|机关|方|镇街)|执行单位|负责(?:单位|部门)|完成单位|落实主体|责任$",
    ),
    (GOAL, "目标要求|主要任务|任务分解|工作目标|年度目标|预期目标|目标$"),
    (
        REQUIREMENT,
        "具体要求|工作要求|工作内容|主要内容|具体内容|任务内容|具体任务|措施|任务要求|重点内容|举措|公开内容"
        "|内容和要求|内容及要求|细化任务|要求|内容",
    ),
    (SECTION, "任务|类别|分类|项目|重点工作|工作重点|事项|一级|二级|领域|板块|方面|实事|工程"),
    (DEADLINE, "时间|日期"),
    (RESPONSIBLE, "部门|单位|机构$"),
)
_MEANINGS = tuple((field, re.compile(words)) for field, words in _WORDS)
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_FIRST_LEADS = re.compile("(?:第一|首位|首个|排在?前|列在?前|在前).*(?:牵头|主办)|(?:牵头|主办).*(?:在前|首位|第一)")
_WITH_PERSONS = re.compile(
    "(?:单位|部门)(?:及|和|、|与|/|[（(])[^）)]{0,4}(?:责任人|负责人|联系人|领导|人员)"
    "|(?:责任人|负责人|领导)(?:及|和|、|与|/)(?:牵头|责任|配合)?(?:单位|部门)"
)
_PERSONS = re.compile(
    "(?:及|和|、|与|/|[（(])?[^及和、与/（(]{0,4}(?:责任人|负责人|联系人|领导|人员)[)）]?(?:及|和|、|与|/)?"
)
_SENTENCE = re.compile("[。；;]$")
_RULE_OF_FIRST = re.compile(
    "(?:第一(?!季度|时间|责任人|批|次|步|阶段|线)|首位|首个|排(?:名|序|列)?在?(?:第一|首位|最?前)|列(?:在|为|于)?(?:第一|首位|最?前)|居首)[^。；]{0,14}?"
    "(?:为|是|作为)[^。；]{0,6}?(?:牵头|主办|主责)|(?:牵头|主办)(?:责任)?(?:单位|部门)[^。；，]{0,4}(?:排|列|居)(?:在|于)?(?:第一|首|最?前)"
)
_PLAIN_HEADING = re.compile(
    "序号|编号|项次|备注|说明|(?:完成|办结|办理|截止|时间|工作)?(?:时限|时间|期限|日期|节点|要求)(?:要求)?"
    "|(?:牵头|责任|配合|主办|承办|协办|落实|主要责任)(?:责任)?(?:单位|部门|科室|分工|领导|人)?"
    "|(?:工作|重点|具体|主要|目标|公开|督办|督查|交办)?(?:任务|内容|要求|措施|举措|事项|目标|项目|重点|工作)"
)
_TOTALS = re.compile("^(?:合计|总计|小计|共计)")
REMARKS = re.compile("备注|说明")
HEADER_SEARCH_ROWS = 25


@dataclass
class Header:
    """Position of a table's header, and the meaning of each column.

    `certain` is true where a person said what the columns mean; `doubts` are `(fields, sentence)` where nobody did.
    """

    first: int
    last: int
    texts: list[str]
    fields: list[str | None]
    certain: bool = False
    doubts: list = field(default_factory=list)

    @property
    def signature(self):
        """Return the headings as one text; the same headings are recognised by it later."""
        return signature(self.texts)

    @property
    def is_enough(self):
        """Return whether rows can be read: there is a requirement and at least one column of units."""
        return REQUIREMENT in self.fields and (LEAD in self.fields or RESPONSIBLE in self.fields)

    def columns(self, name):
        """Return the indexes of the columns that hold a field."""
        return [index for index, of in enumerate(self.fields) if of == name]


def signature(texts):
    """Return the headings of a table as one text."""
    return "｜".join(compact(text) for text in texts)[:500]


def meaning(text):
    """Return the field that a heading names, `None` where it names none."""
    text = compact(text)
    if not text or len(text) > 30:
        return None
    if with_persons(text):
        text = _PERSONS.sub("", text, count=1)
    for words_of in (_BRACKETS.sub("", text), text):  # 责任单位（第一个为牵头单位） is a column of responsible units
        found = next((name for name, words in _MEANINGS if words.search(words_of)), None)
        if found:
            return found
    return None


def with_persons(text):
    """Return whether a heading says that the column holds units and persons: 牵头单位及责任人."""
    return bool(_WITH_PERSONS.search(compact(text)))


def first_leads(text):
    """Return whether a text says that the first unit of a cell leads: 责任单位（第一个为牵头单位）."""
    return bool(_FIRST_LEADS.search(compact(text)))


def settled(meanings):
    """Return the fields, with the meanings that depend on the other columns decided."""
    fields = [None if name == DOUBTFUL else name for name in meanings]
    _settle_goals(fields)
    sections = [index for index, name in enumerate(fields) if name == SECTION]
    if REQUIREMENT not in fields and sections:
        fields[sections.pop()] = REQUIREMENT
    for index in sections[:-1]:
        fields[index] = PART
    has_lead = LEAD in fields
    both = HELPING in fields and RESPONSIBLE in fields
    for index, name in enumerate(fields):
        if name == RESPONSIBLE and both and not has_lead:
            fields[index] = LEAD
        elif name == HELPING:
            fields[index] = RESPONSIBLE
    return fields


def _settle_goals(fields):
    """Decide what 主要任务 and 工作目标 are: the task before a column of requirements, else the requirement."""
    goals = [index for index, name in enumerate(fields) if name == GOAL]
    if REQUIREMENT not in fields and goals:
        fields[goals.pop()] = REQUIREMENT
    last = max((index for index, name in enumerate(fields) if name == REQUIREMENT), default=-1)
    for index in goals:
        fields[index] = SECTION if index < last else None
    wanted = [index for index, name in enumerate(fields) if name == REQUIREMENT]
    for index in wanted[:-1]:
        if SECTION not in fields[:index] and GOAL not in fields:
            fields[index] = SECTION


def find_header(grid, known=None):
    """Return the `Header` of a grid, the best of its first rows; `None` where no row resembles one.

    `known` maps signatures to fields, as users have assigned them.
    """
    known = known or {}
    best = None
    for index in range(min(len(grid.rows), HEADER_SEARCH_ROWS)):
        for last in (index, index + 1):
            header = _read(grid, index, last, known)
            if header and header.signature in known:
                return header
            if header and header.is_enough and (best is None or _found(header) > _found(best)):
                best = header
        if best and index > best.last:
            break
    return best


def _found(header):
    return len({name for name in header.fields if name and name != IGNORED})


def _read(grid, first, last, known):
    """Return the headings of rows `first` to `last`: the lowest text of its own in each column."""
    if last >= len(grid.rows) or (last > first and not _is_second_line(grid, first, last)):
        return None
    rows = grid.rows[first : last + 1]
    texts = [
        next((row.cells[column] for row in reversed(rows) if row.cells[column]), "") for column in range(grid.width)
    ]
    said = known.get(signature(texts))
    if said is not None and len(said) == len(texts):
        return Header(first, last, texts, [name or None for name in said], certain=True)
    if any(_SENTENCE.search(text) for text in texts):
        return None  # a row of the table itself, or a card of labels and values
    meanings = [None if _goes_on(rows[-1], column) else meaning(text) for column, text in enumerate(texts)]
    if len([name for name in meanings if name]) < 2:
        return None
    meant = _spread(rows[-1], meanings)
    header = Header(first, last, texts, settled(meant))
    header.doubts = _doubts(texts, meant, header.fields, rows[-1])
    return header


def _doubts(texts, meanings, fields, row):
    """Return `(fields, sentence)` for each field that several columns of different headings would fill."""
    own = [compact(text) for column, text in enumerate(texts) if text and not _goes_on(row, column)]
    half = len(own) // 2
    if half > 1 and own[:half] == own[half : 2 * half]:
        return [([ALL], "左右并排了两张同样的表。请在 Excel 中把右边的移到下面，另存后再导入。")]
    doubts = []
    for name in (REQUIREMENT, LEAD, RESPONSIBLE, DEADLINE):
        of = [index for index, each in enumerate(fields) if each == name and not _goes_on(row, index)]
        if len(of) > 1:
            named = "”“".join(texts[index].replace("\n", "") for index in of)
            doubts.append(([name], f"“{named}”都像{FIELDS[name]}，请指明各列。"))
    wanted = [index for index, name in enumerate(meanings) if name == REQUIREMENT and not _goes_on(row, index)]
    goals = [index for index, name in enumerate(meanings) if name == GOAL and not _goes_on(row, index)]
    tasks = [index for index, name in enumerate(meanings) if name == SECTION and not _goes_on(row, index)]
    perhaps = wanted if len(wanted) > 1 else goals + tasks if goals and tasks and not wanted else []
    if perhaps and fields.count(REQUIREMENT) == 1:
        named = "”“".join(texts[index].replace("\n", "") for index in sorted(perhaps))
        taken = texts[fields.index(REQUIREMENT)].replace("\n", "")
        doubts.append(([ALL], f"“{named}”哪一列是具体要求？现按“{taken}”读取。"))
    return doubts


def _goes_on(row, column):
    return row.covered[column] == "left"


def _spread(row, meanings):
    """Return the meanings with columns under one merged heading given the same meaning."""
    spread = list(meanings)
    for column in range(1, len(spread)):
        if _goes_on(row, column):
            spread[column] = spread[column - 1]
    return spread


def _is_second_line(grid, first, last):
    """Return whether two rows form one header: cells are merged, and the lower row has headings of its own."""
    upper, lower = grid.rows[first], grid.rows[last]
    if sum(upper.own(column) and bool(text) for column, text in enumerate(upper.cells)) < 2:
        return False  # a title above the header, not part of it
    merged = any(mark == "left" for mark in upper.covered) or any(mark == "up" for mark in lower.covered)
    own = [text for column, text in enumerate(lower.cells) if lower.own(column) and text]
    return merged and bool(own) and all(meaning(text) for text in own)


def header_below(grid, index, known=None):
    """Return the `Header` that a row further down begins, where a second table follows the first; else `None`.

    Its fields may be too few to read rows by.
    """
    row = grid.rows[index]
    texts = [compact(text) for column, text in enumerate(row.cells) if text and row.own(column)]
    plain = sum(bool(_PLAIN_HEADING.fullmatch(text)) for text in texts)
    if plain < 3 or plain * 4 < len(texts) * 3:
        return None
    return _read(grid, index, index, known or {})


def is_total(text):
    """Return whether a text begins a row of sums."""
    return bool(_TOTALS.match(compact(text)))


def rule_of_first(text):
    """Return whether a sentence of the file says that the first unit of each cell leads."""
    return bool(_RULE_OF_FIRST.search(compact(text)))


def first_guess(grid):
    """Return a header for the user to check: the first row with the most short texts."""

    def short(row):
        return len({text for column, text in enumerate(row.cells) if row.own(column) and 0 < len(text) <= 20})

    index = max(range(min(len(grid.rows), HEADER_SEARCH_ROWS)), key=lambda at: (short(grid.rows[at]), -at))
    texts = list(grid.rows[index].cells)
    return Header(index, index, texts, settled([meaning(text) for text in texts]))


def is_of_others(grid):
    """Return whether a table without tasks is plainly one of people, remarks or scores (联系人、电话)."""
    for row in grid.rows[:2]:
        texts = [text for column, text in enumerate(row.cells) if text and row.own(column)]
        meant = [meaning(text) for text in texts]
        if len(texts) > 1 and all(name in (IGNORED, NUMBER) for name in meant) and IGNORED in meant:
            return True
    return False
