#!/usr/bin/env bash
# Installs wenshang-disclosure on Debian, Ubuntu, openEuler, Kylin and the like, without a network where
# deploy/wheelhouse is filled (make bundle). Run again it changes nothing that stands. See docs/install.md.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/install.sh --host NAME [--database-url URL] [--cert FILE --key FILE] [--for-restore] [--python PATH] [--dry-run]
  --host NAME          the name people type into the browser; several with commas
  --database-url URL   postgres://user:password@host:5432/name; SQLite without
  --cert, --key        certificate chain and key for nginx; a self-made one without, for a trial
  --for-restore        leave the database empty and the service stopped, to restore a backup
  --python PATH        Python 3.11 or later; looked for without
  --dry-run            say what would be done, and do nothing
TEXT
}

host='' database='' cert='' key='' for_restore=''
while [ $# -gt 0 ]; do
  case $1 in
    --host) host=$2; shift 2 ;;
    --database-url) database=$2; shift 2 ;;
    --cert) cert=$2; shift 2 ;;
    --key) key=$2; shift 2 ;;
    --for-restore) for_restore=1; shift ;;
    --python) PYTHON=$2; shift 2 ;;
    --dry-run) DRY_RUN=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

step "what is here"
need_root
[ -n "$host" ] || [ -f "$ENV_FILE" ] || die "--host is needed the first time."
[ -z "$cert" ] || { [ -r "$cert" ] && [ -r "$key" ]; } || die "--cert and --key must both be readable files."
for program in nginx openssl curl tar runuser; do
  command -v "$program" >/dev/null || die_or_say "$program is missing: $(package_hint "nginx openssl curl tar util-linux" "nginx openssl curl tar util-linux")"
done
python=$(find_python) || die "no Python 3.11 or later with venv and fitting wheels was found: $(package_hint "python3 python3-venv" "python3.11 python3.11-pip") (or name one by --python; make bundle PYTHONS=3.12 makes wheels for another)"
version=$(version_of "$SOURCE")
say "release $version, $("$python" --version), $(nginx -v 2>&1 || true)"
if [ -L "$CURRENT" ] && [ "$(current_version)" != "$version" ]; then
  die "release $(current_version) is installed: use deploy/upgrade.sh."
fi

step "account and folders"
id "$SERVICE_USER" >/dev/null 2>&1 || run useradd --system --home-dir "$DATA" --shell /usr/sbin/nologin --user-group "$SERVICE_USER"
run install -d -m 755 "$HOME_DIR" "$RELEASES"
run install -d -m 750 -o "$SERVICE_USER" -g "$SERVICE_USER" "$DATA" "$BACKUPS"

step "settings: $ENV_FILE"
if [ -f "$ENV_FILE" ]; then say "there already, left as it is"; else
  secret=$("$python" -c 'import secrets; print(secrets.token_urlsafe(60))')
  sed -e "s|^SECRET_KEY=.*|SECRET_KEY=$secret|; s|^ALLOWED_HOSTS=.*|ALLOWED_HOSTS=$host|" \
    -e "s|^SITE_URL=.*|SITE_URL=https://${host%%,*}|" "$SOURCE/deploy/wenshang-disclosure.env.example" \
    | { if [ -n "$database" ]; then awk -v url="$database" '/^#DATABASE_URL=/ {print "DATABASE_URL=" url; next} {print}'; else cat; fi; } \
    | write "$ENV_FILE" 640
  run chgrp "$SERVICE_USER" "$ENV_FILE"
fi

step "certificate: $TLS_DIR"
run install -d -m 700 "$TLS_DIR"
if [ -n "$cert" ]; then
  run install -m 644 "$cert" "$TLS_DIR/fullchain.pem"
  run install -m 600 "$key" "$TLS_DIR/privkey.pem"
elif [ -f "$TLS_DIR/fullchain.pem" ]; then say "there already, left as it is"; else
  say "a self-made one, for a trial: browsers warn of it. Put the office's own in its place."
  run openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/CN=${host%%,*}" -addext "subjectAltName=DNS:${host//,/,DNS:}" \
    -keyout "$TLS_DIR/privkey.pem" -out "$TLS_DIR/fullchain.pem" 2>/dev/null
  run chmod 600 "$TLS_DIR/privkey.pem"
fi

build_release "$version" "$python"
release=$RELEASES/$version

step "database"
if [ -z "$for_restore" ]; then
  as_service "$release" .venv/bin/python manage.py migrate --verbosity 0
  as_service "$release" .venv/bin/python manage.py load_units
fi
as_service "$release" .venv/bin/python manage.py check --deploy --fail-level WARNING

switch_to "$version"
put_files "$SOURCE"
run nginx -t

step "start"
if [ -n "$for_restore" ]; then
  say "not started. Next: wenshang restore FOLDER, then this script again without --for-restore"
  exit 0
fi
if has_systemd; then
  run systemctl daemon-reload
  run systemctl enable --now wenshang.socket wenshang.service
  for timer in $TIMERS; do run systemctl enable --now "wenshang-$timer.timer"; done
  run systemctl enable --now nginx
  run systemctl reload nginx
  [ -n "$DRY_RUN" ] || wait_until_ready || die "the application does not say that it is ready: journalctl -u wenshang -n 50"
else
  say "systemd does not run here: start the units' commands by hand"
fi

step "done"
cat <<TEXT
What is left to do:
  wenshang createsuperuser                                             the first account, the system administrator
  wenshang load_plan fixtures/plan-2024.json --issued-by ACCOUNT       the table of 2024, where it is wanted
  keep $ENV_FILE in a safe place: backups do not hold SECRET_KEY
TEXT
