SELECT kind, key_id, mac
FROM key_checks
ORDER BY kind, key_id
