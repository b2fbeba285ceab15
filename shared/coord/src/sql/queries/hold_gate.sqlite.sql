INSERT INTO provider_gates (provider) VALUES (?1)
ON CONFLICT (provider) DO UPDATE SET reason = provider_gates.reason
RETURNING CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000, blocked_until_us, requests_until_us, tokens_until_us
