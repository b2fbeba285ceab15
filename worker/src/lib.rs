//! What a cell does: claim, build, call, check, record.
