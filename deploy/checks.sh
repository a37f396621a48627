#!/bin/sh
# The night's checks: each is made, whatever the one before found; ends with 1 where one found something.
found=0
for check in verify_audit "check_evidence --sweep" prune_audit clean_sessions clear_jobs; do
  # shellcheck disable=SC2086  # a check may have options
  .venv/bin/python manage.py $check || found=1
done
exit $found
