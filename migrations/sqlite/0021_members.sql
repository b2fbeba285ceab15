-- The members of a fleet (api.md, `GET /v1/fleet`): what each process last told of itself. They belong to no org, and nothing depends on
-- them: a row that is missing or old changes what people see and no claim. The row of a member that is gone is the next one's to take.
CREATE TABLE members (
    incarnation TEXT NOT NULL PRIMARY KEY,
    duty TEXT NOT NULL CHECK (duty IN ('worker', 'scheduler')),
    build TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    seen_at_us INTEGER NOT NULL,
    -- In order, by its own word; its row says nothing of now.
    left_at_us INTEGER,
    slots INTEGER NOT NULL CHECK (slots >= 0),
    in_flight INTEGER NOT NULL CHECK (in_flight >= 0),
    -- Of the last minute, or of as much of it as the member lived.
    window_ms INTEGER NOT NULL CHECK (window_ms >= 0),
    cells_ended INTEGER NOT NULL CHECK (cells_ended >= 0),
    slots_held_ms INTEGER NOT NULL CHECK (slots_held_ms >= 0)
) STRICT;
