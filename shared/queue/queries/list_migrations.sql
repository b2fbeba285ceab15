SELECT version FROM apalis._sqlx_migrations WHERE success
