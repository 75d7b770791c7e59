"""Phrases that ask or are refused, and ordinary goals: read on Wednesday 25 November 2026 at 9:20 in Berlin."""

#: the choices that must be offered; none where the question is open
ASKS = {
    "at 9 on the 31st {}": ("cron 0 9 31 * *", "cron 0 9 L * *"),
    "on the 31st at 9:00 {}": ("cron 0 9 31 * *", "cron 0 9 L * *"),
    "on the 15th at 9:00 {}": ("cron 0 9 15 * *",),
    "on Monday at 9:00 {}": ("cron 0 9 * * 1",),
    "Monday at 9:00 {}": ("cron 0 9 * * 1",),
    "twice a day {}": ("cron 0 9,17 * * *", "cron 0 8,20 * * *"),
    "{} twice a day": ("cron 0 9,17 * * *", "cron 0 8,20 * * *"),
    "three times a day {}": ("cron 0 9,13,17 * * *", "cron 0 0,8,16 * * *"),
    "twice a week {}": ("cron 0 9 * * 1,4",),
    "three times a week at 10:00 {}": ("cron 0 10 * * 1,3,5",),
    "twice per hour {}": (),
    "twice a month {}": (),
    "5 times a year {}": (),
    "several times a day {}": (),
    "every few hours {}": (),
    "every couple of days {}": (),
    "every now and then {}": (),
    "from time to time {}": (),
    "biweekly on Friday at 10:00 {}": ("cron 0 10 * * 5 every 2 weeks from 2026-11-27",),
    "twice daily {}": ("cron 0 9,17 * * *", "cron 0 8,20 * * *"),
    "every third Thursday at 10:00 {}": ("cron 0 10 * * 4 every 3 weeks from 2026-11-26", "cron 0 10 * * THU#3"),
    "daily at 9 and 5 {}": ("cron 0 5,9 * * *", "cron 0 9,17 * * *"),
    "bimonthly on the 1st at 10:00 {}": ("cron 0 10 1 * * every 2 months from 2026-12-01",),
    "every weekday at 5 {}": ("cron 0 5 * * 1-5", "cron 0 17 * * 1-5"),
    "every day at 3 {}": ("cron 0 3 * * *", "cron 0 15 * * *"),
    "every weekday at 9 or 10 {}": ("cron 0 9 * * 1-5", "cron 0 10 * * 1-5"),
    "every Monday or Tuesday at 9:00 {}": ("cron 0 9 * * 1", "cron 0 9 * * 2"),
    "every weekday between 9:00 and 17:00 {}": ("cron 0 9 * * 1-5", "cron 0 17 * * 1-5"),
    "每天两次{}": ("cron 0 9,17 * * *", "cron 0 8,20 * * *"),
    "一天三次{}": ("cron 0 9,13,17 * * *", "cron 0 0,8,16 * * *"),
    "每周三次{}": ("cron 0 9 * * 1,3,5",),
    "每月两次{}": (),
    "每小时两次{}": (),
    "31号上午9点{}": ("cron 0 9 31 * *", "cron 0 9 L * *"),
    "15号上午9点{}": ("cron 0 9 15 * *",),
    "周一上午九点{}": ("cron 0 9 * * 1",),
    "每天早晚{}": ("cron 0 9,17 * * *", "cron 0 8,20 * * *"),
    "每隔两天上午9点{}": ("cron 0 9 * * * every 2 days from 2026-11-26", "cron 0 9 * * * every 3 days from 2026-11-26"),
    "每隔几小时{}": (),
    "每隔一段时间{}": (),
    "定期{}": (),
    "每天好几次{}": (),
    "每周一或周二上午9点{}": ("cron 0 9 * * 1", "cron 0 9 * * 2"),
    "每天5点{}": ("cron 0 5 * * *", "cron 0 17 * * *"),
}

#: what the refusal must say
REFUSED = {
    "every 0 minutes {}": "too often",
    "every 0 hours {}": "too often",
    "every second {}": "too often",
    "every 10 seconds {}": "too often",
    "every 1 second {}": "too often",
    "a million times a day {}": "too often",
    "1,000,000 times a day {}": "too often",
    "100 times an hour {}": "too often",
    "2000 times a day {}": "too often",
    "twice a minute {}": "too often",
    "every 100000000 minutes {}": "too seldom",
    "every 1000 weeks on Monday at 9:00 {}": "too seldom",
    "* * * * * * {}": "seconds",
    '"* * * * * *" {}': "seconds",
    '"0 0 9 * * 1-5" {}': "seconds",
    '"*/0 * * * *" {}': "“*/0” cannot be the minute",
    '"61 9 * * *" {}': "“61” cannot be the minute",
    '"0 9 31 2 *" {}': "never comes",
    '"0 9 * *" {}': "4 fields",
    '"every 0 minutes" {}': "too often",
    "every 31 February at 9:00 {}": "never comes",
    "every February 30 at 9:00 {}": "never comes",
    "every 31 June at 9:00 {}": "never comes",
    "on the 32nd of every month at 9:00 {}": "never comes",
    "every day at 25:00 {}": "not a time of day",
    "every day at 9:75 {}": "not a time of day",
    "every day at 13pm {}": "not a time of day",
    "every day at 99 {}": "not a time of day",
    "every day until 2020-01-01 at 9:00 {}": "is past",
    "every day at 9:00 until yesterday {}": "is past",
    "every day at 9:00 until 2026-02-30 {}": "never comes",
    "every weekday except weekdays at 9:00 {}": "never comes",
    "on 2020-01-01 at 9:00 {}": "is past",
    "on 1 March 2020 at 9:00 {}": "is past",
    "tomorrow at 9:00 {}": "one time and not a rhythm",
    "on 2027-01-01 at 9:00 {}": "one time and not a rhythm",
    "next Monday at 9:00 {}": "one time and not a rhythm",
    "today at 17:00 {}": "one time and not a rhythm",
    "every day at 9:00 UTC {}": "“UTC” is another time zone",
    "every day at 9:00 America/New_York {}": "“America/New_York” is another time zone",
    "every day at 9:00 Tokyo time {}": "“Tokyo” is another time zone",
    "每天北京时间上午9点{}": "“Asia/Shanghai” is another time zone",
    "每0分钟{}": "too often",
    "每零分钟{}": "too often",
    "每秒{}": "too often",
    "每秒钟{}": "too often",
    "每10秒{}": "too often",
    "每天一百万次{}": "too often",
    "每分钟两次{}": "too often",
    "每天25点{}": "not a time of day",
    "每年2月31日上午9点{}": "never comes",
    "每月32号上午9点{}": "never comes",
    "明天上午9点{}": "one time and not a rhythm",
    "2020年1月1日上午9点{}": "is past",
    "每天上午9点到2020年1月1日为止{}": "is past",
}

ORDINARY = """
write about every planet
write 10 or so lines about every planet
every day is 9ish hours long: explain why
write a blog about AI
write a plan for every day of the week
write a monthly newsletter
write a weekly report
write the weekly report for #support
write a haiku about every season
write a story about a man who wakes up every day at 6:00
write a poem about Mondays
write a post on why we meet every Monday
summarise every file in the workspace
summarise each of the pages
summarise the meeting we have every Monday at 9:00
summarise the daily standup
summarise what happened on Monday
summarise what happened last Monday at 9:00
list every customer with a second order
list all holidays of 2027 and their weekdays
list the first five primes
find every broken link in the docs
find the first Monday of 2027
find out why the job runs twice a day
explain what happens every day at 9
explain the every-other-day rule
explain how cron runs "0 9 * * 1-5"
what does * * * * * mean in cron?
what happens every Monday at 9?
how often does the bus run on weekdays?
why does the backup fail every night at 2:00?
is the office open on weekends?
every day counts: write an essay about it
every day life in Rome, a short essay
every customer gets a mail: draft it
every 5th user is angry, find out why
every Monday I feel tired, write a poem
every hour of sleep counts, an essay
every now and again is an idiom; explain it
every second counts in sports
every morning people forget their keys
each of the files should be checked
daily life in a monastery
Monday is a holiday
weekly report
weekends are too short
tomorrow at 9 we meet, write an agenda
tomorrow never dies, a review
on the 31st we meet; write an agenda
at 9 we meet
9:00 is too early for a meeting, write why
10 facts about cats
5 ideas for a blog
24 hours in Berlin, a travel guide
30 minutes is enough for a call: argue for it
half of every hour is lost to mail; write about that
check the weekly report
plan meetings Monday to Friday
draft a policy that says we meet every Friday at 16:00
translate "every weekday at 9:00" into French
translate “every day at nine” into German
compare Monday and Tuesday sales
create a table of the average temperature per month
book a table for Friday at 19:00
plan a trip from Monday to Friday
a plan for every weekday
my notes of last week
介绍每个行星
介绍一下每天运动的好处
每个人都应该读书，写一篇文章
每个文件都检查一遍
每天的新闻太多了，写一篇评论
每天我都很累，写一首诗
每天早上八点起床有什么好处
每周一篇周报怎么写
每周一都很累，写一首诗
每当用户注册时应该发生什么
每月的销售额是多少
写一篇关于每天早起的文章
写一首关于周一的诗
写一份每周工作计划
写周报
写一篇博客
总结本周的讨论
总结每个频道的讨论
总结上周一的会议
为什么每周一都很累
为什么备份每天凌晨两点失败？
把每个文件翻译成英文
翻译《每天五点》
翻译“每个工作日上午九点”
解释 cron 表达式 0 9 * * 1-5
一天二十四小时够不够用
三点建议：如何写好周报
九点多的会议要准备什么
明天上午九点我们开会，写一份议程
早上好
晚上的城市，写一首诗
工作日和周末的区别
周末去哪里玩
制定一个从周一到周五的学习计划
对比周一和周二的销售额
""".strip().splitlines()
