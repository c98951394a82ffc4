//! What a command is about: `NAME`, `TYPE/NAME`, `TYPE NAME`, `-l SELECTOR` or
//! `-f FILE`, each a Pod or something that makes Pods.

mod args;
mod candidate;
mod load;
mod selector;
mod subject;
mod words;

/// For tests alone: why a label selector is refused, or `None`.
pub fn label_selector_error(text: &str) -> Option<String> {
    check_label_selector(text)
        .err()
        .map(|failure| failure.message)
}

pub(crate) use args::{Chosen, TargetArgs};
pub(crate) use candidate::Candidate;
pub(crate) use load::{Loaded, Neighbour, Surroundings, load};
pub(crate) use selector::{check_field_selector, check_label_selector};
pub(crate) use subject::{Target, TargetId};
pub(crate) use words::check_word;
