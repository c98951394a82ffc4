//! Actions of probes and hooks.
//!
//! Upstream: `validateHandler` and what it calls, in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{
    ExecAction, GRPCAction, HTTPGetAction, LifecycleHandler, Probe, SleepAction, TCPSocketAction,
};

use super::errors::{Errors, invalid_message};
use super::path::Path;
use super::{names, ports};
use crate::features::Gate;
use crate::version::KubernetesVersion;

const SCHEMES: [&str; 2] = ["HTTP", "HTTPS"];

/// A handler of a probe or a hook; neither has all of them.
pub(super) struct Handler<'a> {
    /// Those that it can have, for people.
    actions: &'static str,
    exec: Option<&'a ExecAction>,
    http_get: Option<&'a HTTPGetAction>,
    tcp_socket: Option<&'a TCPSocketAction>,
    grpc: Option<&'a GRPCAction>,
    sleep: Option<&'a SleepAction>,
}

impl<'a> From<&'a Probe> for Handler<'a> {
    fn from(probe: &'a Probe) -> Self {
        Self {
            actions: "`exec`, `httpGet`, `tcpSocket` or `grpc`",
            exec: probe.exec.as_ref(),
            http_get: probe.http_get.as_ref(),
            tcp_socket: probe.tcp_socket.as_ref(),
            grpc: probe.grpc.as_ref(),
            sleep: None,
        }
    }
}

impl<'a> From<&'a LifecycleHandler> for Handler<'a> {
    fn from(hook: &'a LifecycleHandler) -> Self {
        Self {
            actions: "`exec`, `httpGet`, `tcpSocket` or `sleep`",
            exec: hook.exec.as_ref(),
            http_get: hook.http_get.as_ref(),
            tcp_socket: hook.tcp_socket.as_ref(),
            grpc: None,
            sleep: hook.sleep.as_ref(),
        }
    }
}

impl Handler<'_> {
    /// `grace_period` is how long the Pod may take to end, in seconds.
    pub(super) fn validate(
        &self,
        grace_period: Option<i64>,
        version: KubernetesVersion,
        path: &Path<'_>,
        errors: &mut Errors,
    ) {
        let mut first = None;
        if let Some(exec) = self.exec
            && is_only(&mut first, "exec", path, errors)
            && exec.command.as_deref().is_none_or(<[String]>::is_empty)
        {
            let path = path.field("exec");
            errors.required(&path.field("command"), "the command is required");
        }
        if let Some(action) = self.http_get
            && is_only(&mut first, "httpGet", path, errors)
        {
            http_get(action, &path.field("httpGet"), errors);
        }
        if let Some(action) = self.tcp_socket
            && is_only(&mut first, "tcpSocket", path, errors)
        {
            let path = path.field("tcpSocket");
            ports::reference(&action.port, &path.field("port"), errors);
        }
        if let Some(action) = self.grpc
            && is_only(&mut first, "grpc", path, errors)
        {
            let path = path.field("grpc");
            ports::number(action.port, &path.field("port"), errors);
        }
        if let Some(action) = self.sleep
            && is_only(&mut first, "sleep", path, errors)
        {
            sleep(action, grace_period, version, &path.field("sleep"), errors);
        }
        if first.is_none() {
            errors
                .required(path, "the action is required")
                .help(format!("set one of {}", self.actions));
        }
    }
}

/// The first action counts, and none is allowed after it.
fn is_only(
    first: &mut Option<&'static str>,
    action: &'static str,
    path: &Path<'_>,
    errors: &mut Errors,
) -> bool {
    if let Some(first) = first {
        errors
            .forbidden(
                &path.field(action),
                format!("cannot combine `{action}` and `{first}`"),
            )
            .help("remove one of them");
        return false;
    }
    *first = Some(action);
    true
}

fn http_get(action: &HTTPGetAction, path: &Path<'_>, errors: &mut Errors) {
    if action.path.as_deref().is_none_or(str::is_empty) {
        errors.required(&path.field("path"), "the path of the request is required");
    }
    ports::reference(&action.port, &path.field("port"), errors);
    let scheme = action.scheme.as_deref().unwrap_or_default();
    errors.one_of(&path.field("scheme"), scheme, "scheme", &SCHEMES);
    let headers = path.field("httpHeaders");
    for (i, header) in action.http_headers.iter().flatten().enumerate() {
        if let Some(wrong) = names::header_name(&header.name) {
            let at = headers.index(i);
            errors
                .invalid(
                    &headers,
                    invalid_message(&header.name, "header name", &wrong),
                )
                .display_path(&at.field("name"));
        }
    }
}

/// Upstream: `validateSleepAction`.
fn sleep(
    action: &SleepAction,
    grace_period: Option<i64>,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let least = i64::from(!Gate::PodLifecycleSleepActionAllowZero.is_on(version));
    let seconds = action.seconds;
    let Some(grace_period) = grace_period else {
        return;
    };
    if seconds > grace_period {
        errors
            .invalid(path, format!("a sleep of {seconds} seconds exceeds the grace period of {grace_period} seconds"))
            .help("raise terminationGracePeriodSeconds, or reduce the sleep");
    } else if seconds < least {
        errors.invalid(
            path,
            format!("sleep must be at least {least} seconds, found {seconds}"),
        );
    }
}
