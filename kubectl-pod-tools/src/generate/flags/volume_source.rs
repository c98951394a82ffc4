//! Sources of volumes.

use k8s_openapi::api::core::v1::{
    ClusterTrustBundleProjection, ConfigMapVolumeSource, EmptyDirVolumeSource,
    HostPathVolumeSource, ImageVolumeSource, KeyToPath, PersistentVolumeClaimVolumeSource,
    PodCertificateProjection, ProjectedVolumeSource, SecretVolumeSource,
    ServiceAccountTokenProjection, Volume, VolumeProjection,
};
use pod_model::image::ImageName;

use super::super::fragment::{Fragment, ValueError};
use super::super::value::{one_of, quantity, seconds, unknown_word};
use crate::flag_value::{DurationError, read_duration};

/// Options after the path.
#[derive(Default)]
pub(super) struct Options<'a> {
    pub read_only: bool,
    pub sub_path: Option<Fragment<'a>>,
    /// The word `optional`, for the source to take: of a ConfigMap, a Secret or a trust bundle.
    pub optional: Option<Fragment<'a>>,
}

/// Words for the types of volumes.
const TYPES: [&str; 10] = [
    "emptydir",
    "configmap",
    "secret",
    "pvc",
    "hostpath",
    "token",
    "image",
    "certificate",
    "trustbundle",
    "volume",
];

/// Types of the key pair of a certificate, the default one first.
///
/// Upstream: k8s.io/api/core/v1, `PodCertificateProjection`.
const KEY_TYPES: [&str; 6] = [
    "ECDSAP256",
    "ECDSAP384",
    "ECDSAP521",
    "ED25519",
    "RSA3072",
    "RSA4096",
];

/// A volume to mount.
pub(super) enum Wanted<'a> {
    /// A volume that the Pod already has.
    Known(String),
    /// An emptyDir of this container alone.
    Own(EmptyDirVolumeSource),
    /// An emptyDir that containers share.
    Named(Fragment<'a>, EmptyDirVolumeSource),
    /// A volume of exactly this source, under any name.
    Of(Box<Volume>),
}

/// A requested volume.
pub(super) struct Sourced<'a> {
    pub wanted: Wanted<'a>,
    /// Names for a new volume, the best one first.
    pub names: Vec<String>,
    /// The only file of the volume that is mounted.
    pub file: Option<String>,
}

/// Parses the words before the mount path.
pub(super) fn sourced<'a>(
    words: &[Fragment<'a>],
    path: Fragment<'a>,
    options: &mut Options<'a>,
) -> Result<Sourced<'a>, ValueError> {
    let head = words[0];
    let end = head.text().find(['/', '=']).unwrap_or(head.text().len());
    let (kind, rest) = (head.cut(0, end), head.cut(end, head.text().len()));
    let settings = &words[1..];
    let wanted = match kind.text() {
        "emptydir" => empty_dir(rest, settings)?,
        "configmap" | "configmaps" | "cm" | "secret" | "secrets" => {
            no_settings(settings)?;
            return kept(kind, rest, path, options);
        }
        "pvc" => {
            no_settings(settings)?;
            let name = name(rest, "pvc")?;
            if let Some((_, key)) = name.split_once("/") {
                return Err(name
                    .cut(name.text().len() - key.text().len() - 1, name.text().len())
                    .error("a PersistentVolumeClaim has no keys")
                    .help("use pvc/NAME:/path:subpath=DIRECTORY for a directory in it"));
            }
            return Ok(new(name.text(), "pvc", |volume| {
                volume.persistent_volume_claim = Some(PersistentVolumeClaimVolumeSource {
                    claim_name: name.owned(),
                    read_only: None,
                });
            }));
        }
        "hostpath" => return host_path(rest, settings),
        "token" => return token(rest, settings),
        "image" => return image(rest, settings),
        "certificate" => return certificate(rest, settings),
        "trustbundle" => return trust_bundle(rest, settings, options),
        "volume" => {
            no_settings(settings)?;
            Wanted::Known(name(rest, "volume")?.owned())
        }
        _ => {
            return Err(unknown_word(kind, "volume type", &TYPES));
        }
    };
    Ok(Sourced {
        wanted,
        names: Vec::new(),
        file: None,
    })
}

fn new<'a>(name: &str, kind: &str, write: impl FnOnce(&mut Volume)) -> Sourced<'a> {
    let mut volume = Volume::default();
    write(&mut volume);
    Sourced {
        wanted: Wanted::Of(Box::new(volume)),
        names: vec![name.to_owned(), format!("{kind}-{name}")],
        file: None,
    }
}

/// Parses `/NAME` after the type.
fn name<'a>(rest: Fragment<'a>, kind: &str) -> Result<Fragment<'a>, ValueError> {
    match rest.strip_prefix("/") {
        Some(name) if !name.is_empty() && !name.text().starts_with('/') => Ok(name),
        _ => Err(rest.behind().error(format!("expected `{kind}/NAME`"))),
    }
}

fn no_settings(words: &[Fragment<'_>]) -> Result<(), ValueError> {
    match words.first() {
        Some(word) => Err(word.error(format!("unexpected `{}` before the path", word.text()))),
        None => Ok(()),
    }
}

fn no_name(rest: Fragment<'_>) -> Result<(), ValueError> {
    if rest.is_empty() {
        return Ok(());
    }
    Err(rest.error(format!(
        "unexpected `{}`; only emptydir takes a name",
        rest.text()
    )))
}

fn empty_dir<'a>(rest: Fragment<'a>, settings: &[Fragment<'a>]) -> Result<Wanted<'a>, ValueError> {
    let mut source = EmptyDirVolumeSource::default();
    for word in settings {
        if word.text() == "memory" {
            source.medium = Some("Memory".to_owned());
        } else {
            let wrong = || word.expected("a size or `memory`");
            source.size_limit = Some(quantity(*word).map_err(|_| wrong())?);
        }
    }
    match rest.strip_prefix("=") {
        Some(name) if name.is_empty() => Err(name.error("expected NAME after `=`")),
        Some(name) => Ok(Wanted::Named(name, source)),
        None if rest.is_empty() => Ok(Wanted::Own(source)),
        None => Err(rest.expected("`=NAME`")),
    }
}

/// Parses a ConfigMap or Secret, or one key of it: a file if the path does not end with
/// `/`, or else the only file of a directory.
fn kept<'a>(
    kind: Fragment<'a>,
    rest: Fragment<'a>,
    path: Fragment<'a>,
    options: &mut Options<'a>,
) -> Result<Sourced<'a>, ValueError> {
    let name = name(rest, kind.text())?;
    let (name, key) = match name.split_once("/") {
        Some((_, key)) if key.is_empty() => return Err(key.error("expected a key after `/`")),
        Some((name, key)) => (name, Some(key)),
        None => (name, None),
    };
    let optional = options.optional.take().map(|_| true);
    let is_directory = path.text().ends_with('/');
    let items = key.filter(|_| is_directory).map(|key| {
        vec![KeyToPath {
            key: key.owned(),
            path: key.owned(),
            ..KeyToPath::default()
        }]
    });
    let is_secret = kind.text().starts_with("secret");
    let word = if is_secret { "secret" } else { "configmap" };
    let sourced = new(name.text(), word, |volume| {
        if is_secret {
            volume.secret = Some(SecretVolumeSource {
                secret_name: Some(name.owned()),
                optional,
                items,
                ..SecretVolumeSource::default()
            });
        } else {
            volume.config_map = Some(ConfigMapVolumeSource {
                name: name.owned(),
                optional,
                items,
                ..ConfigMapVolumeSource::default()
            });
        }
    });
    Ok(Sourced {
        file: key.filter(|_| !is_directory).map(Fragment::owned),
        ..sourced
    })
}

fn host_path<'a>(rest: Fragment<'a>, settings: &[Fragment<'a>]) -> Result<Sourced<'a>, ValueError> {
    no_name(rest)?;
    let [from] = settings else {
        return Err(match settings.get(1) {
            Some(more) => more.error("expected `hostpath:/from:/path`, found a second path"),
            None => rest.behind().error("expected `hostpath:/from:/path`"),
        });
    };
    if !from.text().starts_with('/') {
        return Err(from.expected("an absolute path on the node"));
    }
    Ok(new(from.text(), "host", |volume| {
        volume.host_path = Some(HostPathVolumeSource {
            path: from.owned(),
            type_: None,
        });
    }))
}

/// Parses a token of the Pod's ServiceAccount. A time has a unit, which distinguishes
/// it from an audience such as `https://vault:8200`.
fn token<'a>(rest: Fragment<'a>, settings: &[Fragment<'a>]) -> Result<Sourced<'a>, ValueError> {
    no_name(rest)?;
    let is_time = |fragment: &&Fragment<'a>| {
        fragment.text().ends_with(|c: char| c.is_ascii_alphabetic())
            && read_duration(fragment.text()) != Err(DurationError::Syntax)
    };
    let time = settings.last().filter(is_time);
    let time = time.map(|fragment| seconds(*fragment)).transpose()?;
    let audience = match time {
        Some(_) => &settings[..settings.len() - 1],
        None => settings,
    };
    let audience: Vec<&str> = audience.iter().map(|word| word.text()).collect();
    Ok(new("token", "account", |volume| {
        let token = ServiceAccountTokenProjection {
            audience: (!audience.is_empty()).then(|| audience.join(":")),
            expiration_seconds: time,
            path: "token".to_owned(),
            ..ServiceAccountTokenProjection::default()
        };
        project(
            volume,
            VolumeProjection {
                service_account_token: Some(token),
                ..VolumeProjection::default()
            },
        );
    }))
}

fn project(volume: &mut Volume, source: VolumeProjection) {
    volume.projected = Some(ProjectedVolumeSource {
        sources: Some(vec![source]),
        ..ProjectedVolumeSource::default()
    });
}

/// Joins `/NAME` and the words after it, for a name that may have colons.
fn joined(rest: Fragment<'_>, settings: &[Fragment<'_>], kind: &str) -> Result<String, ValueError> {
    let first = name(rest, kind)?;
    let more = settings.iter().map(|word| word.text());
    let words: Vec<&str> = std::iter::once(first.text()).chain(more).collect();
    Ok(words.join(":"))
}

/// Parses the content of an image, read-only.
fn image<'a>(rest: Fragment<'a>, settings: &[Fragment<'a>]) -> Result<Sourced<'a>, ValueError> {
    let reference = joined(rest, settings, "image")?;
    if let Err(why) = ImageName::parse(&reference) {
        return Err(rest.error(format!("invalid image `{reference}`: {why}")));
    }
    let last = reference.rsplit('/').next().unwrap_or_default();
    let name = last.split([':', '@']).next().unwrap_or_default();
    Ok(new(name, "image", |volume| {
        volume.image = Some(ImageVolumeSource {
            reference: Some(reference.clone()),
            ..ImageVolumeSource::default()
        });
    }))
}

/// Parses a key pair of the Pod, whose certificate a signer issues.
fn certificate<'a>(
    rest: Fragment<'a>,
    settings: &[Fragment<'a>],
) -> Result<Sourced<'a>, ValueError> {
    let signer = name(rest, "certificate")?;
    let key_type = match settings {
        [] => KEY_TYPES[0],
        [key_type] => one_of(*key_type, &KEY_TYPES)?,
        [_, more, ..] => {
            let message = format!("unexpected `{}` before the path", more.text());
            return Err(more.error(message));
        }
    };
    Ok(new("certificate", "pod", |volume| {
        let certificate = PodCertificateProjection {
            signer_name: signer.owned(),
            key_type: key_type.to_owned(),
            credential_bundle_path: Some("credentialbundle.pem".to_owned()),
            ..PodCertificateProjection::default()
        };
        project(
            volume,
            VolumeProjection {
                pod_certificate: Some(certificate),
                ..VolumeProjection::default()
            },
        );
    }))
}

/// Parses the certificates of a ClusterTrustBundle. The name of one that belongs to a signer
/// has colons.
fn trust_bundle<'a>(
    rest: Fragment<'a>,
    settings: &[Fragment<'a>],
    options: &mut Options<'a>,
) -> Result<Sourced<'a>, ValueError> {
    let name = joined(rest, settings, "trustbundle")?;
    Ok(new(&name, "trustbundle", |volume| {
        let bundle = ClusterTrustBundleProjection {
            name: Some(name.clone()),
            path: "ca.crt".to_owned(),
            optional: options.optional.take().map(|_| true),
            ..ClusterTrustBundleProjection::default()
        };
        project(
            volume,
            VolumeProjection {
                cluster_trust_bundle: Some(bundle),
                ..VolumeProjection::default()
            },
        );
    }))
}
