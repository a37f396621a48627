# What install.sh, upgrade.sh and rollback.sh share; read by them, not run.
# shellcheck shell=bash disable=SC2034  # the variables are the scripts'

HOME_DIR=/opt/wenshang-disclosure
CURRENT=$HOME_DIR/current
RELEASES=$HOME_DIR/releases
ENV_FILE=/etc/wenshang-disclosure.env
TLS_DIR=/etc/wenshang-disclosure/tls
DATA=/var/lib/wenshang-disclosure
BACKUPS=/var/backups/wenshang-disclosure
CACHE=/var/cache/wenshang-disclosure
SOCKET=/run/wenshang-disclosure.sock
SERVICE_USER=wenshang
TIMERS="reminders mail scan work check backup"
WORKERS="wenshang-work.service wenshang-worker.service"
UNITS=/etc/systemd/system
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DRY_RUN=${DRY_RUN:-}

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() { printf '已停止：%s\n' "$*" >&2; exit 1; }

# Stop, or only say why with --dry-run.
die_or_say() {
  if [ -n "$DRY_RUN" ]; then printf '  届时将停止：%s\n' "$*"; else die "$@"; fi
}

# Run a command, or only say it with --dry-run.
run() {
  if [ -n "$DRY_RUN" ]; then printf '  将执行：%s\n' "$*"; else "$@"; fi
}

# Write standard input to a file with a mode, or only say it.
write() { # path mode
  if [ -n "$DRY_RUN" ]; then printf '  将写入：%s\n' "$1"; cat >/dev/null; return; fi
  install -D -m "$2" /dev/stdin "$1"
}

need_root() { [ -n "$DRY_RUN" ] || [ "$(id -u)" = 0 ] || die "请用root（sudo）执行，或者加 --dry-run 试运行。"; }
has_systemd() { [ -d /run/systemd/system ]; }
as_service() { # folder command…
  local folder=$1
  shift
  run env -C "$folder" runuser -u "$SERVICE_USER" -- "$@"
}

# How packages are got here, for what is missing.
package_hint() { # Debian's names, then the others'
  if command -v apt-get >/dev/null; then say "apt-get install $1"; else say "dnf install $2"; fi
}

version_of() { # a source tree
  if [ -f "$1/VERSION" ]; then cat "$1/VERSION"; return; fi
  local number
  number=$(sed -n 's/^version = "\(.*\)"/\1/p' "$1/pyproject.toml")
  say "$number-$(git -C "$1" rev-parse --short HEAD 2>/dev/null || date +%Y%m%d)"
}

hosts() { sed -n 's/^ALLOWED_HOSTS=//p' "$ENV_FILE" 2>/dev/null || true; }
current_version() { [ -L "$CURRENT" ] && basename "$(readlink -f "$CURRENT")"; }

# A Python of 3.11 or later for which the wheelhouse has wheels.
find_python() {
  local candidate tag
  for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    command -v "$candidate" >/dev/null || continue
    tag=$("$candidate" -c 'import sys; print("cp%d%d" % sys.version_info[:2] if sys.version_info >= (3, 11) else "old")')
    [ "$tag" != old ] || continue
    if [ -d "$SOURCE/deploy/wheelhouse" ] && ! compgen -G "$SOURCE/deploy/wheelhouse/psycopg2_binary-*-$tag-*$(uname -m)*.whl" >/dev/null; then
      continue
    fi
    "$candidate" -c 'import venv, ensurepip' 2>/dev/null || continue
    command -v "$candidate"
    return
  done
  return 1
}

# Put a release beside the others: source, its own Python environment, static files. Root's, read-only to the service.
build_release() { # version python
  local release=$RELEASES/$1 python=$2
  if [ -f "$release/.complete" ]; then say "版本 $1 已在，不再改动"; return; fi
  step "安装版本 $1"
  run rm -rf "$release"
  run mkdir -p "$release"
  if [ -n "$DRY_RUN" ]; then say "  将复制：$SOURCE -> $release"; else
    tar -C "$SOURCE" --exclude=./.git --exclude=./.venv --exclude=./var --exclude=./tests --exclude=./deploy/wheelhouse \
      --exclude=./staticfiles --exclude=./.env --exclude=__pycache__ --exclude='./.*_cache' -cf - . | tar -C "$release" --no-same-owner -xf -
  fi
  run ln -sfn "$ENV_FILE" "$release/.env"
  run "$python" -m venv "$release/.venv"
  if [ -d "$SOURCE/deploy/wheelhouse" ]; then
    run "$release/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
      --find-links "$SOURCE/deploy/wheelhouse" -r "$release/requirements-optional.txt"
  else
    say "没有 deploy/wheelhouse，软件包从网络下载"
    run "$release/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$release/requirements-optional.txt"
  fi
  run "$release/.venv/bin/python" -m compileall -q "$release" -x '/\.venv/'
  run env -C "$release" .venv/bin/python manage.py collectstatic --noinput --verbosity 0
  run chmod -R u=rwX,go=rX "$release"
  run chmod -R go-w "$release"
  run touch "$release/.complete"
}

# Make a release the current one: one rename, so that there is never none.
switch_to() { # version
  run ln -sfn "releases/$1" "$HOME_DIR/next"
  run mv -T "$HOME_DIR/next" "$CURRENT"
}

# The name of the system, as it was entered; a general one before that, and where the release cannot say it.
system_name() {
  local name=''
  [ -n "$DRY_RUN" ] || name=$(as_service "$CURRENT" .venv/bin/python manage.py show_region system_name 2>/dev/null) || true
  say "${name:-政务公开任务督办}"
}

# The units and nginx's files of a release, filled in for this machine.
put_files() { # release folder
  local web_user listen upstream host system file
  web_user=$(sed -n 's/^[[:space:]]*user[[:space:]]\+\([^ ;]*\).*/\1/p' /etc/nginx/nginx.conf | head -1)
  web_user=${web_user:-nginx}
  listen=$SOCKET upstream=unix:$SOCKET
  if [ "$(getenforce 2>/dev/null)" = Enforcing ]; then # SELinux lets nginx reach a port, by one switch, but no socket of ours
    listen=127.0.0.1:8000 upstream=127.0.0.1:8000
    run setsebool -P httpd_can_network_connect 1
  fi
  host=$(hosts | tr ',' ' ')
  system=$(system_name | sed 's/[&|\\]/\\&/g')
  fill() { sed -e "s|@SYSTEM_NAME@|$system|g; s|@WEB_USER@|$web_user|g; s|@LISTEN@|$listen|g; s|@UPSTREAM@|$upstream|g; s|@HOST@|${host:-_}|g" "$1"; }

  step "系统服务、nginx、日志轮转"
  for file in "$1"/deploy/systemd/*; do fill "$file" | write "$UNITS/$(basename "$file")" 644; done
  fill "$1/deploy/logrotate/wenshang-disclosure" | write /etc/logrotate.d/wenshang-disclosure 644
  run install -d -m 750 -o "$web_user" "$CACHE" "$CACHE/body" "$CACHE/answers"
  for file in "$1"/deploy/nginx/pages/*; do fill "$file" | write "/etc/nginx/wenshang/pages/$(basename "$file")" 644; done
  write /etc/nginx/wenshang/proxy.conf 644 <"$1/deploy/nginx/proxy.conf"
  if ls /etc/nginx/modules-enabled/*brotli-static* >/dev/null 2>&1 || nginx -V 2>&1 | grep -q brotli; then
    write /etc/nginx/wenshang/static-brotli.conf 644 <"$1/deploy/nginx/static-brotli.conf"
  fi
  fill "$1/deploy/nginx/wenshang.conf" | write /etc/nginx/conf.d/wenshang.conf 644
  write /usr/local/bin/wenshang 755 <"$1/deploy/wenshang"
}

# Stop what works beside the web server, as far as the installed release has it. A job that is cut off is taken up again.
stop_timers_and_workers() {
  local timer unit
  for timer in $TIMERS; do
    if [ -e "$UNITS/wenshang-$timer.timer" ]; then run systemctl stop "wenshang-$timer.timer"; fi
  done
  for unit in $WORKERS; do
    if [ -e "$UNITS/$unit" ]; then run systemctl stop "$unit"; fi
  done
}

# Start the timers that the installed release has.
start_timers() {
  local timer
  for timer in $TIMERS; do
    if [ -e "$UNITS/wenshang-$timer.timer" ]; then run systemctl enable --now "wenshang-$timer.timer"; fi
  done
}

# Switch off and take away what a release folder does not know.
forget_other_units() { # release folder
  local file
  for file in "$UNITS"/wenshang*.timer "$UNITS"/wenshang*.service; do
    if [ -e "$file" ] && [ ! -e "$1/deploy/systemd/$(basename "$file")" ]; then
      run systemctl disable --now "$(basename "$file")"
      run rm "$file"
    fi
  done
}

# Start the worker again, where one is wanted; elsewhere the timer carries work out.
start_worker() {
  if systemctl is-enabled --quiet wenshang-worker.service 2>/dev/null; then run systemctl start wenshang-worker.service; fi
}

# Wait until the application says over its socket that it can work.
wait_until_ready() {
  has_systemd || return 0
  local host
  host=$(hosts | cut -d, -f1)
  for _ in $(seq 20); do
    if curl --silent --fail --max-time 5 --insecure --noproxy '*' --resolve "$host:443:127.0.0.1" "https://$host/readyz" >/dev/null; then return 0; fi
    sleep 1
  done
  return 1
}
