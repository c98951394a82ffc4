//! Renders blocks as one HTML page: it refers to nothing outside of itself, has no script, follows
//! the reader's light or dark colours, and prints as black on white.

mod blocks;
mod page;
mod parts;
mod source;
mod style;
mod timeline;

pub(crate) use page::{Page, PageItem, PageSection};
pub(crate) use source::SourceLines;
