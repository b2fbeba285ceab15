SELECT count(to_regclass('public._sqlx_migrations')) AS tables
