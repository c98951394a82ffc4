//! `probe`.

use crate::command::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
pub(crate) use crate::probing::ProbeArgs;

impl Command for ProbeArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        self.probe(context)
    }
}
