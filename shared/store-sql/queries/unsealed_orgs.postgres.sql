SELECT org_id, since_us
FROM public.unsealed_orgs($1)
