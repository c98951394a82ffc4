//! Reports to text. Renderers know blocks, not commands: a new command needs
//! no renderer, a new format no command.

mod block;
mod comments;
mod findings;
mod format;
#[cfg(test)]
mod golden_tests;
mod structured;
mod table;
mod text;
mod text_writer;
mod timeline;
mod tree;
mod wrap;
mod yaml;

pub(crate) use block::{Block, Cell, Table, Tone};
pub(crate) use comments::{Comments, to_commented_yaml};
pub(crate) use findings::{LocatedFinding, finding_to_text};
pub(crate) use format::{Format, Formats};
pub(crate) use structured::{Structured, push_json, push_json_line, to_structured};
pub(crate) use text::to_text;
pub(crate) use yaml::to_yaml;
