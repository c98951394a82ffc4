//! The input that all containers of one Pod share.

use std::cell::OnceCell;

use k8s_openapi::api::core::v1::{EnvVar as SpecVar, LimitRange};
use pod_model::lookup::{Answers, Completeness};
use pod_model::resources::LimitRangeDefaults;

use crate::runtime::HostName;
use crate::service_links::ServiceEnv;
use crate::subject::{Options, Stage, Subject};

/// The input that all containers of one Pod share.
pub(super) struct Context<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) answers: &'a Answers,
    pub(super) options: &'a Options,
    pub(super) services: &'a ServiceEnv,
    pub(super) host_name: &'a HostName,
    pub(super) limit_ranges: OnceCell<(LimitRangeDefaults, Completeness)>,
}

impl Context<'_> {
    /// Returns the defaults that LimitRanges give the Pod on creation, and whether
    /// all LimitRanges are known; `None` if it is created already.
    pub(super) fn limit_ranges(&self) -> Option<&(LimitRangeDefaults, Completeness)> {
        let Subject {
            namespace, stage, ..
        } = *self.subject;
        (stage != Stage::Live).then(|| {
            self.limit_ranges.get_or_init(|| {
                let list = self.answers.all::<LimitRange>(namespace);
                let all: Vec<_> = list.objects.iter().map(|found| found.object).collect();
                (LimitRangeDefaults::of(&all), list.completeness)
            })
        })
    }
}

/// Returns the name of a variable in a manifest as messages show it.
pub(super) fn shown_name(variable: &SpecVar) -> String {
    variable.name.escape_debug().to_string()
}
