"""Goals of every kind the rehearsal model knows, in both languages, and what should come of them."""

from bot.rehearsal.goals import Kind

GOALS = (
    ("write a blog about AI", Kind.WRITE, "AI", "blog.md"),
    ("can you write an email to Bob about the party?", Kind.WRITE, "the party", "email.md"),
    ("Write a 500-word article on remote work and save it as remote.md", Kind.WRITE, "remote work", "remote.md"),
    ("write the weekly report", Kind.WRITE, "weekly report", "weekly-report.md"),
    ("please summarise this: cats are animals", Kind.SUMMARISE, "this: cats are animals", "summary.md"),
    ("write a summary of the meeting", Kind.SUMMARISE, "summary of the meeting", "summary.md"),
    ("translate this into French: hello", Kind.TRANSLATE, "this into French: hello", "translation.md"),
    ("What is a report?", Kind.ANSWER, "What is a report?", None),
    ("how do I write a function in python?", Kind.ANSWER, "how do I write a function in python?", None),
    ("research the market for electric bikes", Kind.RESEARCH, "market for electric bikes", "report.md"),
    ("write a function that adds two numbers", Kind.CODE, "adds two numbers", "solution.py"),
    ("implement quicksort in javascript", Kind.CODE, "quicksort in javascript", "solution.js"),
    ("write an article about Python functions", Kind.WRITE, "Python functions", "article.md"),
    ("book a table for two", Kind.OTHER, "book a table for two", "notes.md"),
    ("写一篇关于人工智能的博客文章", Kind.WRITE, "人工智能", "blog.md"),
    ("帮我写周报", Kind.WRITE, "周报", "weekly-report.md"),
    ("写一封邮件给客户，说明延期", Kind.WRITE, "延期", "email.md"),
    ("写一份报告，保存为 result.md", Kind.WRITE, "报告", "result.md"),
    ("请总结一下附件", Kind.SUMMARISE, "附件", "summary.md"),
    ("把这段话翻译成英文：你好", Kind.TRANSLATE, "把这段话翻译成英文：你好", "translation.md"),
    ("什么是人工智能？", Kind.ANSWER, "什么是人工智能？", None),
    ("人工智能安全吗", Kind.ANSWER, "人工智能安全吗", None),
    ("调研一下电动车市场", Kind.RESEARCH, "电动车市场", "report.md"),
    ("写一个函数计算斐波那契数列", Kind.CODE, "函数计算斐波那契数列", "solution.py"),
    ("写一篇关于脚本的博客", Kind.WRITE, "脚本", "blog.md"),
    ("订一张机票", Kind.OTHER, "订一张机票", "notes.md"),
)
UNCLEAR = ("help", "do it", "?", "!!!", "a", "7", "🎉🎉", "…", "ok go", "帮忙", "做吧", "你好", "。", "\u200f")
