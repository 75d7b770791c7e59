"""The rehearsal model's words in Simplified Chinese."""

from bot.rehearsal.chinese_documents import DOCUMENT
from bot.rehearsal.words import PlanWords, TurnWords, VerdictWords, Words

_PLAN = PlanWords(
    why={
        "write": "分三步更便于把关：先列提纲，再写初稿，最后检查并交付。",
        "summarise": "一个子任务就够了：读材料，写摘要。",
        "translate": "一个子任务就够了：读材料，写译文。",
        "answer": "提问只需要回答，不必兴师动众，所以只有一个子任务。",
        "research": "背景和案例互不依赖，可以同时收集，最后再汇总。",
        "code": "先写代码，再写说明其行为的测试。",
        "other": "目标不大，所以只有一个子任务。",
    },
    why_again="上一个计划被拒绝了（{reason}），所以这次换一种做法。",
    why_rest="这里只计划尚未完成的部分，已完成的保持不变。",
    why_said="同时采纳了大家后来写下的意见。",
    question="你希望最后得到什么？例如：写一篇介绍产品的博客、总结一个附件，或者回答一个问题。",
    outline=("在 {outline} 列出提纲", "写 {outline}：一篇关于{about}的{noun}应有的要点，用编号列表。"),
    draft=("撰写 {path}", "先读 {outline}。再写 {path}：按提纲写一篇关于{about}的{noun}。"),
    check=("检查 {path} 并交付", "读 {path} 并统计字数。然后在讨论串中回答：内容、长度和位置。"),
    revise=("修改 {path}", "读 {path}。重写 {path}，采纳{reason}。"),
    compact=("一步写好 {path}", "直接写 {path}，内容关于{about}，不分步骤。然后在讨论串中回答：写了什么。"),
    compact_answer=("换一种方式回答", "在讨论串中回答{about}，并采纳{reason}。"),
    second_look=("再看一遍 {path}", "带着{reason}再读 {path}。然后在讨论串中回答：还缺什么。"),
    sources=("读文件，写 {path}", "用 list_files 列出文件。读 {files}。据此写 {path}。然后在讨论串中回答：要点。"),
    first="用 list_files 列出文件。读 {files}。",
    here=("撰写 {path}", "根据目标中的内容写 {path}：{about}。然后在讨论串中回答：要点。"),
    earlier=("继续处理 {path}", "先读现有的 {path}。按目标重写 {path}。然后在讨论串中回答：改了什么。"),
    answer=("回答问题", "在讨论串中回答：{about}。"),
    background=("在 background.md 写背景", "写 background.md：{about}是什么，目前知道些什么。"),
    examples=("在 examples.md 写案例", "写 examples.md：{about}的案例，以及别人的经验。"),
    together=("汇总到 {path}", "读 background.md 和 examples.md。据此写 {path}。然后在讨论串中回答：得出了什么。"),
    code=("编写 {path}", "写 {path}：实现{about}的代码。不运行任何东西。"),
    tests=("在 {tests} 写测试", "读 {path}。写 {tests}：它的测试。然后在讨论串中回答，并说明没有运行任何东西。"),
    other=("写 {path} 并说明", "写 {path}，内容关于{about}。然后在讨论串中回答：写了什么。"),
    again=("再做一次：{title}", "{title}。上次没有完成：{lacking}。"),
    version="（第 {number} 版）",
    objection=" 大家拒绝了上一个计划：{reason}。请采纳这一点。",
    exists="{path} 存在且不为空。",
    at_least="{path} 至少有 {number} 字。",
    mentions="{path} 提到了{about}。",
    answered="已在讨论串中给出回答。",
    points="提纲至少有四个要点。",
    says_length="回答说明了文章的长度。",
    honest="写出的内容清楚说明不是模型写的。",
    not_run="回答说明没有运行任何东西。",
)

_TURN = TurnWords(
    why_list="先看有哪些文件，再决定读什么。",
    why_read="以 {path} 的实际内容为准。",
    why_write="这个子任务需要 {path}，这是排练模型为它写的示例文本。",
    why_answer="让大家在讨论串里看到结果。",
    why_rejected="这一版采纳了{who}对上一版的意见：{reason}。",
    why_unmet="这一版针对尚未满足的标准。",
    why_heard="这一版采纳了{who}在讨论串中写的内容。",
    someone="大家",
    no_reason="没有说明原因",
    wrote="{path} 已写好：{words} 字的示例文本。",
    read="已读 {path}。",
    answered="回答已发到讨论串。",
    edited="{who}改动了提议，以改动后的为准。",
    shown="{what} 只作展示，因为这次运行只观察、不执行。",
    left_undone="{what} 中途被打断，按大家的决定不再做。",
    unread="没有读 {path}：{reason}。",
    failed="{what} 失败：{reason}",
    heard="从讨论串中听到：{text}。",
    nothing="手头的工具没有什么可做的。",
    not_a_model="这些都不是模型写的，这里是排练模型。",
    chat="这是 Nod 的排练模型：只有事先写好的回复，没有模型。设置 OPENAI_API_KEY 即可使用真正的模型。",
)

_VERDICT = VerdictWords(
    met="{steps} 顺利完成；排练模型只看这一点，不评判内容。",
    met_by_result="报告的结果可以说明；排练模型不评判内容。",
    no_step="没有顺利完成的步骤。",
    nothing_on="没有顺利完成的步骤与 {path} 有关。",
    advice="请重新提出缺少的部分：{what}",
)

CHINESE = Words(_PLAN, _TURN, _VERDICT, DOCUMENT)
