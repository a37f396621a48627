"""What some duties of the simulated year are reminded of, and when: worked out by hand from the rules."""

from .script import NEW_UNIT, QUARTERLY

DECEMBER = "12-7 12-16 12-24 12-28 12-30"  # the thirtieth day before fell into the week without runs
JANUARY = "1-1 1-8 1-15 1-22 1-29 2-5 2-12 2-19 2-26 3-5 3-12 3-19 3-26"
SILENT = "8-23 10-22 12-21 2-19"  # each sixty days since the issue
STORIES = {  # (row, unit): kind: days
    # extended before its deadline, done late after the new one
    (53, "中都街道办事处"): {
        "before": "7-1 7-16 7-24 8-1 8-16 8-24 8-28 8-30",
        "after": "9-1 9-8 9-15",
        "silent": "8-23",
    },
    # extended after its deadline, claimed before the new one and approved after it
    (54, "中都街道办事处"): {
        "before": "7-1 7-16 7-24 7-28 7-30 8-17 8-31 9-8 9-12",
        "after": "8-1 8-8 8-15",
        "silent": "8-23",
    },
    # returned on a Sunday that is worked on, just before the holidays of October, and never answered
    (2, "南旺镇人民政府"): {
        "before": DECEMBER,
        "after": JANUARY,
        "unanswered": "10-10",
        "silent": "8-23 11-24 1-23 3-24",
    },
    # taken out of the count over its deadline
    (22, "次邱镇人民政府"): {
        "after": "12-11 12-15 12-22 12-29 1-5 1-12 1-19 1-26 2-2 2-9 2-16 2-23 3-2 3-9 3-16 3-23 3-30",
        "silent": "2-8",
    },
    # and another in the week without runs
    (9, "次邱镇人民政府"): {
        "after": "1-21 1-22 1-29 2-5 2-12 2-19 2-26 3-5 3-12 3-19 3-26",
        "silent": "8-23 10-22 3-21",
    },
    # taken out of the count for good
    (23, "次邱镇人民政府"): {"before": "10-31 11-15", "silent": "8-23 10-22"},
    # returned before the week without runs, and answered in it; its unit has a leader
    (13, "寅寺镇人民政府"): {"before": DECEMBER, "after": JANUARY, "leader": "1-7", "silent": "8-23 10-22 2-3"},
    # the same, not answered
    (14, "寅寺镇人民政府"): {
        "before": DECEMBER,
        "after": JANUARY,
        "leader": "1-7",
        "unanswered": "12-7",
        "silent": "8-23 10-22 1-27 3-28",
    },
    # claimed, returned after the deadline, claimed again and approved, then taken back
    (15, "寅寺镇人民政府"): {
        "before": "12-7 12-16",
        "after": "1-3 1-8 1-15 1-22 2-20 2-26 3-5 3-12 3-19 3-26",
        "leader": "1-7",
        "unanswered": "1-9",
        "silent": "8-23 10-22 3-25",
    },
    # of a unit that came in September, after the row's deadline; it has fifteen working days, to 8 October, and its
    # liaison came two days after it
    (53, NEW_UNIT): {
        "before": "9-13 9-23 10-1 10-5 10-7",
        "after": "10-9 10-16 10-23 10-30 11-6 11-13 11-20 11-27 12-7 12-11 12-18 12-25 "
        "1-1 1-8 1-15 1-22 1-29 2-5 2-12 2-19 2-26 3-5 3-12 3-19 3-26",
        "silent": "11-9 1-8 3-9",
    },
    # of a unit in which nobody could be told from 22 October to 6 January
    (11, "县退役军人事务局"): {"silent": "8-23 10-22 1-7 2-19", "after": f"1-7 {JANUARY.removeprefix('1-1 ')}"},
    # with an earlier deadline from September on, and with a later one from December on
    (21, "县市场监督管理局"): {
        "before": "10-1 10-16 10-24 10-28 10-30",
        "after": "11-1 11-8 11-15 11-22 11-29 12-7 12-13 12-20 12-27 "
        "1-3 1-10 1-17 1-24 1-31 2-7 2-14 2-21 2-28 3-7 3-14 3-21 3-28",
        "silent": SILENT,
    },
    (25, "县自然资源和规划局"): {
        "before": "1-29 2-13 2-21 2-25 2-27",
        "after": "3-1 3-8 3-15 3-22 3-29",
        "silent": SILENT,
    },
    # asked for in rounds: at each quarter's end, in one closed early, in one that was put off
    (QUARTERLY, "次邱镇人民政府"): {
        "before": DECEMBER,
        "after": JANUARY,
        "round": "6-27 7-1 9-27 10-1 12-28 1-1",
        "silent": SILENT,
    },
    (30, "次邱镇人民政府"): {"before": DECEMBER, "after": JANUARY, "round": "11-5", "silent": SILENT},
    (31, "次邱镇人民政府"): {"before": DECEMBER, "after": JANUARY, "round": "1-12 1-17 1-21", "silent": SILENT},
    # never late
    (59, "次邱镇人民政府"): {"silent": SILENT},
}
