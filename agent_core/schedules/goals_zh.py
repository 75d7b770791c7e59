"""Whether Chinese words beside a rhythm are a Goal that can be done again and again."""

import re

from agent_core.schedules import phrases_zh
from agent_core.schedules.said import Said
from agent_core.schedules.spoken import Spoken

_ASIDE = r"(?:请|麻烦|帮我|帮忙|替我|给我|你|自动|都要|要|再|先|去|来|一下|一次|执行|运行[:：]|[\s,，:：])*"
_ROUTINE = re.compile(
    _ASIDE + "(?:总结|汇总|小结|整理|检查|"
    "查看|查询|查|看看|看一下|看|发送|发布|发|提醒|通知|生成|统计|汇报|报告|更新|列出|列|搜索|"
    "搜|收集|备份|清理|监控|监测|巡检|同步|推送|抓取|下载|上传|导出|分析|对比|比较|回顾|盘点|跟进|跟踪|公布|播报|读取|读|"
    "审查|审核|扫描|测试|测|部署|重启|归档|归纳|摘要|概括|评估|计算|算|拉取|运行|跑|执行|问|告诉|向|把|将|给|"
    "为|对|从|用|在|根据|按|复盘|准备|制作|做|出|打印|记录|关闭|打开|启动|叫|挑选|选|浏览|核对|校验|预测|"
    "找|创建|删除|说|提交|填写|填|发起|召开|预定|预订|缴|交|付|买|订|回复|关账|续费)"
)
_WRITING = re.compile(_ASIDE + "(?:写|起草|撰写|翻译|编写|创作|设计|改写|画)")
_EXPLAINING = re.compile(_ASIDE + "(?:解释|说明|描述|介绍|讨论|为什么|怎么|如何|什么|谁|哪|是不是|是否|论述|谈谈)")
_NO_GOAL = re.compile(
    r"\s*(?:的|都|有|只|会|能|可以|很|我|他|她|它|你|人|大家|们|是|就|也|才|还|不|没|醒|起床|睡|吃|喝|上班|下班)"
)
_CLAUSE = re.compile(r"关于|讲述|描写|有关|的(?:故事|人|小说|诗|文章|生活|日常)|[吗呢？?]")
_BEFORE = re.compile(
    r"(?:关于|有关|对|为|给|的|和|与|是|把|被|像|比|于|让|讲|我|他|她|你|们|说|写|介绍|描述|解释|翻译|叫|题为|以|按)\s*$"
)


def begins_goal(said: Said, _words: str, after: str) -> bool:
    """Return whether a Goal begins after the words of a rhythm."""
    goal = after.lstrip(" ,，、:：的")
    if _ROUTINE.match(goal) or _WRITING.match(goal):
        return not after.startswith("的") or said.timed()
    if _NO_GOAL.match(goal) or said.once or said.vague or not said.recurring or said.count:
        return False
    return bool(said.times) or after.lstrip().startswith(("：", ":"))


def ends_goal(said: Said, _words: str, goal: str) -> bool:
    """Return whether what stands before a rhythm is a Goal that the rhythm is for, and not what the Goal is about."""
    if said.once or _EXPLAINING.match(goal) or _NO_GOAL.match(goal) or _CLAUSE.search(goal):
        return False
    if _WRITING.match(goal):
        return bool(said.times) and said.recurring
    if _ROUTINE.match(goal):
        return said.recurring or bool(said.times and said.dated())
    return bool(said.times) and said.recurring


def says_what(after: str) -> bool:
    """Return whether a verb of what is to be done comes after words of time."""
    return bool(_ROUTINE.match(after) or _WRITING.match(after))


def is_work(goal: str) -> bool:
    """Return whether a Goal is one that is done again and again, and says nothing of what others do."""
    return bool(_ROUTINE.match(goal)) and not _CLAUSE.search(goal)


def belongs_to(before: str) -> bool:
    """Return whether the words before a rhythm make it a part of a sentence: "关于每天…"."""
    return _BEFORE.search(before) is not None


def opening(text: str) -> int:
    """Return where a text begins after words of courtesy."""
    found = re.match(r"(?:请你?|麻烦你?|帮我|你好|您好|定时|能不能|能否|可以|可不可以|[\s,，])*", text)
    return found.end() if found else 0


CHINESE = Spoken(
    scan=phrases_zh.scan,
    starts=phrases_zh.starts,
    opening=opening,
    begins_goal=begins_goal,
    ends_goal=ends_goal,
    belongs_to=belongs_to,
    leads=re.compile(r"(?:请|麻烦)?(?:提醒|通知|叫)(?:一下)?(?:我们|我|大家|所有人|团队|同事们?|[@#<]\S+\s*)"),
    follows=re.compile(r"[\s，,：:]*(?![的都有很是了。]|$)"),
    unread=re.compile(r"(?:之?前|之?后|以前|以后|直到|除了|除非|如果|或者?|和|到|至|每)"),
    space="",
)
