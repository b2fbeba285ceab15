INSERT INTO public.dead_letters (dead_letter_id, queue, payload, payload_bytes, reason, met_by, met_at_us)
VALUES (uuid_send(gen_random_uuid()), $1, $2, $3, $4, $5, public.now_us())
