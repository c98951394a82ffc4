//! Flags of volumes: a volume and its mount path in one value. The Pod has each volume
//! once, however many containers mount it.

use k8s_openapi::api::core::v1::VolumeMount;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::unknown_option;
use super::volume_name::{named, of, own};
use super::volume_source::{Options, Sourced, Wanted, sourced};
use crate::completion_kind::CompletionKind;

pub(super) const GROUP: Group = Group {
    heading: "Volumes",
    flags: &[
        Flag::many(
            "mount",
            "VOLUME:PATH",
            "Mount a volume, such as configmap/NAME:/path",
            "emptydir=cache:1Gi:/var/cache",
            mount,
        )
        .completes(CompletionKind::Sources)
        .more(
            "\
emptydir:/path                  an empty directory
emptydir:1Gi:/path              with a size limit
emptydir:memory:/path           in memory
emptydir=NAME:/path             shared by all containers that name it
configmap/NAME:/path            all keys as files
configmap/NAME/KEY:/path        one key as a file
secret/NAME:/path               the same for a Secret
pvc/NAME:/path                  a PersistentVolumeClaim
hostpath:/from:/path            a file or directory of the node
token[:AUDIENCE][:TIME]:/path   a ServiceAccount token, named token
image/IMAGE:/path               the files of an image
certificate/SIGNER[:KEY]:/path  key and certificate of the Pod
trustbundle/NAME:/path          certificates to trust, named ca.crt
volume/NAME:/path               a volume that the Pod already has
Options after the path: :ro, :subpath=PATH, :optional (configmap, secret, trustbundle). \
A certificate is the file credentialbundle.pem; KEY is ECDSAP256 (the default), ED25519, RSA4096 and more. \
By default, image works since Kubernetes 1.35, certificate and trustbundle since 1.37.",
        ),
        Flag::switch("tmp", "Mount an emptyDir on /tmp", |draft, _| {
            mount(draft, Fragment::whole("emptydir:/tmp"))
        }),
    ],
};

fn options<'a>(words: &[Fragment<'a>]) -> Result<Options<'a>, ValueError> {
    let mut options = Options::default();
    for word in words {
        match word.text() {
            "ro" => options.read_only = true,
            "optional" => options.optional = Some(*word),
            _ => match word.strip_prefix("subpath=") {
                Some(path) => options.sub_path = Some(path),
                None => {
                    return Err(unknown_option(*word, &["ro", "optional", "subpath="]));
                }
            },
        }
    }
    Ok(options)
}

fn mount(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let words = fragment.split(":");
    let Some(at) = words[1..].iter().rposition(|w| w.text().starts_with('/')) else {
        let text = fragment.text();
        let error = fragment.expected("`VOLUME:PATH`");
        return Err(error.help(if text.starts_with('/') {
            format!("use emptydir:{text}, or another volume before the path")
        } else {
            format!("add a mount path: {text}:/path")
        }));
    };
    let (source, path) = (&words[..=at], words[at + 1]);
    let mut options = options(&words[at + 2..])?;
    let Sourced {
        wanted,
        names,
        file,
    } = sourced(source, path, &mut options)?;
    if let Some(word) = options.optional {
        return Err(
            word.error("`optional` only applies to a ConfigMap, Secret or ClusterTrustBundle")
        );
    }
    let name = match wanted {
        Wanted::Known(name) => name,
        Wanted::Own(source) => own(draft, source, path),
        Wanted::Named(name, source) => named(draft, name, source)?,
        Wanted::Of(source) => of(draft, *source, &names),
    };
    let container = draft.container();
    container
        .volume_mounts
        .get_or_insert_default()
        .push(VolumeMount {
            name,
            mount_path: path.owned(),
            sub_path: options.sub_path.map(Fragment::owned).or(file.clone()),
            read_only: options.read_only.then_some(true),
            ..VolumeMount::default()
        });
    if file.is_some() {
        draft.note(format!(
            "{}: a single file (subPath) is not updated when its ConfigMap or Secret changes",
            path.text()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors, notes};

    /// The only volume, mounted once.
    fn one(typed: &str, volume: &str, mount: &str) {
        let line = format!("--mount '{typed}'");
        let expected =
            format!("{{volumes: [{{{volume}}}], containers: [{{volumeMounts: [{{{mount}}}]}}]}}");
        assert_specs(&[(&line, &expected)]);
    }

    #[test]
    fn mount_adds_volume_of_each_type() {
        one(
            "emptydir:/var/cache",
            "name: var-cache, emptyDir: {}",
            "name: var-cache, mountPath: /var/cache",
        );
        one(
            "emptydir=a:1Gi:/b:ro",
            "name: a, emptyDir: {sizeLimit: 1Gi}",
            "name: a, mountPath: /b, readOnly: true",
        );
        one(
            "emptydir:memory:64Mi:/b",
            "name: b, emptyDir: {medium: Memory, sizeLimit: 64Mi}",
            "name: b, mountPath: /b",
        );
        one(
            "configmap/my.settings:/etc/app",
            "name: my-settings, configMap: {name: my.settings}",
            "name: my-settings, mountPath: /etc/app",
        );
        one(
            "cm/a/app.conf:/etc/app.conf",
            "name: a, configMap: {name: a}",
            "name: a, mountPath: /etc/app.conf, subPath: app.conf",
        );
        one(
            "configmap/a/k:/etc/app/",
            "name: a, configMap: {name: a, items: [{key: k, path: k}]}",
            "name: a, mountPath: /etc/app/",
        );
        one(
            "secret/tls:/tls:optional",
            "name: tls, secret: {secretName: tls, optional: true}",
            "name: tls, mountPath: /tls",
        );
        one(
            "secret/tls/tls.key:/k:ro",
            "name: tls, secret: {secretName: tls}",
            "name: tls, mountPath: /k, subPath: tls.key, readOnly: true",
        );
        one(
            "pvc/data:/var/lib:ro:subpath=a/b",
            "name: data, persistentVolumeClaim: {claimName: data}",
            "name: data, mountPath: /var/lib, readOnly: true, subPath: a/b",
        );
        one(
            "hostpath:/var/log:/logs:ro",
            "name: var-log, hostPath: {path: /var/log}",
            "name: var-log, mountPath: /logs, readOnly: true",
        );
        one(
            "image/registry:5000/models/llama:1.2:/models",
            "name: llama, image: {reference: 'registry:5000/models/llama:1.2'}",
            "name: llama, mountPath: /models",
        );
        let certificate = |key: &str| {
            format!(
                "name: certificate, projected: {{sources: [{{podCertificate: {{keyType: {key}, \
                 credentialBundlePath: credentialbundle.pem, signerName: example.com/web}}}}]}}"
            )
        };
        let tls = "name: certificate, mountPath: /tls";
        one(
            "certificate/example.com/web:/tls",
            &certificate("ECDSAP256"),
            tls,
        );
        one(
            "certificate/example.com/web:rsa4096:/tls",
            &certificate("RSA4096"),
            tls,
        );
        one(
            "trustbundle/example.com:web:v1:/ca:optional",
            "name: example-com-web-v1, projected: {sources: [{clusterTrustBundle: \
             {name: 'example.com:web:v1', path: ca.crt, optional: true}}]}",
            "name: example-com-web-v1, mountPath: /ca",
        );
        let token = |fields: &str| {
            format!(
                "name: token, projected: {{sources: [{{serviceAccountToken: {{path: token{fields}}}}}]}}"
            )
        };
        let mount = "name: token, mountPath: /t";
        one("token:/t", &token(""), mount);
        one("token:vault:/t", &token(", audience: vault"), mount);
        one("token:2h:/t", &token(", expirationSeconds: 7200"), mount);
        one(
            "token:https://vault:8200/x:1h:/t",
            &token(", audience: 'https://vault:8200/x', expirationSeconds: 3600"),
            mount,
        );
    }

    #[test]
    fn volume_is_added_once_under_unique_name() {
        assert_specs(&[
            (
                "--mount configmap/a/x:/x --mount configmap/a/z:/z --mount secret/a:/s --mount secret/a:/t:optional",
                "{volumes: [{name: a, configMap: {name: a}}, {name: secret-a, secret: {secretName: a}}, \
                 {name: a-2, secret: {secretName: a, optional: true}}], containers: [{volumeMounts: [\
                 {name: a, mountPath: /x, subPath: x}, {name: a, mountPath: /z, subPath: z}, \
                 {name: secret-a, mountPath: /s}, {name: a-2, mountPath: /t}]}]}",
            ),
            (
                "--tmp --init 'first busybox tmp mount=emptydir=d:1Gi:/d' --mount emptydir=d:/d --mount volume/d:/e",
                "{volumes: [{name: tmp, emptyDir: {}}, {name: tmp-2, emptyDir: {}}, {name: d, emptyDir: {sizeLimit: 1Gi}}], \
                 initContainers: [{name: first, image: busybox, volumeMounts: [{name: tmp-2, mountPath: /tmp}, {name: d, mountPath: /d}]}], \
                 containers: [{volumeMounts: [{name: tmp, mountPath: /tmp}, {name: d, mountPath: /d}, {name: d, mountPath: /e}]}]}",
            ),
        ]);
    }

    #[test]
    fn surprising_mount_is_noted() {
        let found = notes("--mount emptydir:/d --init 'a b mount=emptydir:/d'");
        assert!(found[0].contains("emptydir=NAME:/d"), "{found:?}");
        let found = notes("--mount configmap/a/k:/k");
        assert!(found[0].contains("/k: a single file"), "{found:?}");
        assert!(notes("--tmp --init 'a b tmp' --mount configmap/a:/k").is_empty());
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            (
                "--mount emptydir",
                "emptydir",
                "expected `VOLUME:PATH`, found `emptydir`",
            ),
            (
                "--mount /data",
                "/data",
                "expected `VOLUME:PATH`, found `/data`",
            ),
            (
                "--mount emptydir:data",
                "emptydir:data",
                "expected `VOLUME:PATH`, found `emptydir:data`",
            ),
            (
                "--mount hostpath:/var/log",
                "",
                "expected `hostpath:/from:/path`",
            ),
            (
                "--mount hostpath:a:/b",
                "a",
                "expected an absolute path on the node, found `a`",
            ),
            ("--mount nfs/a:/b", "nfs", "unknown volume type `nfs`"),
            (
                "--mount emptydir:1x:/b",
                "1x",
                "expected a size or `memory`, found `1x`",
            ),
            ("--mount emptydir=:/b", "", "expected NAME after `=`"),
            (
                "--mount emptydir/a:/b",
                "/a",
                "expected `=NAME`, found `/a`",
            ),
            ("--mount configmap:/b", "", "expected `configmap/NAME`"),
            ("--mount configmap/:/b", "", "expected `configmap/NAME`"),
            ("--mount configmap/a/:/b", "", "expected a key after `/`"),
            (
                "--mount pvc/a/b:/c",
                "/b",
                "a PersistentVolumeClaim has no keys",
            ),
            ("--mount pvc/:/c", "", "expected `pvc/NAME`"),
            ("--mount pvc/a:x:/c", "x", "unexpected `x` before the path"),
            ("--mount pvc/a:/c:rw", "rw", "unknown option `rw`"),
            (
                "--mount pvc/a:/c:optional",
                "optional",
                "`optional` only applies to a ConfigMap, Secret or ClusterTrustBundle",
            ),
            ("--mount volume/:/c", "", "expected `volume/NAME`"),
            ("--mount image:/c", "", "expected `image/NAME`"),
            ("--mount trustbundle:/c", "", "expected `trustbundle/NAME`"),
            (
                "--mount certificate/a.b/c:DSA:/c",
                "DSA",
                "unknown value `DSA`",
            ),
            (
                "--mount certificate/a.b/c:RSA3072:1h:/c",
                "1h",
                "unexpected `1h` before the path",
            ),
            (
                "--mount pvc/a:/a --mount emptydir=a:/b",
                "a",
                "volume `a` already exists and is not an emptyDir",
            ),
            (
                "--mount emptydir=a:/a --mount emptydir=a:1Gi:/b",
                "a",
                "volume `a` already exists with another size",
            ),
        ]);
    }
}
