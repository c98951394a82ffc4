//! One attempt of a probe, as the kubelet runs it: up to three tries over a given connection or a
//! given way to run commands, each judged by `pod-probe`.
//!
//! [`run`] asks a [`Way`] for connections and an [`Executor`] for commands; it opens nothing else.

mod direct;
mod executor;
mod grpc;
mod http;
mod http2;
mod limit;
mod local;
mod outcome;
mod preface;
mod records;
mod run;
mod tls;
mod tries;
mod way;

pub use direct::Direct;
pub use executor::Executor;
pub use local::LocalExecutor;
pub use outcome::{Attempt, TlsFacts};
pub use run::{Target, run};
pub use way::{ByteStream, ConnectError, Stream, Way};
