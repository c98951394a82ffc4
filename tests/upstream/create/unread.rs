//! Why flags make no object: what is said, and how often the random lines come to
//! it. Nothing of this can be shown to upstream: the API has no place for it.

/// The first line of each message, without what it quotes.
pub(crate) const ROWS: &[(&str, usize)] = &[];
