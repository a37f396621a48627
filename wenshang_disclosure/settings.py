"""All settings. What installations differ in comes from the environment and stands in docs/settings.md; the rest is
the same everywhere. A wrong value stops the start with one line (design: Runs on)."""

import os
import re
from email.utils import parseaddr
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .ops import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if os.environ.get("SECRET_KEY"):  # an installation: a trial begun in its folder leaves a .env that turns DEBUG on
    os.environ.setdefault("DEBUG", "0")
environ.Env.read_env(BASE_DIR / ".env")


def _stop(message):
    raise ImproperlyConfigured(message)


def _whole_number(name, default, least=1):
    try:
        value = env.int(name, default)
    except ValueError:
        _stop(f"{name} must be a whole number, it is {env.str(name)}.")
    return value if value >= least else _stop(f"{name} must be at least {least}, it is {value}.")


def _one_of(name, choices, default):
    value = env.str(name, default)
    return value if value in choices else _stop(f"{name} must be one of {', '.join(choices)}; it is {value}.")


def _needed(name, because):
    return env.str(name, "") or _stop(f"{name} must be set with {because}.")


def _database_at(name, **default):
    try:
        database = env.db_url(name, **default)
    except ValueError:
        database = {}
    is_known = database.get("ENGINE", "").endswith(("sqlite3", "postgresql"))
    return database if is_known else _stop(f"{name} must be an address that begins with sqlite:// or postgres://.")


def _web_address(name, because):
    address = _needed(name, because)
    return address if re.match(r"https?://[^/]+", address) else _stop(f"{name} must begin with http:// or https://.")


def _secure_address(name):
    address = _needed(name, "OIDC_ISSUER")
    secure = address.startswith(("https://", "http://127.0.0.1:", "http://localhost:"))
    return address if secure else _stop(f"{name} must begin with https://.")


DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    SECRET_KEY = "only-for-a-trial-run" if DEBUG else _stop("SECRET_KEY must be set where DEBUG is off.")  # noqa: S105
if not DEBUG and len(SECRET_KEY) < 50:
    _stop("SECRET_KEY must have at least 50 characters where DEBUG is off.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
if _not_hosts := [host for host in ALLOWED_HOSTS if not re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9A-Fa-f:.]+\]", host)]:
    _stop(f"ALLOWED_HOSTS must be host names without https:// and port, separated by commas; not {_not_hosts[0]}.")
SITE_URL = env.str("SITE_URL", "").rstrip("/")
_origin = re.match(r"https?://[^/]+", SITE_URL)
if SITE_URL and not _origin:
    _stop("SITE_URL must begin with http:// or https:// and name a host.")
CSRF_TRUSTED_ORIGINS = [_origin[0]] if _origin else []
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    _stop(f"DATA_DIR {DATA_DIR} cannot be made: {error}.")

INSTALLED_APPS = [
    "wenshang_disclosure.core",
    "wenshang_disclosure.audit",
    "wenshang_disclosure.files",
    "wenshang_disclosure.work",
    "wenshang_disclosure.ops.backup",
    "wenshang_disclosure.ops.doctor",
    "departments",
    "tasks",
    "reports",
    "wenshang_disclosure.core.apps.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "rules",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # these two outermost, so that no answer goes without their headers
    "wenshang_disclosure.core.web.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wenshang_disclosure.core.web.compression.CompressedPagesMiddleware",
    "wenshang_disclosure.core.web.middleware.RequestIdMiddleware",
    "wenshang_disclosure.ops.request_log.RequestLogMiddleware",
    "wenshang_disclosure.core.web.middleware.AllowedMethodsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "departments.sign_in.middleware.SessionMiddleware",
    "wenshang_disclosure.audit.middleware.AuditMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "departments.sign_in.middleware.PasswordChangeMiddleware",
    "wenshang_disclosure.core.web.middleware.ErrorPagesMiddleware",
    "wenshang_disclosure.core.web.rate_limits.RateLimitMiddleware",
]

ROOT_URLCONF = "wenshang_disclosure.urls"
WSGI_APPLICATION = "wenshang_disclosure.wsgi.application"
FORM_RENDERER = "wenshang_disclosure.core.web.form_renderer.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tasks.views.context.shell",
                "wenshang_disclosure.help.places.help_address",
            ],
            "builtins": [f"wenshang_disclosure.core.templatetags.{name}" for name in ("core_tags", "menu")],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------------------------

DATABASES = {"default": _database_at("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'wenshang.sqlite3'}")}
_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = 60
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    _usual = {
        "options": "-c statement_timeout=60s -c jit=off",
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
    _database["OPTIONS"] = _database.get("OPTIONS", {}) | _usual  # an address may bring sslmode along
if env.str("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = _database_at("DATABASE_REPLICA_URL")
    if {base["ENGINE"].rpartition(".")[2] for base in DATABASES.values()} != {"postgresql"}:
        _stop("DATABASE_REPLICA_URL must begin with postgres://, and DATABASE_URL too.")
    DATABASES["replica"] |= {name: _database[name] for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS")}
    _options = {"options": f"{_usual['options']} -c default_transaction_read_only=on", "connect_timeout": 3}
    DATABASES["replica"]["OPTIONS"] = DATABASES["replica"].get("OPTIONS", {}) | _usual | _options
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["wenshang_disclosure.core.replica.ReadReplica"]
    MIDDLEWARE.append("wenshang_disclosure.core.replica.ReplicaMiddleware")
REPLICA_WAIT_SECONDS = 10
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- what several workers share ---------------------------------------------------------------------------------------

CACHE_URL = env.str("CACHE_URL", "")
if CACHE_URL and not CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    _stop("CACHE_URL must begin with redis://, rediss:// or unix://; leave it out to keep the cache in the database.")
CACHES = {
    "default": {
        "BACKEND": f"django.core.cache.backends.{'redis.RedisCache' if CACHE_URL else 'db.DatabaseCache'}",
        "LOCATION": CACHE_URL or "cache_entries",
        "KEY_PREFIX": "wenshang",
    },
    "pictures": {  # made anew for pages; not in the database, which they would swell
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "pictures",
        "TIMEOUT": 7 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
    "documents": {  # Office files as PDF for pages, of at most 30 MB each
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "documents",
        "TIMEOUT": 30 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- people -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "departments.User"
AUTHENTICATION_BACKENDS = ["departments.sign_in.backends.SignInBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "phone", "email")},
    },
    {
        "NAME": "departments.sign_in.passwords.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "departments.sign_in.passwords.NotAPattern"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "departments.sign_in.passwords.NotCommonHere"},
]
SIGN_IN_FAILURES_ACCOUNT = 5
SIGN_IN_FAILURES_ADDRESS = 30  # a whole unit may sit behind one address
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=["office", "reviewer"])
if unknown := set(SECOND_FACTOR_ROLES) - {"office", "reviewer", "liaison", "leader", "auditor"}:
    _stop(f"SECOND_FACTOR_ROLES may name office, reviewer, liaison, leader and auditor; not {', '.join(unknown)}.")


def OTP_TOTP_ISSUER(device):
    """Return the name under which an app shows the codes: that of the system."""
    from .core.region import current  # noqa: PLC0415, it needs the settings

    return current().system_name


OTP_TOTP_THROTTLE_FACTOR = 0  # who guesses codes waits as who guesses passwords (departments/sign_in/lockout.py)
API_ROOT = "/api/v1/"
"""Below it a token opens, never a session."""
LOGIN_URL = "departments:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "departments:sign-in"
SESSION_COOKIE_AGE = _whole_number("SESSION_IDLE_MINUTES", 30, least=5) * 60
SESSION_HOURS = 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- signing in elsewhere: off unless LDAP_URL or OIDC_ISSUER is set --------------------------------------------------

CA_FILE = env.str("CA_FILE", "")
"""Certificates of the office's own authority, for every server that is asked over TLS; the system's own without."""
if CA_FILE and not Path(CA_FILE).is_file():
    _stop(f"CA_FILE {CA_FILE} is not a file.")

LDAP_URL = env.str("LDAP_URL", "")
if LDAP_URL:
    if not LDAP_URL.startswith(("ldap://", "ldaps://")):
        _stop("LDAP_URL must begin with ldap:// or ldaps://.")
    AUTHENTICATION_BACKENDS.append("departments.sign_in.ldap.LdapBackend")
LDAP_PLAIN = env.bool("LDAP_PLAIN", False)
LDAP_USER_DN = env.str("LDAP_USER_DN", "")
LDAP_SEARCH_BASE = env.str("LDAP_SEARCH_BASE", "")
LDAP_FILTER = env.str("LDAP_FILTER", "(uid={username})")
LDAP_BIND_DN = env.str("LDAP_BIND_DN", "")
LDAP_BIND_PASSWORD = env.str("LDAP_BIND_PASSWORD", "")
LDAP_TIMEOUT_SECONDS = 5
LDAP_ONLY = env.bool("LDAP_ONLY", False)
if LDAP_URL:
    if bool(LDAP_USER_DN) == bool(LDAP_SEARCH_BASE):
        _stop("With LDAP_URL either LDAP_USER_DN or LDAP_SEARCH_BASE must be set.")
    _template = ("LDAP_USER_DN", LDAP_USER_DN) if LDAP_USER_DN else ("LDAP_FILTER", LDAP_FILTER)
    try:
        _names_it = _template[1].format(username="a") != _template[1].format(username="b")
    except (LookupError, ValueError):
        _names_it = False
    if not _names_it:
        _stop(f"{_template[0]} must contain {{username}} and no other braces.")
    if LDAP_BIND_DN and not LDAP_BIND_PASSWORD:
        _stop("LDAP_BIND_PASSWORD must be set with LDAP_BIND_DN.")
elif LDAP_ONLY:
    _stop("LDAP_ONLY needs LDAP_URL.")

OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_CLAIM = env.str("OIDC_CLAIM", "preferred_username")
if OIDC_ISSUER:
    AUTHENTICATION_BACKENDS.append("departments.sign_in.oidc.OidcBackend")
    OIDC_RP_CLIENT_ID = _needed("OIDC_CLIENT_ID", "OIDC_ISSUER")
    OIDC_RP_CLIENT_SECRET = _needed("OIDC_CLIENT_SECRET", "OIDC_ISSUER")
    OIDC_OP_AUTHORIZATION_ENDPOINT = _secure_address("OIDC_AUTHORIZATION_URL")
    OIDC_OP_TOKEN_ENDPOINT = _secure_address("OIDC_TOKEN_URL")
    OIDC_OP_JWKS_ENDPOINT = _secure_address("OIDC_JWKS_URL")
    OIDC_OP_USER_ENDPOINT = _secure_address("OIDC_USERINFO_URL") if env.str("OIDC_USERINFO_URL", "") else ""
    OIDC_RP_SCOPES = env.str("OIDC_SCOPES", "openid profile")
    OIDC_RP_SIGN_ALGO = "RS256"
    OIDC_USE_PKCE = True
    OIDC_CREATE_USER = False
    OIDC_MAX_STATES = 5
    OIDC_TIMEOUT = 10
    OIDC_VERIFY_SSL = CA_FILE or True

# --- audit trail ------------------------------------------------------------------------------------------------------

TRUSTED_PROXIES = _whole_number("TRUSTED_PROXIES", 0, least=0)
"""How many reverse proxies of ours a request passes. Each adds the address that it saw to X-Forwarded-For; the last one
sets X-Forwarded-Proto itself."""
AUDIT_KEEP_DAYS = _whole_number("AUDIT_KEEP_DAYS", 1095, least=180)
AUDIT_EXPORT_ROWS = 200_000
"""What one file takes; more are exported in several."""

# --- backup -----------------------------------------------------------------------------------------------------------

BACKUP_PASSPHRASE = env.str("BACKUP_PASSPHRASE", "")
if BACKUP_PASSPHRASE and len(BACKUP_PASSPHRASE) < 16:
    _stop("BACKUP_PASSPHRASE must have at least 16 characters.")
BACKUP_RECIPIENT = env.str("BACKUP_RECIPIENT", "")
if BACKUP_RECIPIENT and not BACKUP_RECIPIENT.startswith("age1"):
    _stop("BACKUP_RECIPIENT must be a public key of age's, which begins with age1.")

# --- language and clock: days are days in Asia/Shanghai, moments are stored in UTC ------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]  # our own words for what Django says to users
USE_TZ = True

# --- files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("manual", BASE_DIR / "docs" / "screenshots")]
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
EVIDENCE_ROOT = DATA_DIR / "evidence"
STORAGES = {
    "default": {
        "BACKEND": "wenshang_disclosure.files.storage.DurableStorage",
        "OPTIONS": {"location": EVIDENCE_ROOT},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
EVIDENCE_S3_BUCKET = env.str("EVIDENCE_S3_BUCKET", "")
if EVIDENCE_S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "wenshang_disclosure.files.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": EVIDENCE_S3_BUCKET,
            "endpoint_url": _web_address("EVIDENCE_S3_ENDPOINT", "EVIDENCE_S3_BUCKET"),
            "region_name": "us-east-1",  # what storage of the office's own expects or ignores
            "access_key": _needed("EVIDENCE_S3_KEY", "EVIDENCE_S3_BUCKET"),
            "secret_key": _needed("EVIDENCE_S3_SECRET", "EVIDENCE_S3_BUCKET"),
            "verify": CA_FILE or None,
            "addressing_style": "path",
            "file_overwrite": False,
            "default_acl": None,
            "max_memory_size": 5 * 1024 * 1024,
        },
    }
EVIDENCE_MAX_BYTES = _whole_number("EVIDENCE_MAX_MB", 50) * 1024 * 1024
EVIDENCE_MAX_ITEMS = 30
EVIDENCE_UNIT_MAX_BYTES = _whole_number("EVIDENCE_UNIT_MAX_GB", 20) * 1024**3
CLAMAV_SOCKET = env.str("CLAMAV_SOCKET", "")
if CLAMAV_SOCKET and "/" not in CLAMAV_SOCKET and not CLAMAV_SOCKET.rpartition(":")[2].isdecimal():
    _stop("CLAMAV_SOCKET must be the path of a socket, or host:port.")
CLAMAV_TIMEOUT_SECONDS = 30
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "wenshang_disclosure.core.web.upload_handlers.UnnamedFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640

# --- e-mail: off unless EMAIL_URL is set ------------------------------------------------------------------------------

MAIL_IS_ON = bool(env.str("EMAIL_URL", ""))
if MAIL_IS_ON:
    _scheme = env.str("EMAIL_URL").partition("://")[0]
    _ports = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
    try:
        _mail = env.email_url("EMAIL_URL") if _scheme in _ports else {}
    except ValueError:
        _mail = {}
    if not _mail.get("EMAIL_HOST"):
        _stop("EMAIL_URL must begin with smtp://, smtp+tls:// or smtp+ssl:// and name a host.")
    EMAIL_BACKEND, EMAIL_HOST = _mail["EMAIL_BACKEND"], _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"] or _ports[_scheme]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "wenshang@localhost")
if not all(parseaddr(DEFAULT_FROM_EMAIL)[1].partition("@")) or not DEFAULT_FROM_EMAIL.isprintable():
    _stop("EMAIL_FROM must be an e-mail address, with a name before it in the form Name <address> where one is wanted.")
VIEW_MAIL_ADDRESSES = [address.strip().lower() for address in env.list("VIEW_MAIL_ADDRESSES", default=[])]
if _not_addresses := [address for address in VIEW_MAIL_ADDRESSES if not re.fullmatch(r"[^@\s]+@[^@\s*]+", address)]:
    _stop(f"VIEW_MAIL_ADDRESSES must be e-mail addresses or *@domain, separated by commas; not {_not_addresses[0]}.")

# --- what a browser is told -------------------------------------------------------------------------------------------

BEHIND_TLS = env.bool("BEHIND_TLS", not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
if BEHIND_TLS:  # a browser takes these names over TLS, from this host alone, for every path
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
"""HSTS for subdomains and preload bind other systems of the office's domain: set them in nginx where wanted."""
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "wenshang_disclosure.core.web.middleware.stale_form"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [NONE],
    }
}

# --- lists ------------------------------------------------------------------------------------------------------------

DJANGO_TABLES2_TEMPLATE = "common/table.html"
PAGE_SIZES = (20, 50, 100, 200)
PAGE_SIZE = 50

# --- limits: how often a person may do what costs much ----------------------------------------------------------------

API_REQUESTS_PER_MINUTE = 120
SEARCHES_PER_MINUTE = 60
UPLOADS_PER_HOUR = 300
EXPORTS_PER_HOUR = 120

# --- watching it ------------------------------------------------------------------------------------------------------

LOGGING = logs.configuration(_one_of("LOG_FORMAT", logs.FORMATS, logs.LINE), _one_of("LOG_LEVEL", logs.LEVELS, "INFO"))
SLOW_REQUEST_MS = 1000
DISK_LEAST_FREE_MB = 1024
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if METRICS_TOKEN and (len(METRICS_TOKEN) < 32 or not METRICS_TOKEN.isascii()):
    _stop("METRICS_TOKEN must have at least 32 characters, ASCII only.")

# --- the web server (deploy/gunicorn.conf.py) -------------------------------------------------------------------------

WEB_WORKERS = _whole_number("WEB_WORKERS", (os.cpu_count() or 1) + 1)
WEB_THREADS = 4
WEB_LISTEN = env.str("WEB_LISTEN", "127.0.0.1:8000")
if not re.fullmatch(r"unix:.+|fd://\d+|([\w.-]+|\[[0-9A-Fa-f:]+\])?:\d{1,5}", WEB_LISTEN):
    _stop("WEB_LISTEN must be host:port or unix:path.")
