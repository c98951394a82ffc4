//! From each violation to the edit that mends it.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::json;

use super::containers::Containers;
use super::level_patch::{LevelEdit, LevelPatch};
use super::places::{is_index, last_field, pod_context};
use super::refused;
use super::users::{Images, Users, not_starting};
use super::volumes::other_type;
use crate::edit::Edit;
use crate::path::{FieldPath, Segment};
use crate::pod_security::{LevelVersion, Violation, evaluate};
use crate::version::KubernetesVersion;

/// Reason why a written `allowPrivilegeEscalation: true` is not overruled silently.
const ON_PURPOSE: &str = "it is true on purpose, perhaps: setuid programs such as sudo need it";

impl LevelPatch {
    /// Returns the least change with which a Pod meets a level, asked of a server's library. The server's validation is
    /// asked about the result.
    pub fn of(
        at: LevelVersion,
        server: KubernetesVersion,
        metadata: &ObjectMeta,
        spec: &PodSpec,
        images: Images<'_>,
    ) -> Self {
        let evaluation = evaluate(at, server, metadata, spec);
        let violations: Vec<Violation> = evaluation.violations().cloned().collect();
        let mut patch = least_patch(&violations, spec, images);
        refused::check(&mut patch, metadata, spec, server);
        patch
    }
}

/// Returns the least change of a Pod that mends `violations`, which are those of this Pod. Nobody has asked whether a
/// server takes it: [`LevelPatch::of`] does.
///
/// Defaults of a server in `spec` are taken as if they had been written.
pub fn least_patch(violations: &[Violation], spec: &PodSpec, images: Images<'_>) -> LevelPatch {
    let planner = Planner {
        spec,
        containers: Containers::of(spec, violations),
        users: Users::of(spec, images),
        is_windows: spec.os.as_ref().is_some_and(|os| os.name == "windows"),
    };
    let mut patch = LevelPatch::default();
    let mut known = HashSet::new();
    let mut add = |edit: Edit, check, decision| {
        if known.insert(edit.path.clone()) {
            patch.edits.push(LevelEdit {
                edit,
                check,
                decision,
            });
        }
    };
    let mut left = Vec::new();
    for violation in violations {
        let check = violation.check;
        match planner.edit(violation) {
            None => left.push(violation.clone()),
            Some((edit, decision)) => add(edit, check, decision),
        }
        if check == "privileged" {
            let others = planner.containers.without_privileged(&violation.path);
            for (edit, decision) in others {
                add(edit, check, Some(decision));
            }
        }
    }
    let of = |check| -> Vec<&FieldPath> {
        let all = patch.edits.iter().filter(|own| own.check == check);
        all.map(|own| &own.edit.path).collect()
    };
    let starts = planner.users.starts(&of("runAsNonRoot"), &of("runAsUser"));
    patch.depends_on_image = starts.open;
    patch.not_starting = not_starting(&starts.refused);
    patch.left = left;
    patch
}

struct Planner<'a> {
    spec: &'a PodSpec,
    containers: Containers<'a>,
    users: Users<'a>,
    is_windows: bool,
}

/// An edit, and the reason why a person has to decide.
type Planned = (Edit, Option<String>);

impl Planner<'_> {
    /// Returns the edit that mends a violation, or `None` if there is none.
    fn edit(&self, violation: &Violation) -> Option<Planned> {
        let path = &violation.path;
        let decide = |edit: Edit, why: &str| Some((edit, Some(why.to_owned())));
        let set = |value: serde_json::Value| Edit::set(path.clone(), value);
        // The API server refuses these fields for Windows.
        let is_refused = self.is_windows;
        match violation.check {
            "allowPrivilegeEscalation" if !is_refused => {
                let why = self.containers.needs_escalation(path);
                let why = why.or_else(|| (!violation.is_missing).then(|| ON_PURPOSE.to_owned()));
                Some((set(json!(false)), why))
            }
            "capabilities_restricted" | "capabilities_baseline"
                if last_field(path) == Some("drop") =>
            {
                (!is_refused).then(|| (self.containers.drop_all(path), None))
            }
            "capabilities_restricted" | "capabilities_baseline" => {
                let (edit, names) = self.containers.without_added(path)?;
                Some((edit, Some(format!("the container asks for {names}"))))
            }
            "runAsNonRoot" if violation.is_missing => {
                let path = pod_context("runAsNonRoot");
                let why = self.users.why_not_non_root(&path);
                Some((Edit::set(path, true), why))
            }
            "runAsNonRoot" => {
                let why = self.users.why_not_non_root(path);
                let why = why.unwrap_or_else(|| "it is false on purpose, perhaps".to_owned());
                decide(set(json!(true)), &why)
            }
            "runAsUser" => {
                let why = self.users.without_root(path);
                decide(Edit::remove(path.clone()), &why)
            }
            "seccompProfile_restricted" | "seccompProfile_baseline"
                if violation.is_missing && last_field(path) == Some("seccompProfile") =>
            {
                let profile = json!({"type": "RuntimeDefault"});
                let path = pod_context("seccompProfile");
                (!is_refused).then(|| (Edit::set(path, profile), None))
            }
            "seccompProfile_restricted" | "seccompProfile_baseline" | "appArmorProfile" => {
                let value = match path.segments().first() {
                    Some(Segment::Field(name)) if name == "metadata" => "runtime/default",
                    _ if last_field(path) == Some("type") => "RuntimeDefault",
                    _ => return None,
                };
                decide(set(json!(value)), "another profile was chosen")
            }
            "hostNamespaces" => decide(
                set(json!(false)),
                "the Pod no longer shares the node's namespace",
            ),
            "privileged" => decide(
                set(json!(false)),
                "the container loses its access to the node's devices and kernel",
            ),
            "windowsHostProcess" => decide(
                set(json!(false)),
                "the container is no longer a process of the node",
            ),
            "hostPorts" => decide(
                Edit::remove(path.clone()),
                "the port can no longer be reached at the node's address",
            ),
            "hostProbesAndHostLifecycle" => decide(
                Edit::remove(path.clone()),
                "the kubelet then asks the Pod instead of this host",
            ),
            "procMount" | "procMount_restricted" => decide(
                set(json!("Default")),
                "the container then sees /proc masked",
            ),
            "seLinuxOptions" => decide(
                Edit::remove(path.clone()),
                "the container runtime then chooses the label",
            ),
            "sysctls" => self.without_sysctl(path),
            "hostPathVolumes" | "restrictedVolumes" => other_type(path, self.spec),
            _ => None,
        }
    }

    /// Returns the edit without one sysctl, or without the list if none of it stays.
    fn without_sysctl(&self, path: &FieldPath) -> Option<Planned> {
        let at = path.segments().iter().position(is_index)?;
        let own = self.spec.security_context.as_ref()?.sysctls.as_ref()?;
        let list = pod_context("sysctls");
        let Some(Segment::Index(index)) = path.segments().get(at) else {
            return None;
        };
        let sysctl = own.get(*index)?;
        let path = if self.containers.refused_sysctls() == own.len() {
            list
        } else {
            list.index(*index)
        };
        let decision = format!("the Pod asks for the kernel parameter {}", sysctl.name);
        Some((Edit::remove(path), Some(decision)))
    }
}
