//! The situations of tests/situations, and the answer of a judge to one.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test binary uses a part of it"
)]

mod answer;
mod condition;
mod situation;

pub(crate) use answer::Answer;
pub(crate) use situation::{Expectation, Situation, Step, Verdict, directory, read_yaml};
