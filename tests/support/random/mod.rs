//! Random objects that upstream can decode, for tests that compare what it
//! makes of them with what we make of them.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test is a crate of its own and uses a part of it"
)]

mod container;
mod env;
mod job;
mod parts;
mod pod;
pub mod quantity;
mod rng;
pub mod secrets;
pub mod status;
mod volume;

pub use env::{AGAIN, EnvWorld, env_pod, env_world};
pub use job::{cron_job, job};
pub use pod::pod;
pub use rng::Rng;
