//! From each violation to the edit that mends it.

use std::cell::OnceCell;
use std::collections::HashSet;

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::json;

use super::containers::Containers;
use super::level_patch::{LevelEdit, LevelPatch};
use super::places::{is_index, last_field, pod_context};
use super::volumes::other_type;
use crate::edit::Edit;
use crate::path::{FieldPath, Segment};
use crate::pod_security::{LevelVersion, Violation, evaluate};
use crate::version::KubernetesVersion;

/// Reason why a written `allowPrivilegeEscalation: true` is not overruled silently.
const ON_PURPOSE: &str = "it is true on purpose, perhaps: setuid programs such as sudo need it";

impl LevelPatch {
    /// Returns the least change with which a Pod meets a level, asked of a server's library.
    pub fn of(
        at: LevelVersion,
        server: KubernetesVersion,
        metadata: &ObjectMeta,
        spec: &PodSpec,
    ) -> Self {
        let evaluation = evaluate(at, server, metadata, spec);
        let violations: Vec<Violation> = evaluation.violations().cloned().collect();
        least_patch(&violations, spec)
    }
}

/// Returns the least change of a Pod that mends `violations`, which are those of this Pod.
///
/// Defaults of a server in `spec` are taken as if they had been written.
pub fn least_patch(violations: &[Violation], spec: &PodSpec) -> LevelPatch {
    let planner = Planner {
        spec,
        containers: Containers::of(spec, violations),
        root: OnceCell::new(),
        is_windows: spec.os.as_ref().is_some_and(|os| os.name == "windows"),
    };
    let mut patch = LevelPatch::default();
    let mut known = HashSet::new();
    for violation in violations {
        match planner.edit(violation) {
            None => patch.left.push(violation.clone()),
            Some((edit, decision)) => {
                if known.insert(edit.path.clone()) {
                    patch.edits.push(LevelEdit {
                        edit,
                        check: violation.check,
                        decision,
                    });
                }
            }
        }
    }
    patch
}

struct Planner<'a> {
    spec: &'a PodSpec,
    containers: Containers<'a>,
    /// The reason why the Pod cannot be forbidden to run as root.
    root: OnceCell<Option<String>>,
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
                let root = self.root.get_or_init(|| self.containers.root(self.spec));
                Some((Edit::set(path, true), root.clone()))
            }
            "runAsNonRoot" => decide(set(json!(true)), "it is false on purpose, perhaps"),
            "runAsUser" => decide(
                Edit::remove(path.clone()),
                "the container then runs as the user of its image",
            ),
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
