"""Settings saved in a backup: an allow list without secrets."""

import os

KEPT = (
    "ALLOWED_HOSTS",
    "AUDIT_KEEP_DAYS",
    "BACKUP_RECIPIENT",
    "BEHIND_TLS",
    "CA_FILE",
    "CLAMAV_SOCKET",
    "DATA_DIR",
    "EMAIL_FROM",
    "EVIDENCE_MAX_MB",
    "EVIDENCE_S3_BUCKET",
    "EVIDENCE_S3_ENDPOINT",
    "EVIDENCE_UNIT_MAX_GB",
    "LDAP_FILTER",
    "LDAP_ONLY",
    "LDAP_PLAIN",
    "LDAP_SEARCH_BASE",
    "LDAP_USER_DN",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "OIDC_AUTHORIZATION_URL",
    "OIDC_CLAIM",
    "OIDC_CLIENT_ID",
    "OIDC_ISSUER",
    "OIDC_JWKS_URL",
    "OIDC_SCOPES",
    "OIDC_TOKEN_URL",
    "OIDC_USERINFO_URL",
    "SECOND_FACTOR_ROLES",
    "SESSION_IDLE_MINUTES",
    "SITE_URL",
    "TRUSTED_PROXIES",
    "WEB_LISTEN",
    "WEB_WORKERS",
)


def as_env_file():
    """Return the listed settings that are set, as the text of an `.env` file."""
    return "".join(f"{name}={os.environ[name]}\n" for name in KEPT if name in os.environ)
