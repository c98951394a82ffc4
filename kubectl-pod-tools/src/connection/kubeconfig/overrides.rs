//! Flags that override the kubeconfig.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::choose::Chosen;
use super::model::{Bytes, Cluster, User};
use crate::connection::flags::ConnectionFlags;

impl ConnectionFlags {
    /// Overrides the kubeconfig by the flags, as client-go merges its overrides: an empty flag
    /// has no effect (k8s.io/client-go/tools/clientcmd, `getCluster` and `getAuthInfo`).
    pub(in crate::connection) fn apply(&self, chosen: &mut Chosen) {
        self.apply_to_cluster(&mut chosen.cluster);
        self.apply_to_user(&mut chosen.user);
        set(&mut chosen.namespace, self.namespace.as_ref());
    }

    fn apply_to_cluster(&self, cluster: &mut Cluster) {
        let authority = file(self.certificate_authority.as_ref());
        let insecure = self.insecure_skip_tls_verify == Some(true);
        if insecure || authority.is_some() {
            cluster.insecure_skip_tls_verify = insecure;
            cluster.certificate_authority = authority.unwrap_or_default();
            cluster.certificate_authority_data = Bytes::default();
        }
        // client-go does not see a `false`; whoever says it wants the check.
        if self.insecure_skip_tls_verify == Some(false) {
            cluster.insecure_skip_tls_verify = false;
        }
        // The name in the kubeconfig is that of the kubeconfig's server.
        let is_other = self.server.as_ref().is_some_and(|text| !text.is_empty());
        if is_other {
            cluster.tls_server_name = String::new();
        }
        set(&mut cluster.tls_server_name, self.tls_server_name.as_ref());
        set(&mut cluster.server, self.server.as_ref());
        cluster.disable_compression |= self.disable_compression;
    }

    fn apply_to_user(&self, user: &mut User) {
        if let Some(token) = self.token.as_ref().filter(|token| !token.is_empty()) {
            user.token = token.clone().into();
            // client-go goes on to send what the file says, a slip of it.
            user.token_file = String::new();
        }
        set(&mut user.username, self.username.as_ref());
        if let Some(password) = self.password.as_ref().filter(|text| !text.is_empty()) {
            user.password = password.clone().into();
        }
        if let Some(certificate) = file(self.client_certificate.as_ref()) {
            user.client_certificate = certificate;
            user.client_certificate_data = Bytes::default();
        }
        if let Some(key) = file(self.client_key.as_ref()) {
            user.client_key = key;
            user.client_key_data = Bytes::default();
        }
        set(&mut user.impersonate, self.impersonate.as_ref());
        set(&mut user.impersonate_uid, self.impersonate_uid.as_ref());
        if !self.impersonate_groups.is_empty() {
            user.impersonate_groups.clone_from(&self.impersonate_groups);
        }
        let mut extra = BTreeMap::<&str, Vec<String>>::new();
        for (key, value) in &self.impersonate_extra {
            extra.entry(key).or_default().push(value.clone());
        }
        let extra = extra
            .into_iter()
            .map(|(key, values)| (key.to_owned(), values));
        user.impersonate_extra.extend(extra);
    }
}

fn set(value: &mut String, flag: Option<&String>) {
    if let Some(text) = flag.filter(|text| !text.is_empty()) {
        value.clone_from(text);
    }
}

fn file(flag: Option<&PathBuf>) -> Option<String> {
    let path = flag.filter(|path| !path.as_os_str().is_empty());
    path.map(|path| path.display().to_string())
}
