//! An HTTP server that speaks the vendors' wire formats: deterministic, scriptable.
