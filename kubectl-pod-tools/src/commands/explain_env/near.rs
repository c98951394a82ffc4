//! The other objects of the input, decoded once and found by name.

use std::collections::{BTreeMap, HashMap};

use k8s_openapi::api::core::v1::{ConfigMap, LimitRange, Node, Secret, Service};
use pod_env::Origin;
use pod_model::{FieldPath, Segment};
use serde::de::DeserializeOwned;

use super::gather::take_string_data;
use crate::error::Failure;
use crate::exit::Exit;
use crate::targets::Neighbour;

/// An object and where it stands, or why it is none.
pub(super) type Read<T> = Result<(T, Origin), Failure>;

/// Objects by namespace and name.
pub(super) type Named<T> = HashMap<String, HashMap<String, Read<T>>>;

/// Objects of which all of a namespace count, by namespace.
pub(super) type Listed<T> = HashMap<String, Vec<Read<T>>>;

/// What look-ups in the input are answered from.
#[derive(Default)]
pub(super) struct Near {
    pub config_maps: Named<ConfigMap>,
    pub secrets: Named<Secret>,
    pub nodes: Named<Node>,
    pub services: Listed<Service>,
    pub limit_ranges: Listed<LimitRange>,
}

impl Near {
    pub(super) fn of(neighbours: &[Neighbour]) -> Self {
        let mut near = Self::default();
        for neighbour in neighbours {
            let namespace = neighbour.namespace.as_str();
            match neighbour.kind {
                "ConfigMap" => add(&mut near.config_maps, namespace, neighbour, |_| ()),
                "Secret" => add(&mut near.secrets, namespace, neighbour, take_string_data),
                // What lives in no namespace is in every one.
                "Node" => add(&mut near.nodes, "", neighbour, |_| ()),
                "Service" => push(&mut near.services, namespace, neighbour),
                "LimitRange" => push(&mut near.limit_ranges, namespace, neighbour),
                _ => {}
            }
        }
        near
    }

    /// Whether every object is what its kind says.
    pub(super) fn is_sound(&self) -> bool {
        fn named<T>(objects: &Named<T>) -> bool {
            objects
                .values()
                .flat_map(HashMap::values)
                .all(Result::is_ok)
        }
        fn listed<T>(objects: &Listed<T>) -> bool {
            objects.values().flatten().all(Result::is_ok)
        }
        named(&self.config_maps)
            && named(&self.secrets)
            && named(&self.nodes)
            && listed(&self.services)
            && listed(&self.limit_ranges)
    }
}

/// The object of a name; the first, where the input has several.
pub(super) fn find<'a, T>(
    objects: &'a Named<T>,
    namespace: &str,
    name: &str,
) -> Option<&'a Read<T>> {
    objects.get(namespace)?.get(name)
}

/// All objects of a namespace, in the order of the input.
pub(super) fn listed<'a, T>(objects: &'a Listed<T>, namespace: &str) -> &'a [Read<T>] {
    objects.get(namespace).map_or(&[], Vec::as_slice)
}

fn push<T: DeserializeOwned>(objects: &mut Listed<T>, namespace: &str, neighbour: &Neighbour) {
    let of_the_namespace = objects.entry(namespace.to_owned()).or_default();
    of_the_namespace.push(read(neighbour));
}

fn add<T: DeserializeOwned>(
    objects: &mut Named<T>,
    namespace: &str,
    neighbour: &Neighbour,
    finish: impl FnOnce(&mut T),
) {
    let of_the_namespace = objects.entry(namespace.to_owned()).or_default();
    let entry = of_the_namespace.entry(neighbour.name.clone());
    entry.or_insert_with(|| {
        let mut read = read(neighbour);
        if let Ok((object, _)) = &mut read {
            finish(object);
        }
        read
    });
}

fn read<T: DeserializeOwned>(neighbour: &Neighbour) -> Read<T> {
    let document = &neighbour.document;
    let object = document.decode().map_err(|error| {
        let place = document.location(error.span);
        let (kind, name) = (&neighbour.kind, &neighbour.name);
        let (path, why) = if document.may_be_secret() {
            let path = document.certain_path(&error.path);
            let why = without_value(&path);
            (path, why)
        } else {
            (error.path, error.message.as_str())
        };
        let message = format!("{kind} `{name}` cannot be looked into: {place}: {path}: {why}");
        Failure::new(Exit::Failure, message)
    })?;
    let span = document.find_nearest(&FieldPath::root());
    let origin = document.location(span.headline(document.tree()));
    let keys = places_of_keys(neighbour);
    Ok((object, Origin::with_keys(origin.to_string(), keys)))
}

/// Where the keys stand that variables are taken from; in a Secret, those of
/// `stringData` win.
fn places_of_keys(neighbour: &Neighbour) -> BTreeMap<String, String> {
    let fields: &[&str] = match neighbour.kind {
        "ConfigMap" => &["data"],
        "Secret" => &["data", "stringData"],
        _ => &[],
    };
    let document = &neighbour.document;
    let tree = document.tree();
    let mut places = BTreeMap::new();
    let of_fields = fields
        .iter()
        .filter_map(|field| tree.get(document.root(), field));
    for entry in of_fields.flat_map(|data| tree.entries(data)) {
        let place = document.location(entry.key_span).to_string();
        places.insert(entry.key.to_string(), place);
    }
    places
}

/// What is wrong at a path of a Secret. The decoder would quote what stands
/// there.
fn without_value(path: &FieldPath) -> &'static str {
    match path.segments() {
        [Segment::Field(field), Segment::Field(_)] if field == "stringData" => "must be a string",
        [Segment::Field(field), Segment::Field(_)] if field == "data" => {
            "must be a string in Base64; stringData takes text as it is"
        }
        _ => "is not what a Secret has there",
    }
}
