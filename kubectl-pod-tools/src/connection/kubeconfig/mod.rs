//! kubeconfig files, and what the flags choose from them.

mod choose;
mod effective;
mod files;

pub(super) use effective::effective;
