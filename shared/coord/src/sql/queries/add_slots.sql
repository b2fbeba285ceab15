INSERT INTO provider_slots (provider, holder, slots, lease_until_us) VALUES ($1, $2, $3, $4)
