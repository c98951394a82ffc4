//! The users of containers that must not run as root: a container whose user is root, or that of an image which only
//! names it, does not start then.
//!
//! Upstream: `verifyRunAsNonRoot` of pkg/kubelet/kuberuntime/security_context_others.go and
//! security_context_windows.go.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use k8s_openapi::api::core::v1::PodSpec;

use super::places::{container_place, some_of};
use crate::container::{ContainerView, containers};
use crate::path::FieldPath;
use crate::security::ImageUser;

/// The user of each container's image, as far as it is known.
pub type Images<'a> = &'a dyn Fn(&ContainerView<'_>) -> ImageUser;

/// A container that does not start, and why.
type NotStarting<'a> = (&'a str, String);

/// The containers that may not start once they must not be root.
#[derive(Default)]
pub(super) struct Starts<'a> {
    /// Those that start only if the user of their image is a number above 0.
    pub open: Vec<String>,
    /// Those that are sure not to start.
    pub refused: Vec<NotStarting<'a>>,
}

/// Returns what is told of containers that do not start.
pub(super) fn not_starting(all: &[NotStarting<'_>]) -> Option<String> {
    const WAY_OUT: &str = "to a number above 0 that the image's files allow";
    match all {
        [] => None,
        [(name, why)] => Some(format!(
            "the container {name} does not start then (CreateContainerConfigError): {why}; set its `runAsUser` {WAY_OUT}"
        )),
        [(first, why), ..] => {
            let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            Some(format!(
                "the containers {} do not start then (CreateContainerConfigError): as for {first}, {why}; set the `runAsUser` of each {WAY_OUT}",
                some_of(&names)
            ))
        }
    }
}

/// The containers of a Pod, and their users.
pub(super) struct Users<'a> {
    spec: &'a PodSpec,
    containers: Vec<ContainerView<'a>>,
    /// The indices of the containers by list and index in it.
    places: HashMap<(String, usize), usize>,
    /// The answer about all containers without a `runAsNonRoot` of their own.
    of_pod: OnceCell<Option<String>>,
    images: Images<'a>,
    is_windows: bool,
}

/// The user of a container once it must not be root.
enum After {
    /// It starts.
    Fine,
    /// `runAsUser` is 0.
    Root,
    /// It does not start: what the image's user is.
    Refused(String),
    /// The image decides, and is not known.
    Open,
}

impl<'a> Users<'a> {
    pub(super) fn of(spec: &'a PodSpec, images: Images<'a>) -> Self {
        let containers = containers(spec, &FieldPath::root().field("spec"));
        let places = containers.iter().enumerate();
        let places = places.map(|(at, own)| (place(own), at));
        Self {
            spec,
            places: places.collect(),
            containers,
            of_pod: OnceCell::new(),
            images,
            is_windows: spec.os.as_ref().is_some_and(|os| os.name == "windows"),
        }
    }

    /// Returns why a container is sure not to start, or to break, if `runAsNonRoot` at this path becomes true.
    pub(super) fn why_not_non_root(&self, path: &FieldPath) -> Option<String> {
        match container_place(path) {
            Some(place) => self.why_not(std::iter::once(self.at(&place)?)),
            None => {
                let all = || self.containers.iter().filter(|own| !has_non_root(own));
                let why = || self.why_not(all());
                self.of_pod.get_or_init(why).clone()
            }
        }
    }

    /// Returns why some containers do not start. Those whose `runAsUser` is 0 may get another.
    fn why_not<'c>(&self, all: impl Iterator<Item = &'c ContainerView<'c>>) -> Option<String> {
        let (mut refused, mut root) = (Vec::new(), None);
        for own in all {
            match self.after(own, own_user(own)) {
                After::Fine | After::Open => {}
                After::Root => root = root.or(Some(own.name)),
                After::Refused(user) => refused.push((own.name, user)),
            }
        }
        let root = root.map(|name| format!("the container {name} runs as user 0"));
        not_starting(&refused).or(root)
    }

    /// Returns what follows if `runAsUser: 0` at this path is removed.
    pub(super) fn without_root(&self, path: &FieldPath) -> String {
        let place = container_place(path);
        if let Some(user) = self.pod_user().filter(|user| *user != 0 && place.is_some()) {
            return format!("the container then runs as user {user}, as the Pod says");
        }
        let all: Vec<&ContainerView<'_>> = match place {
            Some(place) => self.at(&place).into_iter().collect(),
            None => {
                let all = self.containers.iter();
                all.filter(|own| own_user(own).is_none()).collect()
            }
        };
        let refused = all.iter().filter_map(|own| match self.of_image(own) {
            After::Refused(user) => Some((own.name, user)),
            _ => None,
        });
        let refused: Vec<NotStarting<'_>> = refused.collect();
        if let Some(why) = not_starting(&refused) {
            return why;
        }
        match all.as_slice() {
            [] => "no container runs as that user: each names one of its own".to_owned(),
            [own] => format!(
                "the container {} then runs as the user of its image",
                own.name
            ),
            all => {
                let names: Vec<&str> = all.iter().map(|own| own.name).collect();
                let names = some_of(&names);
                format!("the containers {names} then run as the users of their images")
            }
        }
    }

    /// Returns the containers that may not start, once these fields of `runAsNonRoot` are true and these of `runAsUser`
    /// are gone.
    pub(super) fn starts(
        &self,
        non_root: &[&FieldPath],
        without_user: &[&FieldPath],
    ) -> Starts<'_> {
        let places = |paths: &[&FieldPath]| -> HashSet<Option<(String, usize)>> {
            paths.iter().map(|path| container_place(path)).collect()
        };
        let (non_root, without_user) = (places(non_root), places(without_user));
        let of_pod = self.pod_user();
        let mut starts = Starts::default();
        for own in &self.containers {
            let place = Some(place(own));
            let becomes_strict =
                non_root.contains(&place) || !has_non_root(own) && non_root.contains(&None);
            let stays = own_user(own).filter(|_| !without_user.contains(&place));
            let user = stays.or(of_pod.filter(|_| !without_user.contains(&None)));
            let loses_user = user.is_none() && own_user(own).or(of_pod).is_some();
            let is_asked = if self.is_windows {
                becomes_strict
            } else {
                becomes_strict || loses_user
            };
            if !is_asked {
                continue;
            }
            // The kubelet of Windows asks for the name alone.
            let after = match user.filter(|_| !self.is_windows) {
                Some(0) => After::Root,
                Some(_) => After::Fine,
                None => self.of_image(own),
            };
            match after {
                After::Fine => {}
                After::Open => starts.open.push(own.name.to_owned()),
                After::Root => starts
                    .refused
                    .push((own.name, "`runAsUser` is 0".to_owned())),
                After::Refused(why) => starts.refused.push((own.name, why)),
            }
        }
        starts
    }

    fn at(&self, place: &(String, usize)) -> Option<&ContainerView<'a>> {
        self.containers.get(*self.places.get(place)?)
    }

    fn pod_user(&self) -> Option<i64> {
        self.spec.security_context.as_ref()?.run_as_user
    }

    fn after(&self, own: &ContainerView<'_>, user: Option<i64>) -> After {
        match user.or(self.pod_user()) {
            Some(0) => After::Root,
            Some(_) => After::Fine,
            None => self.of_image(own),
        }
    }

    fn of_image(&self, own: &ContainerView<'_>) -> After {
        let user = (self.images)(own);
        if self.is_windows {
            return self.of_image_on_windows(own, &user);
        }
        match user {
            ImageUser::Unknown => After::Open,
            ImageUser::Uid(0) => After::Refused("its image runs as root".to_owned()),
            ImageUser::Uid(_) => After::Fine,
            ImageUser::Name(name) => After::Refused(format!(
                "its image's user is the name {name}, which the kubelet refuses like root"
            )),
        }
    }

    fn of_image_on_windows(&self, own: &ContainerView<'_>, user: &ImageUser) -> After {
        const ROOT: &str = "ContainerAdministrator";
        let of_pod = self.spec.security_context.as_ref();
        let of_pod = of_pod.and_then(|own| own.windows_options.as_ref());
        let options = own
            .security_context
            .and_then(|own| own.windows_options.as_ref());
        let mut set = [options, of_pod].into_iter().flatten();
        let name = set.find_map(|own| own.run_as_user_name.clone());
        let name = name.or_else(|| match user {
            ImageUser::Name(name) => Some(name.clone()),
            _ => None,
        });
        match name {
            Some(name) if name.eq_ignore_ascii_case(ROOT) => {
                After::Refused(format!("its user is {ROOT}"))
            }
            _ => After::Fine,
        }
    }
}

fn place(own: &ContainerView<'_>) -> (String, usize) {
    (own.container_type.field().to_owned(), own.index)
}

fn has_non_root(own: &ContainerView<'_>) -> bool {
    let context = own.security_context;
    context.is_some_and(|own| own.run_as_non_root.is_some())
}

fn own_user(own: &ContainerView<'_>) -> Option<i64> {
    own.security_context?.run_as_user
}
