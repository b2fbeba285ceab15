SELECT org_id, schedule_id
FROM public.due_schedules($1)
