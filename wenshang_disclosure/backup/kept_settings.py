"""The settings that go into a backup: those on this list, none of them a secret; whatever is new is left out."""

import os

KEPT = (
    "ALLOWED_HOSTS",
    "AUDIT_KEEP_DAYS",
    "BEHIND_TLS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_CONN_MAX_AGE",
    "DATABASE_STATEMENT_TIMEOUT_SECONDS",
    "DATA_DIR",
    "EMAIL_FROM",
    "EMAIL_TIMEOUT_SECONDS",
    "EVIDENCE_MAX_ITEMS",
    "EVIDENCE_MAX_MB",
    "EVIDENCE_S3_BUCKET",
    "EVIDENCE_S3_CA_FILE",
    "EVIDENCE_S3_ENDPOINT",
    "EVIDENCE_S3_REGION",
    "LOG_LEVEL",
    "REPLICA_WAIT_SECONDS",
    "SESSIONS_IN_CACHE",
    "SESSION_HOURS",
    "SESSION_IDLE_MINUTES",
    "SITE_URL",
    "TRUSTED_PROXIES",
    "TRUST_X_FORWARDED_PROTO",
)


def as_env_file():
    """Give those that are set, in the form of an `.env` file."""
    return "".join(f"{name}={os.environ[name]}\n" for name in KEPT if name in os.environ)
