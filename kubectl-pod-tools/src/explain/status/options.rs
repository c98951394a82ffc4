//! A checked command line of `explain-status`.

use crate::explain::args::ExplainOptions;

/// Options of `explain-status`.
#[derive(Clone, Debug)]
pub(super) struct StatusOptions {
    pub explain: ExplainOptions,
}
