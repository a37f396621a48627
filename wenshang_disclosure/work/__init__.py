"""Background work (后台任务): one table of jobs, carried out by `manage.py work` on a timer or as a process of its own.

A job survives restarts and is done once: who carries it out holds a lease, without which nothing of it is kept.
"""
