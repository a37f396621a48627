#!/usr/bin/env bash
# Installs wenshang-disclosure on Debian, Ubuntu, openEuler, Kylin and the like, without a network where
# deploy/wheelhouse is filled (make bundle). Run again it changes nothing that stands. See docs/install.md.
set -euo pipefail

usage() {
  cat <<'TEXT'
用法：deploy/install.sh --host 主机名 [--database-url 地址] [--cert 文件 --key 文件] [--for-restore] [--python 路径] [--dry-run]
  --host 主机名        浏览器中输入的名称，多个用英文逗号分隔
  --database-url 地址  postgres://用户:密码@主机:5432/库名；不写则用SQLite
  --cert、--key        nginx用的证书（含中间证书）和私钥；不写则自签一份，仅供试用
  --for-restore        数据库留空、服务不启动，用于恢复备份
  --python 路径        Python 3.11或更高版本；不写则自动查找
  --dry-run            只说明将做什么，不作任何改动
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

step "检查本机"
need_root
[ -n "$host" ] || [ -f "$ENV_FILE" ] || die "首次安装须用 --host 写明主机名。"
[ -z "$cert" ] || { [ -r "$cert" ] && [ -r "$key" ]; } || die "--cert 和 --key 须同时给出，并且都能读取。"
for program in nginx openssl curl tar runuser; do
  command -v "$program" >/dev/null || die_or_say "缺少 $program，请先执行：$(package_hint "nginx openssl curl tar util-linux" "nginx openssl curl tar util-linux")"
done
python=$(find_python) || die "没有找到带venv、且有配套软件包的Python 3.11或更高版本，请先执行：$(package_hint "python3 python3-venv" "python3.11 python3.11-pip")（也可以用 --python 指明；其他版本的软件包用 make bundle PYTHONS=3.12 制作）"
version=$(version_of "$SOURCE")
say "版本 $version，$("$python" --version)，$(command -v nginx >/dev/null && nginx -v 2>&1)"
if [ -L "$CURRENT" ] && [ "$(current_version)" != "$version" ]; then
  die "已安装版本 $(current_version)，升级请用 deploy/upgrade.sh。"
fi

step "账号和目录"
id "$SERVICE_USER" >/dev/null 2>&1 || run useradd --system --home-dir "$DATA" --shell /usr/sbin/nologin --user-group "$SERVICE_USER"
run install -d -m 755 "$HOME_DIR" "$RELEASES"
run install -d -m 750 -o "$SERVICE_USER" -g "$SERVICE_USER" "$DATA" "$BACKUPS"

step "设置文件：$ENV_FILE"
if [ -f "$ENV_FILE" ]; then say "已在，不再改动"; else
  secret=$("$python" -c 'import secrets; print(secrets.token_urlsafe(60))')
  sed -e "s|^SECRET_KEY=.*|SECRET_KEY=$secret|; s|^ALLOWED_HOSTS=.*|ALLOWED_HOSTS=$host|" \
    -e "s|^SITE_URL=.*|SITE_URL=https://${host%%,*}|" "$SOURCE/deploy/wenshang-disclosure.env.example" \
    | { if [ -n "$database" ]; then awk -v url="$database" '/^#DATABASE_URL=/ {print "DATABASE_URL=" url; next} {print}'; else cat; fi; } \
    | write "$ENV_FILE" 640
  run chgrp "$SERVICE_USER" "$ENV_FILE"
fi

step "证书：$TLS_DIR"
run install -d -m 700 "$TLS_DIR"
if [ -n "$cert" ]; then
  run install -m 644 "$cert" "$TLS_DIR/fullchain.pem"
  run install -m 600 "$key" "$TLS_DIR/privkey.pem"
elif [ -f "$TLS_DIR/fullchain.pem" ]; then say "已在，不再改动"; else
  say "自签一份，仅供试用，浏览器会提示不安全。请换成本单位的证书。"
  run openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/CN=${host%%,*}" -addext "subjectAltName=DNS:${host//,/,DNS:}" \
    -keyout "$TLS_DIR/privkey.pem" -out "$TLS_DIR/fullchain.pem" 2>/dev/null
  run chmod 600 "$TLS_DIR/privkey.pem"
fi

build_release "$version" "$python"
release=$RELEASES/$version

step "数据库"
if [ -z "$for_restore" ]; then
  as_service "$release" .venv/bin/python manage.py migrate --verbosity 0
  as_service "$release" .venv/bin/python manage.py load_units --only-collectives
fi
as_service "$release" .venv/bin/python manage.py check --deploy --fail-level WARNING

switch_to "$version"
put_files "$SOURCE"
run nginx -t

step "启动"
if [ -n "$for_restore" ]; then
  say "没有启动。下一步：wenshang restore 备份目录；再执行一次本脚本，不加 --for-restore"
  exit 0
fi
if has_systemd; then
  run systemctl daemon-reload
  run systemctl enable --now wenshang.socket wenshang.service
  for timer in $TIMERS; do run systemctl enable --now "wenshang-$timer.timer"; done
  run systemctl enable --now nginx
  run systemctl reload nginx
  [ -n "$DRY_RUN" ] || wait_until_ready || die "服务没有就绪。请执行：wenshang doctor；journalctl -u wenshang -n 50"
else
  say "本机没有运行systemd，请自行启动各项服务的命令"
fi

step "完成"
cat <<TEXT
还需要做：
  wenshang createsuperuser                                       建立第一个账号（系统管理员）
  用该账号登录网页，进入开通准备，填写地区与机关名称，登记单位和人员，导入分解表
  wenshang doctor                                                检查安装情况
  另存 $ENV_FILE 和 $DATA/audit/keys：备份中没有SECRET_KEY和审计密钥
TEXT
