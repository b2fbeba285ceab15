//! The HTTP surface: router, extractors, wire types, problems, OpenAPI.
