"""Security audit trail (安全审计): append-only, hash-chained entries. Depends on no app."""
