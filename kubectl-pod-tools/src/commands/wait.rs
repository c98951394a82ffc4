//! `wait`.

use crate::command::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
pub(crate) use crate::wait::WaitArgs;

impl Command for WaitArgs {
    fn run(self, context: &Context) -> Result<Exit, CommandError> {
        self.wait(context)
    }
}
