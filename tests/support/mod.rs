//! Helpers shared by tests.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod cluster;
pub(crate) mod namespace;
pub(crate) mod waiting;
