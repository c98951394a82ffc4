//! The security as a topic of `explain-…`: look-ups, conclusions, blocks.

use k8s_openapi::api::core::v1::{LimitRange, Namespace, Node, PodSpec, ServiceAccount};
use k8s_openapi::api::node::v1::RuntimeClass;
use k8s_openapi::api::scheduling::v1::PriorityClass;
use pod_model::lookup::{LookupKind, Need};
use pod_model::pod_security::PolicyVersion;
use pod_model::security::{Settings, security};
use pod_model::{ContainerView, FieldPath, Verdict, containers};

use super::blocks::{blocks, level_sentence};
use super::checks::{Subject, findings};
use super::containers::items;
use super::created::{created, needs, security_changes};
use super::identity::{ImageUsers, image_user, image_users, runtime};
use super::namespace::{NamespaceState, NamespaceView};
use super::options::SecurityOptions;
use super::pod_facts::{TokenKnowledge, facts};
use super::policy::Levels;
use super::report::{ExplainedSecurity, SecurityBody};
use super::status::observed_users;
use super::verdict::{is_open, verdict};
use super::windows::windows_users;
use crate::explain::image_config::ImageConfigs;
use crate::explain::requested::Requested;
use crate::explain::shorten::{grave_findings, worst_finding};
use crate::explain::stored::is_stored;
use crate::explain::topic::{Conclusion, Facts, Topic};
use crate::render::{Block, Format};
use crate::targets::Target;

/// As whom each container runs, and which policy refuses it.
pub(in crate::explain) struct SecurityTopic<'a> {
    options: &'a SecurityOptions,
    images: ImageConfigs,
}

impl<'a> SecurityTopic<'a> {
    pub(in crate::explain) fn new(options: &'a SecurityOptions) -> Self {
        Self::with_images(options, ImageConfigs::default())
    }

    /// Creates the topic with the users of images.
    pub(super) fn with_images(options: &'a SecurityOptions, images: ImageConfigs) -> Self {
        Self { options, images }
    }

    pub(super) fn options(&self) -> &'a SecurityOptions {
        self.options
    }

    /// Returns the user of the image of each container of a target, as far as it is known for a Pod that must not run as
    /// root. The number of a process that runs may be that of a name, which is refused like root; that of root is.
    pub(super) fn users_for_patch<'p>(&self, target: &Target, spec: &'p PodSpec) -> ImageUsers<'p> {
        let views = containers(spec, &FieldPath::root().field("spec"));
        let mut observed = observed_users(target.status.as_ref());
        observed.retain(|_, user| user.uid == 0);
        image_users(&views, spec, &self.images, &observed)
    }
}

impl Topic for SecurityTopic<'_> {
    const REPORT: &'static str = "SecurityReport";
    const KINDS: &'static [LookupKind] = &[
        LookupKind::of::<Namespace>(),
        LookupKind::of::<Node>(),
        LookupKind::of::<LimitRange>(),
        LookupKind::of::<ServiceAccount>(),
        LookupKind::of::<PriorityClass>(),
        LookupKind::of::<RuntimeClass>(),
    ];
    const ROUNDS: usize = 1;
    type Body = SecurityBody;
    type Observation = ();

    fn requested(&self) -> Vec<Requested> {
        let chosen = self.options.explain.containers.iter().map(String::as_str);
        let all = chosen.chain(self.images.containers());
        all.map(|name| Requested::Container(name.to_owned()))
            .collect()
    }

    fn needs(&self, target: &Target, _: &Facts<'_, ()>) -> Vec<Need> {
        needs(target, self.options.as_written)
    }

    fn conclude(&self, target: &Target, facts_: &Facts<'_, ()>) -> Conclusion<SecurityBody> {
        let (answers, server) = (facts_.answers, facts_.version);
        let mut created = created(target, answers, server, self.options.as_written);
        let pod = &created.pod;
        let observed = observed_users(target.status.as_ref());
        let version = self.options.pss_version;
        let version = version.unwrap_or_else(|| PolicyVersion::from(server));
        let levels = Levels::of(pod, version, server);
        let namespace = NamespaceState::of(target, pod, answers, server);
        let default = PodSpec::default();
        let spec = pod.spec.as_ref().unwrap_or(&default);
        let views = containers(spec, &FieldPath::root().field("spec"));
        let users = image_users(&views, spec, &self.images, &observed);
        let user = |own: &ContainerView<'_>| image_user(&users, own);
        let settings = Settings {
            version: server,
            runtime: runtime(spec, answers),
            images: &user,
            ..Settings::default()
        };
        let security = security(&pod.metadata, spec, &settings);
        let chosen = self.options.explain.containers.as_slice();
        let found = findings(&Subject {
            target,
            created: &created,
            spec,
            views: &views,
            security: &security,
            levels: &levels,
            namespace: &namespace,
            server,
            asked: self.options.level,
            chosen,
            is_stored: is_stored(target),
        });
        let token = TokenKnowledge {
            is_admitted: is_stored(target) || !self.options.as_written,
            is_account_unknown: created.is_account_unknown(),
        };
        let mut unknown = created.unread();
        let is_user_open = security
            .containers
            .iter()
            .any(|own| is_open(&own.non_root_verdict));
        let verdict = verdict(&found, &namespace, &unknown, is_user_open);
        if let Some(why) = namespace.unknown(&target.pod_namespace) {
            unknown.push(why);
        }
        let mut pod_facts = facts(target, &created, spec, &security, token);
        if security.is_windows {
            pod_facts.push(windows_users(target, spec, &views));
        }
        let next_patch = || {
            let users = self.users_for_patch(target, spec);
            levels.next_patch(target, spec, &|own| image_user(&users, own))
        };
        let is_for_people = matches!(self.options.explain.format, Format::Table | Format::Html);
        Conclusion {
            verdict,
            findings: found,
            body: SecurityBody {
                level: levels.level,
                version: levels.version.to_string(),
                violations: levels.items(target),
                namespace: namespace.known().map(NamespaceView::answer),
                containers: items(target, &security, chosen, &observed),
                pod: pod_facts,
                admission: security_changes(std::mem::take(&mut created.changes), target),
                unknown,
                is_windows: security.is_windows,
                next_patch: is_for_people.then(next_patch).flatten(),
            },
        }
    }

    fn summary(&self, explained: &ExplainedSecurity) -> String {
        let item = &explained.item;
        let worst = worst_finding(&item.findings).filter(|_| item.verdict == Verdict::No);
        worst.unwrap_or_else(|| level_sentence(explained))
    }

    fn short(&self, explained: &ExplainedSecurity) -> Vec<Block> {
        grave_findings(&explained.item.findings, &explained.target)
    }

    fn blocks(&self, explained: &ExplainedSecurity) -> Vec<Block> {
        blocks(explained)
    }
}
