"""Texts of demo reports. Each begins with a mark, so that it cannot be mistaken for a real one."""

from enum import Enum

MARK = "【演示】"
LINK_WANTED = "{mark}未附发布页面链接，请补充后重新报送。"


class Kind(Enum):
    """Kind of work that a row asks for; it selects the wording of its reports."""

    PUBLISH = "information to publish"
    ACTIVITY = "a meeting, an event, a survey"
    BUILD = "a platform or a procedure"
    PAPER = "a text to write"


TOPICS = [  # a word that identifies the requirement → what was done, and the kind of work
    ("宣传稿件", "政务公开宣传稿件", Kind.PAPER),
    ("年度报告", "政府信息公开工作年度报告有关内容", Kind.PAPER),
    ("制定具体实施方案", "本单位政务公开实施方案", Kind.PAPER),
    ("主动公开事项目录", "主动公开事项目录", Kind.PAPER),
    ("专题会议", "政务公开专题会议", Kind.ACTIVITY),
    ("现场解读", "政务公开专区现场解读和咨询活动", Kind.ACTIVITY),
    ("品牌专区", "政务公开品牌专区", Kind.BUILD),
    ("专区", "政务公开专区规范升级", Kind.BUILD),
    ("招商引资、高水平", "扩大有效投资、招商引资政策", Kind.PUBLISH),
    ("民间投资", "民间投资支持政策", Kind.PUBLISH),
    ("政策包", "“促进经济巩固向好、加快绿色低碳高质量发展”系列政策", Kind.PUBLISH),
    ("重大建设项目", "重大建设项目批准和实施信息", Kind.PUBLISH),
    ("消费支持", "消费支持政策", Kind.PUBLISH),
    ("城市更新", "城市更新政策和工作动态", Kind.PUBLISH),
    ("齐鲁粮仓", "乡村振兴信息", Kind.PUBLISH),
    ("无废城市", "环评审批信息和“无废城市”工作动态", Kind.PUBLISH),
    ("垃圾分类", "生活垃圾分类宣传活动", Kind.ACTIVITY),
    ("惠农资金", "惠农补助发放、拆迁安置结果公示信息", Kind.PUBLISH),
    ("就业创业", "就业创业政策", Kind.PUBLISH),
    ("以旧换新", "设备更新和消费品以旧换新政策", Kind.PUBLISH),
    ("医疗卫生", "医疗卫生和疾病防控信息", Kind.PUBLISH),
    ("住房需求", "住房政策信息", Kind.PUBLISH),
    ("义务教育", "义务教育、学前教育等信息", Kind.PUBLISH),
    ("一老一小", "“一老一小”服务保障政策", Kind.PUBLISH),
    ("社会救助", "社会救助标准信息", Kind.PUBLISH),
    ("新就业形态", "从业群体社会保障和职业伤害保障信息", Kind.PUBLISH),
    ("权责清单", "权责清单和机构职能信息", Kind.PUBLISH),
    ("行政执法公示", "行政执法、收费目录和招投标信息", Kind.PUBLISH),
    ("市场监管", "市场监管规则和标准信息", Kind.PUBLISH),
    ("专项评估", "公共企事业单位信息公开专项评估", Kind.ACTIVITY),
    ("公共企事业单位", "公共企事业单位信息", Kind.PUBLISH),
    ("质效提升年", "“依申请公开质效提升年”活动", Kind.ACTIVITY),
    ("征地拆迁", "征地、规划、社会保障等依申请转主动公开信息", Kind.PUBLISH),
    ("约束转办", "依申请公开约束转办机制", Kind.BUILD),
    ("疑难复杂", "依申请公开疑难案件会商机制", Kind.BUILD),
    ("省政府文件库", "政府文件库入库文件", Kind.PUBLISH),
    ("高效办成一件事", "“高效办成一件事”集成政策", Kind.PUBLISH),
    ("点对点推送", "政策精准推送", Kind.BUILD),
    ("集中发布窗口", "政策集中发布窗口", Kind.BUILD),
    ("政策网络版式", "政策发布数字化转型", Kind.BUILD),
    ("立改废", "行政规范性文件立改废信息", Kind.PUBLISH),
    ("政府公报", "网络版政府公报", Kind.BUILD),
    ("要点拆分", "政策要点解读和综合指引信息", Kind.PUBLISH),
    ("政策吹风会", "多种方式的政策解读活动", Kind.ACTIVITY),
    ("政策解读", "政策解读信息", Kind.PUBLISH),
    ("重大决策", "重大决策预公开信息", Kind.PUBLISH),
    ("监督员", "政务公开监督员制度", Kind.BUILD),
    ("列席", "利益相关方列席会议活动", Kind.ACTIVITY),
    ("政策评价", "政策实施效果评价", Kind.ACTIVITY),
    ("政府开放", "政府开放活动", Kind.ACTIVITY),
    ("互动平台", "领导信箱、在线访谈等互动平台", Kind.BUILD),
    ("站内检索", "政府网站站内检索功能", Kind.BUILD),
    ("政策问答平台", "政策问答平台和知识库", Kind.BUILD),
    ("信息报送系统", "政府网站和政务新媒体备案管理", Kind.BUILD),
    ("IPv6", "网站IPv6改造和“我为政府网站找错”留言办理", Kind.BUILD),
    ("瘦身提质", "政务新媒体“瘦身提质”", Kind.BUILD),
    ("规范管理制度", "已公开信息规范管理制度", Kind.BUILD),
]
ANYTHING = ("相关政务公开信息", Kind.PUBLISH)

PLAIN = {
    Kind.PUBLISH: [
        "{mark}{unit}已明确责任科室和具体人员，梳理{topic}{n}条，其中{m}条已在县政府门户网站政务公开专栏发布。",
        "{mark}{month}月以来，{unit}围绕{topic}开展专题梳理，更新栏目内容{n}条，制作图解{m}期。",
        "{mark}{unit}召开工作推进会，部署{topic}的公开工作，印发任务清单，累计发布{n}条。",
        "{mark}{unit}建立{topic}发布台账，第一批{n}条已完成审核和发布，答复群众咨询{m}件。",
    ],
    Kind.ACTIVITY: [
        "{mark}{unit}已制定{topic}工作安排，明确时间、人员和流程，前期准备基本就绪。",
        "{mark}{month}月，{unit}推进{topic}，已有{n}人参与，收集意见建议{m}条。",
        "{mark}{unit}就{topic}征求了{n}名群众和企业代表的意见，其中{m}条已吸收到工作安排中。",
    ],
    Kind.BUILD: [
        "{mark}{unit}围绕{topic}列出具体任务{n}项，已完成{m}项，其余正在推进。",
        "{mark}{month}月，{unit}对{topic}情况开展自查，发现并整改问题{m}个，答复咨询{n}件。",
        "{mark}{unit}召开{topic}工作推进会，明确牵头科室和完成时间，已落实措施{m}项。",
    ],
    Kind.PAPER: [
        "{mark}{unit}已起草{topic}初稿，征求{m}个科室（单位）意见，正在修改完善。",
        "{mark}{month}月，{unit}明确专人负责{topic}，收集素材{n}份，完成初稿{m}篇（章）。",
    ],
}
CLAIM = {
    Kind.PUBLISH: [
        "{mark}截至{month}月，{unit}累计发布{topic}{n}条，开展线下宣传{m}次，内容均可在县政府门户网站查询。",
        "{mark}该项工作已全部落实。{unit}发布{topic}{n}条，接受群众咨询{m}件，未收到更正申请。",
        "{mark}{unit}按要求完成{topic}的公开和更新，共{n}条，并纳入日常维护。",
    ],
    Kind.ACTIVITY: [
        "{mark}{unit}已按要求完成{topic}，累计{n}人次参与，收集意见建议{m}条，有关情况已通过县政府门户网站公开。",
        "{mark}{unit}的{topic}已全部完成，形成工作总结并公开，梳理问题{m}个，均已明确整改措施。",
    ],
    Kind.BUILD: [
        "{mark}{unit}围绕{topic}列出的任务已全部完成，相关做法已形成长效机制。",
        "{mark}{topic}的各项要求已落实到位，{unit}整改问题{m}个，日常维护责任到岗到人。",
    ],
    Kind.PAPER: [
        "{mark}{unit}的{topic}已定稿并通过审核，在县政府门户网站政务公开专栏发布。",
        "{mark}{unit}完成{topic}的编写和审核，吸收意见{m}条，已按要求公开。",
    ],
}
OBSTACLES = ["{mark}部分信息涉及多个科室，汇总周期较长。", "{mark}基层人员变动较多，业务还不够熟练。", ""]
NEXT_STEPS = ["{mark}下月底前完成剩余内容的审核发布。", "{mark}组织一次业务培训，按月更新栏目内容。", ""]
RETURNS = [
    "{mark}进展情况过于笼统，请写明数量、时间和发布栏目。",
    "{mark}佐证材料不足以说明完成情况，请补充后重新报送。",
]
MENDED = "已按退回意见核对并补充数量、时间和佐证材料。"
OPEN_UNITS = "{mark}尚未办结的责任单位已逐一联系，承诺在时限内完成；本单位将持续督促。"
LINK_TITLES = ["{mark}{unit}：{topic}发布页面", "{mark}县政府门户网站政务公开专栏：{topic}"]


def topic_of(requirement):
    """Return the topic of a requirement in a few words, and its `Kind`."""
    return next(((topic, kind) for word, topic, kind in TOPICS if word in requirement), ANYTHING)


def fill(template, **words):
    """Return the template filled in, with the mark."""
    return template.format(mark=MARK, **words)


CHASED = "{单位}：你单位承办的第{序号}项任务（{事项}）{逾期情况}。"
CHASES = {
    "blue": f"{MARK}{CHASED}请抓紧办理，于{{答复期限}}前在系统中报送进展。",
    "yellow": f"{MARK}{CHASED}请于{{答复期限}}前报送进展，说明原因和下步措施。",
    "red": f"{MARK}{CHASED}请主要负责同志过问，于{{答复期限}}前报送结果。",
}
ANSWER = f"{MARK}该项工作正在办理，因数据尚在核对暂未报送，预计本月底前报送进展和佐证材料。"
CALL = f"{MARK}请报送截至9月底的工作进展，已办结的事项不再报送。"
MORE_TIME = f"{MARK}省级专栏改版尚未完成，相关栏目暂时不能发布，申请延期至改版后完成。"
WANTS_MORE = f"{MARK}请补充在门户网站公开的页面链接和发布时间。"

FOR_THE_LEADER = "{mark}本单位已安排专人负责，有关信息按月更新，现将本期进展报分管领导审签。"
DRAFT = "{mark}本期已更新有关信息，具体数量待核对后补充。"
QUESTION = "{mark}佐证材料只有线下活动照片、没有网页链接的，是否可以？"
ASKED_BEFORE = "{mark}发布信息的数量，转载的是否计算在内？"
ANSWERED = "{mark}只计算本单位发布的，转载的不计。"
CALL_NOW = "{mark}请报送{month}月的工作进展，已办结的事项不再报送。"
