//! A checked command line of `explain-hooks`.

use super::assumed::ShutdownAssumed;
use crate::explain::args::ExplainOptions;

/// Options of `explain-hooks`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct HooksOptions {
    pub explain: ExplainOptions,
    pub assumed: ShutdownAssumed,
    /// `--grace`: the grace period that a deletion asks for, in seconds.
    pub grace: Option<u64>,
}
