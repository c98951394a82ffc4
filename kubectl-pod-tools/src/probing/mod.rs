//! Runs declared probes.

pub mod attempt;
