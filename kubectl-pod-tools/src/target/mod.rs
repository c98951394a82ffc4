//! What a command is about: `NAME`, `TYPE/NAME`, `TYPE NAME`, `-l SELECTOR` or
//! `-f FILE`, each a Pod or something that makes Pods.

mod args;
mod load;
mod subject;
mod words;

pub(crate) use args::{Chosen, TargetArgs};
pub(crate) use load::{Neighbour, Surroundings, items, load};
pub(crate) use subject::{Target, TargetId};
