//! Renders reports. Renderers know blocks, not commands: a new command needs no renderer, and
//! a new format no command.

mod block;
mod cell;
mod comments;
mod findings;
mod format;
#[cfg(test)]
mod golden_tests;
mod html;
mod json;
mod markup;
mod structured;
mod svg;
mod table;
mod text;
mod text_writer;
mod timeline;
mod tree;
mod wrap;
mod yaml;

pub(crate) use block::Block;
pub(crate) use cell::{Cell, Tone};
pub(crate) use comments::{Comments, to_commented_yaml};
pub(crate) use findings::{LocatedFinding, finding_to_text};
pub(crate) use format::{Format, Formats};
pub(crate) use html::{Page, PageItem, PageSection, SourceLines};
pub(crate) use json::{push_json, push_json_line};
pub(crate) use structured::{Structured, to_structured};
pub(crate) use svg::to_svg;
pub(crate) use table::Table;
pub(crate) use text::to_text;
pub(crate) use timeline::{TimelineEvent, in_minutes, time_range};
pub(crate) use tree::TreeNode;
pub(crate) use wrap::wrap;
pub(crate) use yaml::to_yaml;
