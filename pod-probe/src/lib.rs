//! Probes and lifecycle hooks as the kubelet runs them.
//!
//! [`Probes::of`] and [`Hooks::of`] take a container whose defaults are filled
//! in (`pod_model::defaults`) and give plain data: which request or command the
//! kubelet sends where, and when. What only the running Pod knows, its address,
//! stays open.

mod certificate;
mod command;
mod forecast;
mod grpc;
mod handler;
mod hooks;
pub mod http;
mod judgement;
mod known_bugs;
mod port;
mod probes;
mod request;
mod shutdown;
mod verdict;
mod worker;

pub use certificate::Certificate;
pub use command::expand_command;
pub use forecast::{
    Assumptions, ContainerPlan, Effort, Event, Happening, Kind, MAX_HORIZON, PodPlan, ProbePlan,
    Reason, RestartAction, RestartPolicy, RestartRule, Standard, StopTakes, forecast,
    forecast_with, standard,
};
pub use grpc::{CHECK_PATH, GrpcAnswer, MAX_ANSWER, check_request, grpc_user_agent, judge_grpc};
pub use handler::Handler;
pub use hooks::{Hook, Hooks};
pub use judgement::{Execution, Judgement, MAX_OUTPUT, judge_exec, judge_tcp};
pub use known_bugs::{BugId, KNOWN_BUGS, KnownBug, known_bugs};
pub use port::{PortError, resolve_port};
pub use probes::{GracePeriodOrigin, Probe, ProbeKind, Probes};
pub use request::{Header, HttpRequest, Purpose};
pub use shutdown::{
    DeletionGrace, GraceOrigin, HookLoop, HookTime, ShutdownAssumptions, ShutdownEvent,
    ShutdownPlan, ShutdownReason, ShutdownRole, ShutdownStep, SigtermReaction, StoppingContainer,
    hook_loop, shutdown, sigterm_reaction,
};
pub use verdict::Verdict;
pub use worker::{ProbeResult, Schedule, Worker, WorkerState};
