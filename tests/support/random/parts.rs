//! Fields that several objects have, and the small words to build objects.

use serde_json::{Map, Value, json};

use super::Rng;
use super::quantity::quantity;

/// An object under construction.
pub struct Object(pub Map<String, Value>);

impl Object {
    pub fn new() -> Self {
        Self(Map::new())
    }

    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Sets a field in so many of a hundred cases.
    pub fn maybe(
        &mut self,
        rng: &mut Rng,
        chance: usize,
        name: &str,
        value: impl FnOnce(&mut Rng) -> Value,
    ) {
        if rng.percent(chance) {
            let value = value(rng);
            self.set(name, value);
        }
    }

    pub fn value(self) -> Value {
        Value::Object(self.0)
    }
}

pub fn pick(rng: &mut Rng, choices: &[&str]) -> Value {
    Value::from(rng.pick(choices))
}

pub fn flag(rng: &mut Rng) -> Value {
    Value::from(rng.percent(50))
}

/// A number from 0 to `most`, often 0.
pub fn count(rng: &mut Rng, most: usize) -> Value {
    let number = if rng.percent(25) {
        0
    } else {
        rng.below(most + 1)
    };
    Value::from(number)
}

/// A list of none to `most` elements.
pub fn list(rng: &mut Rng, most: usize, mut element: impl FnMut(&mut Rng) -> Value) -> Value {
    let length = rng.below(most + 1);
    (0..length).map(|_| element(rng)).collect()
}

pub fn name(rng: &mut Rng) -> Value {
    pick(rng, &["a", "b", "web", "cache", "db-0", "x1"])
}

pub fn labels(rng: &mut Rng) -> Value {
    let mut labels = Object::new();
    for _ in 0..rng.below(3) {
        let key = rng.pick(&["app", "tier", "example.com/part"]);
        let value = pick(rng, &["web", "db", ""]);
        labels.set(key, value);
    }
    labels.value()
}

pub fn label_selector(rng: &mut Rng) -> Value {
    let mut selector = Object::new();
    selector.maybe(rng, 60, "matchLabels", labels);
    selector.maybe(rng, 40, "matchExpressions", |rng| {
        list(rng, 2, |rng| {
            if rng.percent(50) {
                json!({ "key": "app", "operator": "Exists" })
            } else {
                json!({ "key": "app", "operator": pick(rng, &["In", "NotIn"]), "values": ["a"] })
            }
        })
    });
    selector.value()
}

pub fn metadata(rng: &mut Rng, named: bool) -> Value {
    let mut metadata = Object::new();
    if named {
        metadata.set("name", name(rng));
    }
    metadata.maybe(rng, 40, "labels", labels);
    metadata.maybe(rng, 20, "annotations", labels);
    metadata.maybe(rng, 20, "namespace", |rng| pick(rng, &["default", "other"]));
    metadata.value()
}

pub fn resource_list(rng: &mut Rng, names: &[&str]) -> Value {
    let mut resources = Object::new();
    for _ in 0..rng.below(4) {
        let name = rng.pick(names);
        resources.set(name, Value::from(quantity(rng)));
    }
    resources.value()
}

pub fn field_ref(rng: &mut Rng) -> Value {
    let mut field = Object::new();
    field.set(
        "fieldPath",
        pick(
            rng,
            &[
                "metadata.name",
                "metadata.labels['app']",
                "spec.nodeName",
                "status.podIP",
            ],
        ),
    );
    field.maybe(rng, 30, "apiVersion", |rng| pick(rng, &["v1", ""]));
    field.value()
}

pub fn resource_field_ref(rng: &mut Rng) -> Value {
    let mut field = Object::new();
    let resource = ["limits.cpu", "requests.memory", "limits.ephemeral-storage"];
    field.set("resource", pick(rng, &resource));
    field.maybe(rng, 40, "containerName", name);
    field.maybe(rng, 40, "divisor", |rng| {
        pick(rng, &["1", "1m", "1Mi", "1k", "0"])
    });
    field.value()
}

pub fn key_ref(rng: &mut Rng) -> Value {
    let mut key = Object::new();
    key.set("name", name(rng));
    key.set("key", pick(rng, &["k", "config.yaml", "password"]));
    key.maybe(rng, 30, "optional", flag);
    key.value()
}

pub fn image(rng: &mut Rng) -> Value {
    const SHA256: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let image = rng.pick(&[
        "nginx",
        "nginx:latest",
        "nginx:1.27",
        "busybox:",
        "",
        "Nginx",
        "nginx:LATEST",
        "localhost/a",
        "localhost:5000/a:latest",
        "localhost:5000/a",
        "registry.example.com/team/app:v1",
        "docker.io/nginx",
        "docker.io/a/b:latest",
        "HOST/a",
        "HOST/A",
        "a__b/c--d.e",
        "a..b",
        "a/-b",
        "a___b",
        "[::1]:5000/a",
        "[::1]/a:latest",
        "[::g]/a",
        "a.b:x/c",
        "-a.b/c",
        "nginx:-tag",
        "a/b/",
        "/a",
        "nginx@sha256:00",
        "@sha256:00",
        "nginx@sha256",
        " nginx",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef:latest",
    ]);
    match rng.below(12) {
        0 => Value::from(format!("{image}@{SHA256}")),
        1 => Value::from(format!("{image}:latest")),
        2 => Value::from(format!("nginx:{}", "t".repeat(126 + rng.below(5)))),
        3 => Value::from("n".repeat(245 + rng.below(13))),
        4 => Value::from(format!("nginx:latest@md5:{}", "0".repeat(32))),
        _ => Value::from(image),
    }
}
