#!/usr/bin/env bash
# Puts a newer release beside the running one, backs up while that still runs, migrates, switches and starts it. Run from the new bundle.
# While the service restarts requests wait in the socket, they do not fail. Where the new one does not come up, the
# old one is started again.
set -eEuo pipefail

no_backup=''
while [ $# -gt 0 ]; do
  case $1 in
    --no-backup) no_backup=1; shift ;;
    --python) PYTHON=$2; shift 2 ;;
    --dry-run) DRY_RUN=1; shift ;;
    *) echo "usage: deploy/upgrade.sh [--no-backup] [--python PATH] [--dry-run]" >&2; exit 2 ;;
  esac
done
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_root
old=$(current_version) || die "nothing is installed: use deploy/install.sh."
new=$(version_of "$SOURCE")
[ "$new" != "$old" ] || die "release $new is the running one already."
python=$(find_python) || die "no Python 3.11 or later with venv and fitting wheels was found."
build_release "$new" "$python"
release=$RELEASES/$new

step "what the database needs"
as_service "$release" .venv/bin/python manage.py migrate --plan

if [ -z "$no_backup" ]; then
  step "backup: $BACKUPS"
  as_service "$CURRENT" .venv/bin/python manage.py backup "$BACKUPS" --dated || [ $? = 3 ] # 3: whole, with files missing that were before
fi

step "stop: requests wait from here on"
if has_systemd; then
  for timer in $TIMERS; do run systemctl stop "wenshang-$timer.timer"; done
  run systemctl stop wenshang.service
fi

go_back() {
  say "STOPPED: release $old is started again. What failed stands above." >&2
  [ "$(current_version)" = "$old" ] || switch_to "$old"
  if has_systemd; then
    systemctl start wenshang.service
    for timer in $TIMERS; do systemctl start "wenshang-$timer.timer"; done
  fi
}
[ -n "$DRY_RUN" ] || trap go_back ERR

step "database"
as_service "$release" .venv/bin/python manage.py migrate --verbosity 0

switch_to "$new"
put_files "$SOURCE"
run nginx -t

step "start"
if has_systemd; then
  run systemctl daemon-reload
  run systemctl start wenshang.service
  for timer in $TIMERS; do run systemctl enable --now "wenshang-$timer.timer"; done
  run systemctl reload nginx
  [ -n "$DRY_RUN" ] || wait_until_ready
fi
trap - ERR
printf '%s\n' "$old" | write "$HOME_DIR/previous" 644

step "done"
say "release $new runs; back to $old: deploy/rollback.sh. Older releases may be removed from $RELEASES."
