SET LOCAL ROLE stet_owner
