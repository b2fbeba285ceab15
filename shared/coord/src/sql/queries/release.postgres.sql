UPDATE single_flights SET lease_until_us = 0 WHERE name = $1 AND fence = $2
