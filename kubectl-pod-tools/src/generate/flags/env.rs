//! The environment. The flags of this group keep the order in which they are
//! typed: `$(VAR)` refers to what is defined before.

use k8s_openapi::api::core::v1::{
    ConfigMapEnvSource, ConfigMapKeySelector, EnvFromSource, EnvVar, EnvVarSource,
    ObjectFieldSelector, ResourceFieldSelector, SecretEnvSource, SecretKeySelector,
};

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{pair, quantity};
use super::env_file::env_file;
use crate::completion_kind::CompletionKind;

pub(super) const GROUP: Group = Group {
    heading: "Environment",
    flags: &[
        Flag::many(
            "env",
            "NAME=VALUE",
            "Set a variable; $(NAME) is the value of one set before",
            "URL=http://$(HOST):8080",
            env,
        ),
        Flag::many(
            "env-file",
            "FILE",
            "Set what a file has as NAME=VALUE lines; # is a comment",
            "app.env",
            env_file,
        ),
        Flag::many(
            "env-from",
            "SOURCE",
            "Every key of configmap/NAME or secret/NAME",
            "configmap/settings,prefix=APP_,optional",
            env_from,
        )
        .completes(CompletionKind::Sources)
        .more(
            "\
configmap/NAME              each key becomes a variable
secret/NAME,prefix=APP_     this stands before each name
secret/NAME,optional        it need not be there",
        ),
        Flag::many(
            "env-key",
            "VAR=SOURCE/KEY",
            "A key of configmap/NAME or secret/NAME [,optional]",
            "PASSWORD=secret/database/password",
            env_key,
        )
        .completes(CompletionKind::Keys),
        Flag::many(
            "env-field",
            "VAR=FIELD",
            "A field of the Pod, such as metadata.name or status.podIP",
            "POD_IP=status.podIP",
            env_field,
        ),
        Flag::many(
            "env-resource",
            "VAR=RESOURCE",
            "requests.NAME or limits.NAME of the container [/DIVISOR]",
            "CPUS=limits.cpu",
            env_resource,
        ),
    ],
};

/// Sets a variable: the value of one that a base has, or a new one at the end.
fn set(draft: &mut Draft, variable: EnvVar) {
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
    let (name, value) = pair(fragment)?;
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

/// Where a key or all keys come from.
pub(super) enum Kept<'a> {
    ConfigMap(Fragment<'a>),
    Secret(Fragment<'a>),
}

/// `configmap/NAME` or `secret/NAME`, and what follows the name.
pub(super) fn kept(fragment: Fragment<'_>) -> Result<(Kept<'_>, Option<Fragment<'_>>), ValueError> {
    let wrong = || fragment.error("this is neither configmap/NAME nor secret/NAME");
    let (kind, rest) = fragment.split_once("/").ok_or_else(wrong)?;
    let (name, key) = match rest.split_once("/") {
        Some((name, key)) => (name, Some(key)),
        None => (rest, None),
    };
    if name.is_empty() {
        return Err(name.error(format!("the name of the {} is missing", kind.text())));
    }
    match kind.text() {
        "configmap" | "configmaps" | "cm" => Ok((Kept::ConfigMap(name), key)),
        "secret" | "secrets" => Ok((Kept::Secret(name), key)),
        _ => Err(kind.error(format!("`{}` is neither configmap nor secret", kind.text()))),
    }
}

fn env_from(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let mut words = fragment.split(",").into_iter();
    let (kept, key) = kept(words.next().unwrap_or(fragment))?;
    if let Some(key) = key {
        return Err(key
            .error("--env-from takes all keys")
            .help("for one key: --env-key VAR=configmap/NAME/KEY"));
    }
    let mut source = EnvFromSource::default();
    let mut optional = None;
    for word in words {
        match word.strip_prefix("prefix=") {
            Some(prefix) => source.prefix = Some(prefix.owned()),
            None if word.text() == "optional" => optional = Some(true),
            None => return Err(word.error("only prefix=P and optional can stand here")),
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
    let (variable, rest) = pair(fragment)?;
    let (reference, optional) = match rest.strip_suffix(",optional") {
        Some(reference) => (reference, Some(true)),
        None => (rest, None),
    };
    let (kept, key) = kept(reference)?;
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        return Err(reference.behind().error("the key is missing"));
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
    let (variable, field) = pair(fragment)?;
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
    let (variable, rest) = pair(fragment)?;
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
