//! `explain-env`: what each container will see, and where it comes from.

mod args;
mod explain;
mod fold;
mod gather;
mod image;
mod near;
mod options;
mod report;
mod run;
mod text;
mod verify;

pub(crate) use args::ExplainEnvArgs;
