//! Volumes of every source.

use serde_json::{Value, json};

use super::Rng;
use super::parts::{
    Object, count, field_ref, flag, image, label_selector, list, metadata, name, pick,
    resource_field_ref, resource_list,
};
use super::quantity::quantity;

/// Optional fields of a source and how to fill them.
type Optional = (&'static str, fn(&mut Rng) -> Value);

const FS_TYPE: Optional = ("fsType", |rng| pick(rng, &["ext4", "xfs", ""]));
const READ_ONLY: Optional = ("readOnly", flag);
const SECRET_REF: Optional = ("secretRef", reference);
const DEFAULT_MODE: Optional = ("defaultMode", mode);
const OPTIONAL: Optional = ("optional", flag);
const ITEMS: Optional = ("items", key_items);

fn reference(rng: &mut Rng) -> Value {
    json!({ "name": name(rng) })
}

fn mode(rng: &mut Rng) -> Value {
    Value::from(rng.pick(&[0, 0o400, 0o644, 0o777]))
}

fn key_items(rng: &mut Rng) -> Value {
    list(rng, 2, |rng| {
        let mut item = Object::new();
        item.set("key", pick(rng, &["k", "l"]));
        item.set("path", pick(rng, &["p", "q/r"]));
        item.maybe(rng, 30, "mode", mode);
        item.value()
    })
}

fn downward_items(rng: &mut Rng) -> Value {
    list(rng, 2, |rng| {
        let mut item = Object::new();
        item.set("path", pick(rng, &["p", "q/r"]));
        if rng.percent(60) {
            item.set("fieldRef", field_ref(rng));
        } else {
            item.set("resourceFieldRef", resource_field_ref(rng));
        }
        item.maybe(rng, 30, "mode", mode);
        item.value()
    })
}

fn with(rng: &mut Rng, required: Value, optional: &[Optional]) -> Value {
    let Value::Object(fields) = required else {
        unreachable!("a source is an object");
    };
    let mut object = Object(fields);
    for (field, value) in optional {
        object.maybe(rng, 40, field, value);
    }
    object.value()
}

/// The sources that are read-only lists of fields.
const PLAIN: &[(&str, &str, &[Optional])] = &[
    (
        "hostPath",
        r#"{"path":"/h"}"#,
        &[("type", |rng| pick(rng, &["", "Directory", "File"]))],
    ),
    (
        "gcePersistentDisk",
        r#"{"pdName":"d"}"#,
        &[FS_TYPE, READ_ONLY, ("partition", |rng| count(rng, 3))],
    ),
    (
        "awsElasticBlockStore",
        r#"{"volumeID":"d"}"#,
        &[FS_TYPE, READ_ONLY, ("partition", |rng| count(rng, 3))],
    ),
    (
        "gitRepo",
        r#"{"repository":"r"}"#,
        &[("revision", name), ("directory", name)],
    ),
    ("nfs", r#"{"server":"s","path":"/p"}"#, &[READ_ONLY]),
    (
        "iscsi",
        r#"{"targetPortal":"t","iqn":"i","lun":0}"#,
        &[
            ("iscsiInterface", |rng| pick(rng, &["", "eth0"])),
            FS_TYPE,
            READ_ONLY,
            SECRET_REF,
            ("portals", |rng| list(rng, 2, name)),
            ("chapAuthDiscovery", flag),
            ("initiatorName", name),
        ],
    ),
    ("glusterfs", r#"{"endpoints":"e","path":"p"}"#, &[READ_ONLY]),
    (
        "persistentVolumeClaim",
        r#"{"claimName":"c"}"#,
        &[READ_ONLY],
    ),
    (
        "rbd",
        r#"{"monitors":["m"],"image":"i"}"#,
        &[
            ("pool", |rng| pick(rng, &["", "p"])),
            ("user", |rng| pick(rng, &["", "u"])),
            ("keyring", |rng| pick(rng, &["", "/k"])),
            FS_TYPE,
            READ_ONLY,
            SECRET_REF,
        ],
    ),
    (
        "flexVolume",
        r#"{"driver":"d/e"}"#,
        &[
            FS_TYPE,
            READ_ONLY,
            SECRET_REF,
            ("options", |_| json!({"a": "b"})),
        ],
    ),
    (
        "cinder",
        r#"{"volumeID":"d"}"#,
        &[FS_TYPE, READ_ONLY, SECRET_REF],
    ),
    (
        "cephfs",
        r#"{"monitors":["m"]}"#,
        &[READ_ONLY, SECRET_REF, ("path", name), ("user", name)],
    ),
    ("flocker", r#"{"datasetName":"d"}"#, &[]),
    (
        "fc",
        r#"{"targetWWNs":["w"]}"#,
        &[FS_TYPE, READ_ONLY, ("lun", |rng| count(rng, 9))],
    ),
    (
        "azureFile",
        r#"{"secretName":"s","shareName":"t"}"#,
        &[READ_ONLY],
    ),
    (
        "vsphereVolume",
        r#"{"volumePath":"v"}"#,
        &[FS_TYPE, ("storagePolicyName", name)],
    ),
    (
        "quobyte",
        r#"{"registry":"r:1","volume":"v"}"#,
        &[READ_ONLY, ("user", name)],
    ),
    (
        "azureDisk",
        r#"{"diskName":"d","diskURI":"u"}"#,
        &[
            ("cachingMode", |rng| pick(rng, &["None", "ReadOnly", ""])),
            FS_TYPE,
            READ_ONLY,
            ("kind", |rng| pick(rng, &["Dedicated", "Managed"])),
        ],
    ),
    ("photonPersistentDisk", r#"{"pdID":"p"}"#, &[FS_TYPE]),
    (
        "portworxVolume",
        r#"{"volumeID":"p"}"#,
        &[FS_TYPE, READ_ONLY],
    ),
    (
        "scaleIO",
        r#"{"gateway":"g","system":"s","secretRef":{"name":"n"}}"#,
        &[
            ("storageMode", |rng| pick(rng, &["", "ThickProvisioned"])),
            FS_TYPE,
            READ_ONLY,
            ("sslEnabled", flag),
        ],
    ),
    (
        "storageos",
        r#"{"volumeName":"v"}"#,
        &[FS_TYPE, READ_ONLY, SECRET_REF],
    ),
    (
        "csi",
        r#"{"driver":"d"}"#,
        &[
            FS_TYPE,
            READ_ONLY,
            ("nodePublishSecretRef", reference),
            ("volumeAttributes", |_| json!({"a": "b"})),
        ],
    ),
    (
        "image",
        r"{}",
        &[
            ("reference", image),
            ("pullPolicy", |rng| pick(rng, &["", "Never"])),
        ],
    ),
    (
        "emptyDir",
        r"{}",
        &[
            ("medium", |rng| pick(rng, &["", "Memory"])),
            ("sizeLimit", |rng| Value::from(quantity(rng))),
        ],
    ),
    (
        "configMap",
        r#"{"name":"c"}"#,
        &[DEFAULT_MODE, OPTIONAL, ITEMS],
    ),
    (
        "secret",
        r#"{"secretName":"s"}"#,
        &[DEFAULT_MODE, OPTIONAL, ITEMS],
    ),
    (
        "downwardAPI",
        r"{}",
        &[DEFAULT_MODE, ("items", downward_items)],
    ),
    (
        "projected",
        r"{}",
        &[DEFAULT_MODE, ("sources", |rng| list(rng, 3, projection))],
    ),
    (
        "ephemeral",
        r"{}",
        &[
            ("volumeClaimTemplate", claim_template),
            ("volumeClaimTemplate", claim_template),
        ],
    ),
];

fn projection(rng: &mut Rng) -> Value {
    match rng.below(7) {
        0 => json!({ "secret": with(rng, json!({ "name": "s" }), &[OPTIONAL, ITEMS]) }),
        1 => json!({ "configMap": with(rng, json!({ "name": "c" }), &[OPTIONAL, ITEMS]) }),
        2 | 3 => json!({ "downwardAPI": with(rng, json!({}), &[("items", downward_items)]) }),
        4 => {
            let (field, value) = rng.pick(&[("name", "a"), ("signerName", "a.b/c")]);
            let named = json!({ "path": "p", (field): value });
            json!({ "clusterTrustBundle": with(rng, named, &[
                ("name", name), OPTIONAL, ("labelSelector", label_selector),
            ]) })
        }
        5 => json!({}),
        _ => json!({ "serviceAccountToken": with(rng, json!({ "path": "t" }), &[
            ("audience", |rng| pick(rng, &["", "api"])),
            ("expirationSeconds", |rng| Value::from(rng.pick(&[0, 600, 7200]))),
        ]) }),
    }
}

fn claim_template(rng: &mut Rng) -> Value {
    let spec = with(
        rng,
        json!({ "accessModes": ["ReadWriteOnce"] }),
        &[
            ("volumeMode", |rng| pick(rng, &["Block", "Filesystem"])),
            ("storageClassName", |rng| pick(rng, &["", "fast"])),
            ("selector", label_selector),
            ("resources", |rng| {
                let mut resources = Object::new();
                resources.maybe(rng, 80, "requests", |rng| resource_list(rng, &["storage"]));
                resources.maybe(rng, 30, "limits", |rng| resource_list(rng, &["storage"]));
                resources.value()
            }),
        ],
    );
    let mut template = Object::new();
    template.set("spec", spec);
    template.maybe(rng, 40, "metadata", |rng| metadata(rng, false));
    template.value()
}

pub fn volume(rng: &mut Rng, number: usize) -> Value {
    let mut volume = Object::new();
    volume.set("name", Value::from(format!("v{number}")));
    if rng.percent(95) {
        let (source, required, optional) = rng.pick(PLAIN);
        let required = serde_json::from_str(required).unwrap();
        volume.set(source, with(rng, required, optional));
    }
    volume.value()
}
