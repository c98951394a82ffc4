//! What a command is about: `NAME`, `TYPE/NAME`, `TYPE NAME`, `-l SELECTOR` or
//! `-f FILE`, each a Pod or something that makes Pods.

mod args;
mod candidate;
mod load;
mod selector;
mod subject;
mod words;

pub(crate) use args::{Chosen, TargetArgs};
pub(crate) use candidate::Candidate;
pub(crate) use load::{Loaded, LocalObject, Surroundings, load};
pub(crate) use selector::{parse_field_selector, parse_label_selector};
pub(crate) use subject::{Target, TargetId};
pub(crate) use words::check_word;
