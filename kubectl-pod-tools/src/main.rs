//! The `kubectl pod-tools` plugin.
fn main() {}
