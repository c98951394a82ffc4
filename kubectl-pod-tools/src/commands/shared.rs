//! The flags that every command has.

use std::sync::Arc;

use clap::Args;
use pod_model::KubernetesVersion;

use crate::connection::ConnectionFlags;
use crate::context::Context;
use crate::ui::{ColorChoice, Ui};

/// The same on every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct SharedArgs {
    #[command(flatten)]
    connection: ConnectionFlags,

    /// When to colour
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Output"
    )]
    color: ColorChoice,

    /// Say only what is wrong
    #[arg(short, long, global = true, help_heading = "Output")]
    quiet: bool,

    /// Say more: 6 and above names each request to the server
    #[arg(
        short,
        long = "v",
        global = true,
        value_name = "LEVEL",
        default_value_t = 0,
        help_heading = "Output",
        hide_short_help = true
    )]
    verbosity: u8,

    /// Version whose rules apply; the server's own where one is asked [default: 1.35]
    #[arg(long, global = true, value_name = "VERSION", help_heading = "Rules")]
    kubernetes_version: Option<KubernetesVersion>,
}

impl SharedArgs {
    /// The surroundings that the flags describe.
    pub(crate) fn into_context(self) -> Context {
        Context {
            ui: Arc::new(Ui::new(self.color, self.quiet, self.verbosity)),
            connection: self.connection,
            kubernetes_version: self.kubernetes_version,
        }
    }
}
