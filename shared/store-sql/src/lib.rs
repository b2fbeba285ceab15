//! The storage port on SQL engines: one body, one query file per method.
