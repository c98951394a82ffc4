//! The targets of a command: `NAME`, `TYPE/NAME`, `TYPE NAME`, a TYPE with selectors, or
//! `-f FILE`.
//!
//! [`parse`] turns words and flags into [`TargetRef`]s, [`resolve`] finds their types and
//! namespaces on a server, and [`choose_documents`] finds them among the objects of files.
//! [`load`] does all of that for `explain-*`.

mod args;
mod candidate;
mod choice;
mod choose;
mod flags;
mod live;
mod load;
mod lookup_context;
mod object;
mod parse;
mod resolve;
mod selector;
mod spec;
mod target;
mod types;
mod written;

pub(crate) use args::ExplainTargetArgs;
pub(crate) use candidate::{Candidate, Loaded, pieces};
pub(crate) use choice::Namespaces;
pub(crate) use choose::choose_documents;
pub(crate) use flags::{SelectionFlags, TargetArgs};
pub(crate) use live::fetch;
pub(crate) use load::{load, reload};
pub(crate) use lookup_context::{LocalObject, LookupContext};
pub(crate) use parse::{check_pod_template, parse, type_needs_name};
pub(crate) use resolve::{ObjectSelection, ResolvedTarget, current_namespace, resolve};
pub(crate) use spec::{TargetRef, TargetSpec, TypeRef};
pub(crate) use target::{Target, TargetId, TemplateObject, template_path};
pub(crate) use types::{TypeTimeout, TypeUse, Types};
