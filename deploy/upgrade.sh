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
    *) echo "用法：deploy/upgrade.sh [--no-backup] [--python 路径] [--dry-run]" >&2; exit 2 ;;
  esac
done
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_root
old=$(current_version) || die "本机没有安装过，请用 deploy/install.sh。"
new=$(version_of "$SOURCE")
[ "$new" != "$old" ] || die "版本 $new 已在运行。"
python=$(find_python) || die "没有找到带venv、且有配套软件包的Python 3.11或更高版本。"
build_release "$new" "$python"
release=$RELEASES/$new

step "数据库需要的变更"
as_service "$release" .venv/bin/python manage.py migrate --plan

if [ -z "$no_backup" ]; then
  step "备份：$BACKUPS"
  as_service "$CURRENT" .venv/bin/python manage.py backup "$BACKUPS" --dated || [ $? = 3 ] # 3: whole, with files missing that were before
fi

step "停止服务（此后的访问会等待，不会失败）"
if has_systemd; then
  stop_timers_and_workers
  run systemctl stop wenshang.service
fi

go_back() {
  say "已停止：重新启动版本 $old。失败的原因见上文。" >&2
  [ "$(current_version)" = "$old" ] || switch_to "$old"
  if has_systemd; then
    systemctl start wenshang.service
    start_timers
    start_worker
  fi
}
[ -n "$DRY_RUN" ] || trap go_back ERR

step "数据库"
as_service "$release" .venv/bin/python manage.py migrate --verbosity 0

switch_to "$new"
put_files "$SOURCE"
run nginx -t

step "启动"
if has_systemd; then
  run systemctl daemon-reload
  run systemctl start wenshang.service
  start_timers
  start_worker
  run systemctl reload nginx
  [ -n "$DRY_RUN" ] || wait_until_ready
fi
trap - ERR
printf '%s\n' "$old" | write "$HOME_DIR/previous" 644

step "完成"
say "版本 $new 已运行；退回 $old 用 deploy/rollback.sh。更早的版本可以从 $RELEASES 中删除。"
