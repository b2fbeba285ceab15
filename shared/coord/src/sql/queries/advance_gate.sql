UPDATE provider_gates SET requests_until_us = $2, tokens_until_us = $3 WHERE provider = $1
