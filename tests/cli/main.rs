//! The command line from outside: arguments, files and a scripted API server
//! in, standard output, standard error and exit code out.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "snapbox writes its snapshots so"
)]

#[path = "../support/apiserver.rs"]
mod apiserver;
#[path = "../support/pty.rs"]
mod pty;
#[path = "../support/cli.rs"]
mod support;

mod answers;
mod apply;
mod attached;
mod attached_output;
mod bounds;
mod broken;
mod broken_streams;
mod closed;
mod completion;
mod connection;
mod connection_requests;
mod create;
mod create_base;
mod create_contradictions;
mod create_examples;
mod create_flags;
mod create_followed;
mod create_from_cron_job;
mod create_generated;
mod create_overrides;
mod create_version;
mod credentials;
mod custom_targets;
mod env_kinds;
mod env_look_ups;
mod env_many_targets;
mod env_mounts;
mod env_rules;
mod env_table;
mod errors;
mod explain_all;
mod explain_all_live;
mod explain_env;
mod explain_hooks;
mod explain_hooks_live;
mod explain_job;
mod explain_job_cron;
mod explain_job_live;
mod explain_job_phrases;
mod explain_job_situations;
mod explain_probes;
mod explain_probes_findings;
mod explain_probes_hostile;
mod explain_probes_live;
mod explain_probes_past;
mod explain_probes_refused;
mod explain_probes_runs;
mod explain_probes_times;
mod explain_probes_truth;
mod explain_resources;
mod explain_resources_class;
mod explain_resources_known;
mod explain_resources_node;
mod explain_scheduling;
mod explain_scheduling_created;
mod explain_scheduling_live;
mod explain_scheduling_named;
mod explain_scheduling_others;
mod explain_scheduling_places;
mod explain_security;
mod explain_security_fix;
mod explain_security_live;
mod explain_security_namespace;
mod explain_security_patch;
mod explain_security_pod;
mod explain_status;
mod explain_status_live;
mod exports;
mod file_targets;
mod flag_values;
mod foreign;
mod foreign_changes;
mod help;
mod hints;
mod hostile;
mod image_config;
mod input;
mod lists;
mod local_first;
mod look_ups;
mod oidc;
mod output;
mod places;
mod plain_http;
mod plugins;
mod probe;
mod programs;
mod proxy;
mod ranges;
mod refused;
mod rule_examples;
mod rules;
mod runners;
mod secret_properties;
mod secrets;
mod server_fields;
mod targets;
mod terminal;
mod tls;
mod trace;
mod usage;
mod validate;
mod verify;
mod verify_usage;
mod version;
mod wait;
mod wait_clock;

/// A Pod that every schema takes.
pub(crate) const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
";
