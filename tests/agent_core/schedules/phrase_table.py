"""Phrases, and what they must give: asked on Wednesday 25 November 2026 at 9:20 in Berlin. `{}` is the goal."""

ENGLISH = {
    # days of the week
    "every weekday at 9:00 {}": "cron 0 9 * * 1-5",
    "Every Weekday At 9:00, {}": "cron 0 9 * * 1-5",
    "every weekday at 9am {}": "cron 0 9 * * 1-5",
    "every weekday at 9 am: {}": "cron 0 9 * * 1-5",
    "every weekday at 9 a.m. {}": "cron 0 9 * * 1-5",
    "every weekday at 9 {}": "cron 0 9 * * 1-5",
    "every weekday at 9 o'clock {}": "cron 0 9 * * 1-5",
    "every working day at 9:00 {}": "cron 0 9 * * 1-5",
    "every business day at 08:45 {}": "cron 45 8 * * 1-5",
    "on weekdays at 9:00 {}": "cron 0 9 * * 1-5",
    "weekdays at 9:00 {}": "cron 0 9 * * 1-5",
    "weekdays 9:00 {}": "cron 0 9 * * 1-5",
    "at 9:00 on weekdays {}": "cron 0 9 * * 1-5",
    "at 9:00 every weekday, {}": "cron 0 9 * * 1-5",
    "{} every weekday at 9": "cron 0 9 * * 1-5",
    "{} every weekday at 9:00.": "cron 0 9 * * 1-5",
    "{}, every weekday at 9:00": "cron 0 9 * * 1-5",
    "{} at 9:00 every weekday": "cron 0 9 * * 1-5",
    "{} on weekdays at 9am please": "cron 0 9 * * 1-5",
    "every weekday {} at 9:30": "cron 30 9 * * 1-5",
    "please every weekday at 9:00 {}": "cron 0 9 * * 1-5",
    "every weekday {}": "cron 0 9 * * 1-5",
    "every weekday morning {}": "cron 0 9 * * 1-5",
    "every weekday morning at 8 {}": "cron 0 8 * * 1-5",
    "Monday to Friday at 9:00 {}": "cron 0 9 * * 1-5",
    "Mon-Fri 9:00 {}": "cron 0 9 * * 1-5",
    "mon–fri at 17:30 {}": "cron 30 17 * * 1-5",
    "Monday through Thursday at 8:15 {}": "cron 15 8 * * 1-4",
    "every day from Monday to Thursday at 8:15 {}": "cron 15 8 * * 1-4",
    "Friday to Monday at 10:00 {}": "cron 0 10 * * 0,1,5,6",
    "weekdays except Friday at 9:00 {}": "cron 0 9 * * 1-4",
    "every weekday except Friday at 9:00 {}": "cron 0 9 * * 1-4",
    "every weekday at 9:00 except Fridays {}": "cron 0 9 * * 1-4",
    "every day except Sunday at 9:00 {}": "cron 0 9 * * 1-6",
    "every day except weekends at 9:00 {}": "cron 0 9 * * 1-5",
    "daily except on Saturdays and Sundays at 9:00 {}": "cron 0 9 * * 1-5",
    "every Monday at 9:00 {}": "cron 0 9 * * 1",
    "each Monday at 9:00 {}": "cron 0 9 * * 1",
    "Mondays at 9:00 {}": "cron 0 9 * * 1",
    "on Mondays at 9:00 {}": "cron 0 9 * * 1",
    "every Mon at 9:00 {}": "cron 0 9 * * 1",
    "every Monday {}": "cron 0 9 * * 1",
    "every Sunday at midnight {}": "cron 0 0 * * 0",
    "every Sunday at noon {}": "cron 0 12 * * 0",
    "every Friday afternoon {}": "cron 0 15 * * 5",
    "every Friday afternoon at 4 {}": "cron 0 16 * * 5",
    "every Friday at 4 in the afternoon {}": "cron 0 16 * * 5",
    "every Friday at 4pm {}": "cron 0 16 * * 5",
    "every Friday at 4:30 PM {}": "cron 30 16 * * 5",
    "Fridays at 16.30 {}": "cron 30 16 * * 5",
    "{} every Friday at 16:00": "cron 0 16 * * 5",
    "{} on Fridays at 16:00": "cron 0 16 * * 5",
    "every Tuesday and Thursday at 10:00 {}": "cron 0 10 * * 2,4",
    "every Tue & Thu at 10:00 {}": "cron 0 10 * * 2,4",
    "every Tuesday and every Thursday at 10:00 {}": "cron 0 10 * * 2,4",
    "on Tuesdays and Thursdays at 10:00 {}": "cron 0 10 * * 2,4",
    "Mon, Wed and Fri at 8:30 and 17:00 {}": "cron 30 8 * * 1,3,5; cron 0 17 * * 1,3,5",
    "every Mon, Wed, and Fri at 8:30 {}": "cron 30 8 * * 1,3,5",
    "mon/wed/fri at 8:30 {}": "cron 30 8 * * 1,3,5",
    "weekends at 10:00 {}": "cron 0 10 * * 0,6",
    "every weekend at 10:00 {}": "cron 0 10 * * 0,6",
    "every Saturday and Sunday at 10:00 {}": "cron 0 10 * * 0,6",
    "weekly on Monday at 9:00 {}": "cron 0 9 * * 1",
    "weekly {}": "cron 0 9 * * 1",
    "every week on Wednesday at 11:00 {}": "cron 0 11 * * 3",
    "once a week on Wednesday at 11:00 {}": "cron 0 11 * * 3",
    # days, and times of them
    "every day at 9:00 {}": "cron 0 9 * * *",
    "each day at 9:00 {}": "cron 0 9 * * *",
    "every single day at 9:00 {}": "cron 0 9 * * *",
    "daily at 9:00 {}": "cron 0 9 * * *",
    "daily 9:00 {}": "cron 0 9 * * *",
    "daily at 17:30: {}": "cron 30 17 * * *",
    "{} daily at 17:30": "cron 30 17 * * *",
    "once a day at 17:30 {}": "cron 30 17 * * *",
    "every day at 12 {}": "cron 0 12 * * *",
    "every day at noon {}": "cron 0 12 * * *",
    "every day at midnight {}": "cron 0 0 * * *",
    "every day at 12am {}": "cron 0 0 * * *",
    "every day at 12pm {}": "cron 0 12 * * *",
    "every day at 0:00 {}": "cron 0 0 * * *",
    "every day at 24:00 {}": "cron 0 0 * * *",
    "every day at 23:59 {}": "cron 59 23 * * *",
    "every day at 9:15 and 17:40 {}": "cron 15 9 * * *; cron 40 17 * * *",
    "every day at 8:00, 12:00 and 18:00 {}": "cron 0 8,12,18 * * *",
    "every day at 8, 12 and 18 {}": "cron 0 8,12,18 * * *",
    "every day at 8am and 8pm {}": "cron 0 8,20 * * *",
    "every day at 9 and 11 am {}": "cron 0 9,11 * * *",
    "every day at half past eight {}": "cron 30 8 * * *",
    "every day at quarter to nine {}": "cron 45 8 * * *",
    "every day at quarter past 10 {}": "cron 15 10 * * *",
    "every day at eight in the evening {}": "cron 0 20 * * *",
    "every morning {}": "cron 0 9 * * *",
    "every morning at 7:30 {}": "cron 30 7 * * *",
    "every evening at 8 {}": "cron 0 20 * * *",
    "every night at 11 {}": "cron 0 23 * * *",
    "every night at 2 {}": "cron 0 2 * * *",
    "at 7 every morning {}": "cron 0 7 * * *",
    "nightly at 2:30 {}": "cron 30 2 * * *",
    "{} every morning at 7": "cron 0 7 * * *",
    "{} every day at noon": "cron 0 12 * * *",
    # minutes and hours
    "every minute {}": "cron * * * * *",
    "every 5 minutes {}": "cron */5 * * * *",
    "every five minutes {}": "cron */5 * * * *",
    "every 15 mins {}": "cron */15 * * * *",
    "{} every 15 minutes": "cron */15 * * * *",
    "every half hour {}": "cron 0,30 * * * *",
    "every half an hour {}": "cron 0,30 * * * *",
    "every quarter of an hour {}": "cron */15 * * * *",
    "every hour {}": "cron 0 * * * *",
    "every hour on the hour {}": "cron 0 * * * *",
    "hourly {}": "cron 0 * * * *",
    "every 60 minutes {}": "cron 0 * * * *",
    "every 45 minutes {}": "every 45 minutes from 2026-11-25T08:20Z",
    "every 7 minutes {}": "every 7 minutes from 2026-11-25T08:20Z",
    "every 90 minutes {}": "every 90 minutes from 2026-11-25T08:20Z",
    "every 2 hours {}": "every 120 minutes from 2026-11-25T09:00Z",
    "every two hours {}": "every 120 minutes from 2026-11-25T09:00Z",
    "every other hour {}": "every 120 minutes from 2026-11-25T09:00Z",
    "every 3 hours starting at 8:00 {}": "every 180 minutes from 2026-11-25T07:00Z",
    "every 12 hours {}": "every 720 minutes from 2026-11-25T09:00Z",
    "every hour on weekdays {}": "cron 0 * * * 1-5",
    "every hour between 9 and 17 {}": "cron 0 9-17 * * *",
    "every hour from 9:00 to 17:00 on weekdays {}": "cron 0 9-17 * * 1-5",
    "on weekdays every hour from 9am to 5pm {}": "cron 0 9-17 * * 1-5",
    "every hour between 9 and 5 {}": "cron 0 9-17 * * *",
    "every 2 hours between 8:00 and 18:00 {}": "cron 0 8-18/2 * * *",
    "every 15 minutes between 9 and 17 on weekdays {}": "cron 0 9-17 * * 1-5; cron 15,30,45 9-16 * * 1-5",
    "every 30 minutes on Mondays from 10:00 to 11:30 {}": "cron 0,30 10,11 * * 1",
    "{} every 2 hours between 8:00 and 18:00 on weekdays": "cron 0 8-18/2 * * 1-5",
    # every other
    "every other day at 9:00 {}": "cron 0 9 * * * every 2 days from 2026-11-26",
    "every second day at 9:30 {}": "cron 30 9 * * * every 2 days from 2026-11-25",
    "every 3 days at noon {}": "cron 0 12 * * * every 3 days from 2026-11-25",
    "every 10 days at 12:00 {}": "cron 0 12 * * * every 10 days from 2026-11-25",
    "every other week on Friday at 16:00 {}": "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
    "every 2 weeks on Friday at 16:00 {}": "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
    "every two weeks on Monday at 9:00 {}": "cron 0 9 * * 1 every 2 weeks from 2026-11-30",
    "every second week on Tuesday and Thursday at 9:00 {}": "cron 0 9 * * 2,4 every 2 weeks from 2026-11-26",
    "every other Friday at 16:00 {}": "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
    "every second Tuesday at 16:00 {}": "cron 0 16 * * 2 every 2 weeks from 2026-12-01",
    "fortnightly on Tuesday at 14:00 {}": "cron 0 14 * * 2 every 2 weeks from 2026-12-01",
    "every fortnight on Tuesday at 14:00 {}": "cron 0 14 * * 2 every 2 weeks from 2026-12-01",
    "every 3 weeks on Monday at 9:00 starting 2026-12-07 {}": "cron 0 9 * * 1 every 3 weeks from 2026-12-07",
    "every other month on the 1st at 9:00 {}": "cron 0 9 1 * * every 2 months from 2026-12-01",
    "every 2 months on the 15th at 9:00 {}": "cron 0 9 15 * * every 2 months from 2026-12-15",
    "every 6 months on the 1st at 9:00 {}": "cron 0 9 1 * * every 6 months from 2026-12-01",
    "every 2 years on 1 May at 9:00 {}": "cron 0 9 1 5 * every 24 months from 2027-05-01",
    # months
    "every month on the 15th at 9:00 {}": "cron 0 9 15 * *",
    "monthly on the 15th at 9:00 {}": "cron 0 9 15 * *",
    "on the 15th of every month at 9:00 {}": "cron 0 9 15 * *",
    "the 15th of each month at 9:00 {}": "cron 0 9 15 * *",
    "every 15th of the month at 9:00 {}": "cron 0 9 15 * *",
    "every 1st and 15th at 9:00 {}": "cron 0 9 1,15 * *",
    "on the 1st and 15th of every month at 9:00 {}": "cron 0 9 1,15 * *",
    "on the 1st, 11th and 21st of each month at 9:00 {}": "cron 0 9 1,11,21 * *",
    "every month on the 31st at 9:00 {}": "cron 0 9 31 * *",
    "monthly {}": "cron 0 9 1 * *",
    "every month {}": "cron 0 9 1 * *",
    "on the first day of every month at 9:00 {}": "cron 0 9 1 * *",
    "on the last day of the month at 18:00 {}": "cron 0 18 L * *",
    "the last day of each month at 18:00 {}": "cron 0 18 L * *",
    "every last day of the month at 18:00 {}": "cron 0 18 L * *",
    "on the 15th and last day of every month at 18:00 {}": "cron 0 18 15,L * *",
    "on the last working day of each month at 17:00 {}": "cron 0 17 LW * *",
    "on the last weekday of the month at 17:00 {}": "cron 0 17 LW * *",
    "on the first working day of each month at 9:00 {}": "cron 0 9 */31 * 1-5; cron 0 9 */31,2,3 * 1",
    "the first Monday of each month at 10:00 {}": "cron 0 10 * * MON#1",
    "on the first Monday of every month at 10:00 {}": "cron 0 10 * * MON#1",
    "every first Monday of the month at 10:00 {}": "cron 0 10 * * MON#1",
    "on the second Tuesday of every month at 10:00 {}": "cron 0 10 * * TUE#2",
    "every second Tuesday of the month at 10:00 {}": "cron 0 10 * * TUE#2",
    "on the first and third Monday of every month at 10:00 {}": "cron 0 10 * * MON#1,MON#3",
    "on the last Friday of every month at 15:00 {}": "cron 0 15 * * 5L",
    "{} on the last Friday of every month at 15:00": "cron 0 15 * * 5L",
    "{} on the 1st of each month at 9:00": "cron 0 9 1 * *",
    # quarters and years
    "every quarter {}": "cron 0 9 1 */3 *",
    "quarterly at 10:00 {}": "cron 0 10 1 */3 *",
    "every quarter on the 15th at 9:00 {}": "cron 0 9 15 */3 *",
    "on the first day of every quarter at 9:00 {}": "cron 0 9 1 */3 *",
    "on the last day of each quarter at 17:00 {}": "cron 0 17 L 3,6,9,12 *",
    "every year on March 3rd at 10:00 {}": "cron 0 10 3 3 *",
    "every 25 December at 8:00 {}": "cron 0 8 25 12 *",
    "every December 25 at 8:00 {}": "cron 0 8 25 12 *",
    "yearly on 1 January at 0:00 {}": "cron 0 0 1 1 *",
    "annually on 29 February at 9:00 {}": "cron 0 9 29 2 *",
    "every first Monday of September at 9:00 {}": "cron 0 9 * 9 MON#1",
    "every Monday in December at 9:00 {}": "cron 0 9 * 12 1",
    "every January and July on the 1st at 9:00 {}": "cron 0 9 1 1,7 *",
    # from and until
    "every weekday at 9:00 until 2026-12-31 {}": "cron 0 9 * * 1-5 until 2026-12-31",
    "every weekday at 9:00 until 31 December {}": "cron 0 9 * * 1-5 until 2026-12-31",
    "every weekday at 9:00 until March 1, 2027 {}": "cron 0 9 * * 1-5 until 2027-03-01",
    "every day at 9:00 starting tomorrow {}": "cron 0 9 * * * from 2026-11-26",
    "every day at 9:00 from 1 December {}": "cron 0 9 * * * from 2026-12-01",
    "starting 1 December every day at 9:00 {}": "cron 0 9 * * * from 2026-12-01",
    "every Monday at 9:00 from 1 December until 31 March {}": "cron 0 9 * * 1 from 2026-12-01 until 2027-03-31",
    # cron
    '"0 9 * * 1-5" {}': "cron 0 9 * * 1-5",
    "“0 9 * * 1-5” {}": "cron 0 9 * * 1-5",
    "`0 9 * * mon-fri` {}": "cron 0 9 * * MON-FRI",
    "0 9 * * 1-5 {}": "cron 0 9 * * 1-5",
    "*/15 9-17 * * 1-5 {}": "cron */15 9-17 * * 1-5",
    '"@daily" {}': "cron 0 0 * * *",
    '"every weekday at 9:00" {}': "cron 0 9 * * 1-5",
}

CHINESE = {
    # 星期
    "每周一上午九点 {}": "cron 0 9 * * 1",
    "每周一上午9点{}": "cron 0 9 * * 1",
    "每周一早上九点，{}": "cron 0 9 * * 1",
    "每周一9:00 {}": "cron 0 9 * * 1",
    "每周一 09：00 {}": "cron 0 9 * * 1",
    "每个周一上午九点{}": "cron 0 9 * * 1",
    "每星期一上午九点{}": "cron 0 9 * * 1",
    "每个星期一上午九点{}": "cron 0 9 * * 1",
    "每个礼拜一上午九点{}": "cron 0 9 * * 1",
    "每逢周一上午九点{}": "cron 0 9 * * 1",
    "请每周一上午九点{}": "cron 0 9 * * 1",
    "每周日晚上十点{}": "cron 0 22 * * 0",
    "每周天晚上十点{}": "cron 0 22 * * 0",
    "每周五下午三点一刻{}": "cron 15 15 * * 5",
    "每周五下午三点三刻{}": "cron 45 15 * * 5",
    "每周五下午5点20分{}": "cron 20 17 * * 5",
    "每周五下午五点整{}": "cron 0 17 * * 5",
    "每周五17点{}": "cron 0 17 * * 5",
    "每周五十七点半{}": "cron 30 17 * * 5",
    "每周五下午{}": "cron 0 15 * * 5",
    "每周一{}": "cron 0 9 * * 1",
    "每周{}": "cron 0 9 * * 1",
    "每周一三五早上8点{}": "cron 0 8 * * 1,3,5",
    "每周一、三、五早上8点{}": "cron 0 8 * * 1,3,5",
    "每周一、周三和周五 8:30 {}": "cron 30 8 * * 1,3,5",
    "每周二和周四上午十点{}": "cron 0 10 * * 2,4",
    "每周二和每周四上午十点{}": "cron 0 10 * * 2,4",
    "周一到周五上午九点{}": "cron 0 9 * * 1-5",
    "每周一至周五上午九点{}": "cron 0 9 * * 1-5",
    "每周一到五上午九点{}": "cron 0 9 * * 1-5",
    "周二至周四下午三点{}": "cron 0 15 * * 2-4",
    "工作日早上9点半{}": "cron 30 9 * * 1-5",
    "工作日早上9点半 {}": "cron 30 9 * * 1-5",
    "每个工作日 9:00 {}": "cron 0 9 * * 1-5",
    "每个工作日上午9点{}": "cron 0 9 * * 1-5",
    "每工作日上午9点{}": "cron 0 9 * * 1-5",
    "在工作日的上午9点{}": "cron 0 9 * * 1-5",
    "上午9点，每个工作日，{}": "cron 0 9 * * 1-5",
    "{}，每个工作日早上九点": "cron 0 9 * * 1-5",
    "{}，每周五下午五点。": "cron 0 17 * * 5",
    "周末上午10点{}": "cron 0 10 * * 0,6",
    "每周末上午10点{}": "cron 0 10 * * 0,6",
    "每个周末上午10点{}": "cron 0 10 * * 0,6",
    "除周五外的工作日上午9点{}": "cron 0 9 * * 1-4",
    "每个工作日（周五除外）上午9点{}": "cron 0 9 * * 1-4",
    "每天上午9点（不含周日）{}": "cron 0 9 * * 1-6",
    "除了周末以外每天上午9点{}": "cron 0 9 * * 1-5",
    # 天
    "每天上午10点{}": "cron 0 10 * * *",
    "每日上午10点{}": "cron 0 10 * * *",
    "天天上午10点{}": "cron 0 10 * * *",
    "每天10点{}": "cron 0 10 * * *",
    "每天九点{}": "cron 0 9 * * *",
    "每天早上{}": "cron 0 9 * * *",
    "每天{}": "cron 0 9 * * *",
    "每晚{}": "cron 0 18 * * *",
    "每晚10点{}": "cron 0 22 * * *",
    "每天晚上8点半{}": "cron 30 20 * * *",
    "每天晚上八点零五分{}": "cron 5 20 * * *",
    "每天中午{}": "cron 0 12 * * *",
    "每天中午12点{}": "cron 0 12 * * *",
    "每天中午一点{}": "cron 0 13 * * *",
    "每天正午{}": "cron 0 12 * * *",
    "每天十二点{}": "cron 0 12 * * *",
    "每天凌晨2点{}": "cron 0 2 * * *",
    "每天凌晨两点半{}": "cron 30 2 * * *",
    "每天午夜{}": "cron 0 0 * * *",
    "每天零点{}": "cron 0 0 * * *",
    "每天0点{}": "cron 0 0 * * *",
    "每天晚上12点{}": "cron 0 0 * * *",
    "每天早晚八点{}": "cron 0 8,20 * * *",
    "每天早晚8点半{}": "cron 30 8,20 * * *",
    "每天上午九点和下午五点半{}": "cron 0 9 * * *; cron 30 17 * * *",
    "每天下午两点、四点{}": "cron 0 14,16 * * *",
    "每天8点、12点和18点{}": "cron 0 8,12,18 * * *",
    "每天 9:15 和 17:40 {}": "cron 15 9 * * *; cron 40 17 * * *",
    # 分钟、小时
    "每分钟{}": "cron * * * * *",
    "每5分钟{}": "cron */5 * * * *",
    "每十五分钟{}": "cron */15 * * * *",
    "每隔15分钟{}": "cron */15 * * * *",
    "每半小时{}": "cron 0,30 * * * *",
    "每半个小时{}": "cron 0,30 * * * *",
    "每隔半小时{}": "cron 0,30 * * * *",
    "每刻钟{}": "cron */15 * * * *",
    "每小时{}": "cron 0 * * * *",
    "每个小时{}": "cron 0 * * * *",
    "每隔一小时{}": "cron 0 * * * *",
    "每两小时{}": "every 120 minutes from 2026-11-25T09:00Z",
    "每隔两小时 {}": "every 120 minutes from 2026-11-25T09:00Z",
    "每隔两个小时{}": "every 120 minutes from 2026-11-25T09:00Z",
    "每3个小时{}": "every 180 minutes from 2026-11-25T09:00Z",
    "每45分钟{}": "every 45 minutes from 2026-11-25T08:20Z",
    "{}，每45分钟一次": "every 45 minutes from 2026-11-25T08:20Z",
    "工作日每小时{}": "cron 0 * * * 1-5",
    "工作日9点到17点每小时{}": "cron 0 9-17 * * 1-5",
    "工作日9点到17点每15分钟{}": "cron 0 9-17 * * 1-5; cron 15,30,45 9-16 * * 1-5",
    "每15分钟，工作日上午九点到下午五点，{}": "cron 0 9-17 * * 1-5; cron 15,30,45 9-16 * * 1-5",
    "每天上午8点至下午6点之间每两小时{}": "cron 0 8-18/2 * * *",
    # 隔
    "每隔一天上午10点{}": "cron 0 10 * * * every 2 days from 2026-11-25",
    "隔天上午10点{}": "cron 0 10 * * * every 2 days from 2026-11-25",
    "每两天上午10点{}": "cron 0 10 * * * every 2 days from 2026-11-25",
    "每3天上午10点{}": "cron 0 10 * * * every 3 days from 2026-11-25",
    "隔周周二下午两点{}": "cron 0 14 * * 2 every 2 weeks from 2026-12-01",
    "每隔一周周三上午10点{}": "cron 0 10 * * 3 every 2 weeks from 2026-11-25",
    "每两周的周五下午4点{}": "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
    "每两周周五下午4点{}": "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
    "每双周周五下午4点{}": "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
    "每两个星期的周五下午4点{}": "cron 0 16 * * 5 every 2 weeks from 2026-11-27",
    "每两个月1号上午9点{}": "cron 0 9 1 * * every 2 months from 2026-12-01",
    # 月、季度、年
    "每月1号上午9点{}": "cron 0 9 1 * *",
    "每个月1号上午9点{}": "cron 0 9 1 * *",
    "每月一日上午9点{}": "cron 0 9 1 * *",
    "每月{}": "cron 0 9 1 * *",
    "每月15日和30日上午9点{}": "cron 0 9 15,30 * *",
    "每月一号、十五号9点{}": "cron 0 9 1,15 * *",
    "每月1、15号9点{}": "cron 0 9 1,15 * *",
    "每月二十五号上午9点{}": "cron 0 9 25 * *",
    "每月31号上午9点{}": "cron 0 9 31 * *",
    "每月最后一天下午六点 {}": "cron 0 18 L * *",
    "每个月的最后一天下午六点{}": "cron 0 18 L * *",
    "每月底下午6点{}": "cron 0 18 L * *",
    "每月月底下午6点{}": "cron 0 18 L * *",
    "每月第一天上午9点{}": "cron 0 9 1 * *",
    "每月第一个周一上午十点{}": "cron 0 10 * * MON#1",
    "每个月的第一个星期一上午十点{}": "cron 0 10 * * MON#1",
    "每月第二个周二上午十点{}": "cron 0 10 * * TUE#2",
    "每月最后一个周五下午四点{}": "cron 0 16 * * 5L",
    "每月最后一个工作日下午五点{}": "cron 0 17 LW * *",
    "每月第一个工作日上午9点{}": "cron 0 9 */31 * 1-5; cron 0 9 */31,2,3 * 1",
    "每季度{}": "cron 0 9 1 */3 *",
    "每个季度{}": "cron 0 9 1 */3 *",
    "每季度第一天上午9点{}": "cron 0 9 1 */3 *",
    "每季度最后一天下午5点{}": "cron 0 17 L 3,6,9,12 *",
    "每年3月1日上午10点{}": "cron 0 10 1 3 *",
    "每年12月25日 8:00 {}": "cron 0 8 25 12 *",
    "每年十二月二十五日上午八点{}": "cron 0 8 25 12 *",
    "每年2月29日上午9点{}": "cron 0 9 29 2 *",
    # 起止
    "每个工作日上午9点直到2026年12月31日{}": "cron 0 9 * * 1-5 until 2026-12-31",
    "每个工作日上午9点到12月31日为止{}": "cron 0 9 * * 1-5 until 2026-12-31",
    "从12月1日起每天上午9点{}": "cron 0 9 * * * from 2026-12-01",
    "从明天开始每天上午9点{}": "cron 0 9 * * * from 2026-11-26",
    "每天上午9点，从2026-12-01开始，{}": "cron 0 9 * * * from 2026-12-01",
    # cron
    '"0 9 * * 1-5" {}': "cron 0 9 * * 1-5",
    "「每周一上午九点」{}": "cron 0 9 * * 1",
    "“每周一上午九点” {}": "cron 0 9 * * 1",
    "every weekday at 9:00 {}": "cron 0 9 * * 1-5",
}

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
