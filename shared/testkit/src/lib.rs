//! Test doubles and fixtures: clock, ids, a database per test.
