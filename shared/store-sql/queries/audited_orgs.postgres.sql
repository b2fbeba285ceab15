SELECT a.org_id FROM public.audited_orgs() AS a
