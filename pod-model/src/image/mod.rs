//! Names of images: what the kubelet can pull, and when it does.

mod check;
mod name;

pub use check::check;
pub use name::{ImageName, ImageNameError, pull_policy};
