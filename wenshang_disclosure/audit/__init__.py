"""The security audit trail (安全审计): entries that are added and chained, never changed; knows nobody."""
