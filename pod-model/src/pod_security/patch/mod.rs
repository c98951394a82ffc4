//! The least change of a Pod that reaches a level of the Pod Security Standards.
//!
//! It follows from the violations alone, and each edit mends at least one that no other edit
//! mends. A field that the Pod and its containers have is set for the Pod, once.

mod containers;
mod least;
mod level_patch;
mod places;
mod refused;
#[cfg(test)]
mod tests;
mod users;
mod volumes;

pub use least::least_patch;
pub use level_patch::{LevelEdit, LevelPatch};
pub use users::Images;
