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
    -*) echo "用法：deploy/rollback.sh [版本] [--undo-migrations] [--dry-run]" >&2; exit 2 ;;
    *) target=$1; shift ;;
  esac
done
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_root
now=$(current_version) || die "本机没有安装过。"
target=${target:-$(cat "$HOME_DIR/previous" 2>/dev/null)} || die "请写明退回哪个版本，现有：$(ls "$RELEASES")"
[ -f "$RELEASES/$target/.complete" ] || die "没有版本 $target，现有：$(ls "$RELEASES")"
[ "$target" != "$now" ] || die "版本 $target 正在运行。"

# app and name of every migration of a release
migrations() {
  cd "$RELEASES/$1"
  runuser -u "$SERVICE_USER" -- .venv/bin/python manage.py showmigrations --plan | sed 's/^\[.\] *//; s/ .*//' | sort
}
newer=$(comm -23 <(migrations "$now") <(migrations "$target"))
if [ -n "$newer" ] && [ -z "$undo" ]; then
  say "版本 $now 有下列数据库变更，版本 $target 不认识：" >&2
  say "$newer" | sed 's/^/  /' >&2
  die "可用 --undo-migrations 撤销这些变更，或者把升级前的备份恢复到版本 $target。没有作任何改动。"
fi

step "停止服务（此后的访问会等待，不会失败）"
if has_systemd; then
  stop_timers_and_workers
  run systemctl stop wenshang.service
fi
if [ -n "$newer" ]; then
  step "撤销数据库变更"
  for app in $(say "$newer" | cut -d. -f1 | sort -u); do
    last=$(migrations "$target" | sed -n "s/^$app\.//p" | tail -1)
    as_service "$RELEASES/$now" .venv/bin/python manage.py migrate "$app" "${last:-zero}"
  done
fi
switch_to "$target"
put_files "$RELEASES/$target"
run nginx -t
step "启动"
if has_systemd; then
  run systemctl daemon-reload
  forget_other_units "$RELEASES/$target"
  run systemctl start wenshang.service
  start_timers
  start_worker
  run systemctl reload nginx
  [ -n "$DRY_RUN" ] || wait_until_ready || die "版本 $target 没有就绪。请执行：wenshang doctor；journalctl -u wenshang -n 50"
fi
printf '%s\n' "$now" | write "$HOME_DIR/previous" 644
step "完成"
say "版本 $target 已运行。"
