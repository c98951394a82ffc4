//! Flags of the environment. They keep the order in which they are typed: `$(VAR)`
//! refers to a variable that is defined before.

use k8s_openapi::api::core::v1::{
    ConfigMapEnvSource, ConfigMapKeySelector, EnvFromSource, EnvVar, EnvVarSource,
    ObjectFieldSelector, ResourceFieldSelector, SecretEnvSource, SecretKeySelector,
};

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{pair, quantity, unknown_option};
use super::env_file::env_file;
use crate::completion_kind::CompletionKind;

pub(super) const GROUP: Group = Group {
    heading: "Environment",
    flags: &[
        Flag::many(
            "env",
            "NAME=VALUE",
            "Set an environment variable",
            "URL=http://$(HOST):8080",
            env,
        )
        .more("$(NAME) in the value refers to a variable that is set before it; $$(NAME) stays $(NAME)."),
        Flag::many(
            "env-file",
            "FILE",
            "Read variables from a file",
            "app.env",
            env_file,
        )
        .more(
            "The file has NAME=VALUE lines, as for kubectl's --from-env-file: lines that start with # \
             are comments, NAME alone takes its value from your environment, and quotes are part of \
             the value.",
        ),
        Flag::many(
            "env-from",
            "SOURCE",
            "Set all keys of a ConfigMap or Secret",
            "configmap/settings,prefix=APP_,optional",
            env_from,
        )
        .completes(CompletionKind::Sources)
        .more(
            "\
configmap/NAME              set a variable for each key
secret/NAME,prefix=APP_     prefix each name with APP_
secret/NAME,optional        the Secret may be missing",
        ),
        Flag::many(
            "env-key",
            "VAR=SOURCE/KEY",
            "Set a variable from a ConfigMap or Secret",
            "PASSWORD=secret/database/password",
            env_key,
        )
        .more(
            "\
HOST=configmap/NAME/KEY             one key of a ConfigMap
HOST=secret/NAME/KEY                one key of a Secret
HOST=secret/NAME/KEY,optional       the key may be missing",
        )
        .completes(CompletionKind::Keys),
        Flag::many(
            "env-field",
            "VAR=FIELD",
            "Set a variable from a field of the Pod",
            "POD_IP=status.podIP",
            env_field,
        )
        .more(
            "Fields: metadata.name, metadata.namespace, metadata.uid, metadata.labels['KEY'], \
             metadata.annotations['KEY'], spec.nodeName, spec.serviceAccountName, status.podIP, \
             status.podIPs, status.hostIP, status.hostIPs.",
        ),
        Flag::many(
            "env-resource",
            "VAR=RESOURCE",
            "Set a variable from a request or limit",
            "CPUS=limits.cpu",
            env_resource,
        )
        .more(
            "\
CPUS=limits.cpu                     in whole CPUs, rounded up
MEMORY=requests.memory/1Mi          in units of the divisor 1Mi",
        ),
    ],
};

/// Sets a variable: replaces the one of the same name, or adds one at the end.
fn set(draft: &mut Draft, variable: EnvVar) {
    draft.note_variable(&variable.name);
    let env = draft.container().env.get_or_insert_default();
    match env.iter_mut().find(|known| known.name == variable.name) {
        Some(known) => *known = variable,
        None => env.push(variable),
    }
}

fn from(draft: &mut Draft, name: Fragment<'_>, source: EnvVarSource) {
    let variable = EnvVar {
        name: name.owned(),
        value_from: Some(source),
        ..EnvVar::default()
    };
    set(draft, variable);
}

fn env(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (name, value) = pair(fragment, "VAR=VALUE")?;
    set_value(draft, name.owned(), value.owned());
    Ok(())
}

/// Sets a variable to a text.
fn set_value(draft: &mut Draft, name: String, value: String) {
    let variable = EnvVar {
        name,
        value: Some(value),
        value_from: None,
    };
    set(draft, variable);
}

/// ConfigMap or Secret that variables come from.
pub(super) enum Kept<'a> {
    ConfigMap(Fragment<'a>),
    Secret(Fragment<'a>),
}

/// Parses `configmap/NAME` or `secret/NAME`, with the key after it.
pub(super) fn kept(fragment: Fragment<'_>) -> Result<(Kept<'_>, Option<Fragment<'_>>), ValueError> {
    let wrong = || fragment.expected("`configmap/NAME` or `secret/NAME`");
    let (kind, rest) = fragment.split_once("/").ok_or_else(wrong)?;
    let (name, key) = match rest.split_once("/") {
        Some((name, key)) => (name, Some(key)),
        None => (rest, None),
    };
    if name.is_empty() {
        return Err(name.error(format!("expected `{}/NAME`", kind.text())));
    }
    match kind.text() {
        "configmap" | "configmaps" | "cm" => Ok((Kept::ConfigMap(name), key)),
        "secret" | "secrets" => Ok((Kept::Secret(name), key)),
        _ => Err(kind.expected("configmap or secret")),
    }
}

fn env_from(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let mut words = fragment.split(",").into_iter();
    let (kept, key) = kept(words.next().unwrap_or(fragment))?;
    if let Some(key) = key {
        return Err(key
            .error("`--env-from` sets all keys; unexpected key")
            .help("use --env-key VAR=configmap/NAME/KEY for one key"));
    }
    let mut source = EnvFromSource::default();
    let mut optional = None;
    for word in words {
        match word.strip_prefix("prefix=") {
            Some(prefix) => source.prefix = Some(prefix.owned()),
            None if word.text() == "optional" => optional = Some(true),
            None => return Err(unknown_option(word, &["prefix=", "optional"])),
        }
    }
    match kept {
        Kept::ConfigMap(name) => {
            source.config_map_ref = Some(ConfigMapEnvSource {
                name: name.owned(),
                optional,
            });
        }
        Kept::Secret(name) => {
            source.secret_ref = Some(SecretEnvSource {
                name: name.owned(),
                optional,
            });
        }
    }
    draft
        .container()
        .env_from
        .get_or_insert_default()
        .push(source);
    Ok(())
}

fn env_key(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (variable, rest) = pair(fragment, "VAR=VALUE")?;
    let (reference, optional) = match rest.strip_suffix(",optional") {
        Some(reference) => (reference, Some(true)),
        None => (rest, None),
    };
    let (kept, key) = kept(reference)?;
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        return Err(reference.behind().error("expected /KEY after the name"));
    };
    let source = match kept {
        Kept::ConfigMap(name) => EnvVarSource {
            config_map_key_ref: Some(ConfigMapKeySelector {
                name: name.owned(),
                key: key.owned(),
                optional,
            }),
            ..EnvVarSource::default()
        },
        Kept::Secret(name) => EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: name.owned(),
                key: key.owned(),
                optional,
            }),
            ..EnvVarSource::default()
        },
    };
    from(draft, variable, source);
    Ok(())
}

fn env_field(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (variable, field) = pair(fragment, "VAR=VALUE")?;
    let source = EnvVarSource {
        field_ref: Some(ObjectFieldSelector {
            field_path: field.owned(),
            api_version: None,
        }),
        ..EnvVarSource::default()
    };
    from(draft, variable, source);
    Ok(())
}

fn env_resource(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (variable, rest) = pair(fragment, "VAR=VALUE")?;
    let (resource, divisor) = match rest.split_once("/") {
        Some((resource, divisor)) => (resource, Some(quantity(divisor)?)),
        None => (rest, None),
    };
    let source = EnvVarSource {
        resource_field_ref: Some(ResourceFieldSelector {
            container_name: None,
            divisor,
            resource: resource.owned(),
        }),
        ..EnvVarSource::default()
    };
    from(draft, variable, source);
    Ok(())
}
