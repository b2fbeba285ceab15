//! Redis in front of the rows: a faster way to be refused, and a copy of what may be some seconds old (docs/decisions/0021-redis.md).
//!
//! Nothing here grants anything. Where Redis says that somebody leads, that a limit is reached or that a hint was heard a moment ago, the rows are not asked; where it
//! says anything else, or nothing, they decide as they do without it. So an emptied, restarted or foreign Redis costs time alone, and two processes of which
//! one does not reach it agree all the same.

mod flights;
mod gates;
mod link;
mod outage;
mod pacing;
mod run_flights;
mod version_cache;

pub use flights::RedisFlights;
pub use gates::RedisGates;
pub use link::{LinkError, RedisLink};
pub use run_flights::RedisRunFlights;
pub use version_cache::RedisVersionCache;
