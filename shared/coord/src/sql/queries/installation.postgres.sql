-- What no other database has, nor this one under another name: when its first migration ran.
SELECT current_database() || '-' || floor(extract(epoch FROM m.installed_on) * 1000000)::bigint::text
FROM public._sqlx_migrations AS m
ORDER BY m.version
LIMIT 1
