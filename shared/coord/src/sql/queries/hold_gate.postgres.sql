-- The clock is read once the row is held: who waited for it comes after who held it.
INSERT INTO provider_gates (provider) VALUES ($1)
ON CONFLICT (provider) DO UPDATE SET reason = provider_gates.reason
RETURNING public.now_us(), blocked_until_us, requests_until_us, tokens_until_us
