#!/usr/bin/env bash
# Goes back to an earlier release. Code goes back by a symlink; the database goes back only where the releases differ
# in migrations, and then either by undoing them (--undo-migrations: what only the newer release stored is lost) or by
# restoring the backup that upgrade.sh made (docs/install.md).
set -euo pipefail

undo='' target=''
while [ $# -gt 0 ]; do
  case $1 in
    --undo-migrations) undo=1; shift ;;
    --dry-run) DRY_RUN=1; shift ;;
    -*) echo "usage: deploy/rollback.sh [RELEASE] [--undo-migrations] [--dry-run]" >&2; exit 2 ;;
    *) target=$1; shift ;;
  esac
done
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_root
now=$(current_version) || die "nothing is installed."
target=${target:-$(cat "$HOME_DIR/previous" 2>/dev/null)} || die "which release? There are: $(ls "$RELEASES")"
[ -f "$RELEASES/$target/.complete" ] || die "there is no release $target. There are: $(ls "$RELEASES")"
[ "$target" != "$now" ] || die "release $target is the running one already."

# app and name of every migration of a release
migrations() {
  cd "$RELEASES/$1"
  runuser -u "$SERVICE_USER" -- .venv/bin/python manage.py showmigrations --plan | sed 's/^\[.\] *//; s/ .*//' | sort
}
newer=$(comm -23 <(migrations "$now") <(migrations "$target"))
if [ -n "$newer" ] && [ -z "$undo" ]; then
  say "Release $now has migrations that $target does not know:" >&2
  say "$newer" | sed 's/^/  /' >&2
  die "undo them with --undo-migrations, or restore the backup made before the upgrade onto release $target. Nothing was changed."
fi

step "stop: requests wait from here on"
has_systemd && run systemctl stop wenshang.service
if [ -n "$newer" ]; then
  step "undo migrations"
  for app in $(say "$newer" | cut -d. -f1 | sort -u); do
    last=$(migrations "$target" | sed -n "s/^$app\.//p" | tail -1)
    as_service "$RELEASES/$now" .venv/bin/python manage.py migrate "$app" "${last:-zero}"
  done
fi
switch_to "$target"
put_files "$RELEASES/$target"
run nginx -t
step "start"
if has_systemd; then
  run systemctl daemon-reload
  run systemctl start wenshang.service
  run systemctl reload nginx
  [ -n "$DRY_RUN" ] || wait_until_ready || die "release $target does not say that it is ready: journalctl -u wenshang -n 50"
fi
printf '%s\n' "$now" | write "$HOME_DIR/previous" 644
step "done"
say "release $target runs."
