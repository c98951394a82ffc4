//! The flags that every command has.

use std::sync::Arc;

use clap::Args;
use pod_model::KubernetesVersion;

use crate::connection::ConnectionFlags;
use crate::context::Context;
use crate::flag_value::parse_count;
use crate::ui::{ColorChoice, Ui};

/// The same on every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct SharedArgs {
    /// Colour the output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Output"
    )]
    color: ColorChoice,

    /// Print only errors and warnings
    #[arg(short, long, global = true, help_heading = "Output")]
    quiet: bool,

    /// Verbosity; 6 and above logs each request to the server
    #[arg(
        short,
        long = "v",
        global = true,
        value_name = "N",
        value_parser = parse_count,
        allow_negative_numbers = true,
        default_value = "0",
        help_heading = "Output",
        hide_short_help = true
    )]
    verbosity: u32,

    /// Version whose rules apply; the server's own where one is asked [default: 1.35]
    #[arg(long, global = true, value_name = "VERSION", help_heading = "Rules")]
    kubernetes_version: Option<KubernetesVersion>,

    // Last: help shows the flags in this order.
    #[command(flatten)]
    connection: ConnectionFlags,
}

impl SharedArgs {
    /// The surroundings that the flags describe.
    pub(crate) fn into_context(self) -> Context {
        // No level above is another one.
        let verbosity = u8::try_from(self.verbosity).unwrap_or(u8::MAX);
        let ui = Ui::new(self.color, self.quiet, verbosity);
        Context {
            ui: Arc::new(ui.with_cluster_flags(self.connection.as_typed())),
            connection: self.connection,
            kubernetes_version: self.kubernetes_version,
        }
    }
}
