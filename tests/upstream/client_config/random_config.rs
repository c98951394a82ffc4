//! Random kubeconfigs and flags: most parts are right, so that a rule is met alone.

use super::Case;
use crate::random::Rng;

const SERVERS: [&str; 14] = [
    "https://one",
    "https://one",
    "https://one:6443",
    "https://one:6443/",
    "https://10.0.0.1:6443/k8s/c",
    "https://[fd00::1]:6443",
    "HTTPS://One:443",
    "https://a:b@one",
    "http://one",
    "http://one:8080/x",
    "one:6443",
    "https://one:65535",
    "https://one?x=y",
    "https://one:",
];
const BAD_SERVERS: [&str; 8] = [
    "https://one:65536",
    "https://one:7443x",
    "https://one:-1",
    "https://[fd00::1",
    "https://fd00::1:443",
    "https://[fe80::1%25eth0]",
    "ftp://one",
    "",
];

const AUTHORITIES: [&str; 8] = [
    "ca.crt",
    "ca.crt",
    "ca.crt",
    "ca.crt",
    "DIR/ca.crt",
    "gone",
    "broken.crt",
    "empty",
];
const PROXIES: [&str; 7] = [
    "http://p:3128",
    "http://p:3128",
    "http://p:3128",
    "https://a:b@p",
    "socks5://p:1080",
    "ftp://a:b@p",
    "p",
];
const MODES: [&str; 8] = [
    "Never",
    "Never",
    "Never",
    "IfAvailable",
    "IfAvailable",
    "Never",
    "Now",
    "",
];
const VERSIONS: [&str; 7] = [
    "client.authentication.k8s.io/v1",
    "client.authentication.k8s.io/v1beta1",
    "client.authentication.k8s.io/v1",
    "client.authentication.k8s.io/v1",
    "client.authentication.k8s.io/v1beta1",
    "client.authentication.k8s.io/v1alpha1",
    "",
];

struct Fields(Vec<String>);

impl Fields {
    fn add(&mut self, rng: &mut Rng, percent: usize, name: &str, values: &[&str]) {
        if rng.percent(percent) {
            let value = rng.pick(values);
            // A null is as good as nothing, and so is an empty text.
            let value = match rng.below(40) {
                0 => "null".to_owned(),
                _ => format!("'{value}'"),
            };
            self.0.push(format!("{name}: {value}"));
        }
    }

    fn raw(&mut self, rng: &mut Rng, percent: usize, text: &str) {
        if rng.percent(percent) {
            self.0.push(text.to_owned());
        }
    }

    fn flow(&self) -> String {
        format!("{{{}}}", self.0.join(", "))
    }
}

fn cluster(rng: &mut Rng) -> String {
    let mut fields = Fields(Vec::new());
    let bad = rng.percent(8);
    fields.add(rng, 97, "server", if bad { &BAD_SERVERS } else { &SERVERS });
    fields.add(rng, 25, "certificate-authority", &AUTHORITIES);
    fields.add(rng, 4, "certificate-authority-data", &["YQ==", "", "*"]);
    fields.raw(rng, 8, "insecure-skip-tls-verify: true");
    fields.raw(rng, 5, "disable-compression: true");
    fields.add(rng, 15, "tls-server-name", &["n.test", "10.0.0.1", ""]);
    fields.add(rng, 12, "proxy-url", &PROXIES);
    fields.flow()
}

fn user(rng: &mut Rng) -> String {
    let mut fields = Fields(Vec::new());
    fields.add(rng, 25, "token", &["t", "t", ""]);
    fields.add(
        rng,
        15,
        "tokenFile",
        &["token", "token", "token", "token", "gone", "empty", "blank"],
    );
    fields.add(rng, 8, "username", &["a", "ä", ""]);
    fields.add(rng, 8, "password", &["b", ""]);
    let has_certificate = rng.percent(25);
    let often = if has_certificate { 92 } else { 2 };
    fields.add(
        rng,
        often,
        "client-certificate",
        &[
            "client.crt",
            "client.crt",
            "client.crt",
            "broken.crt",
            "gone",
        ],
    );
    fields.add(
        rng,
        often,
        "client-key",
        &[
            "client.key",
            "client.key",
            "client.key",
            "server.key",
            "gone",
            "",
        ],
    );
    fields.add(rng, 2, "client-certificate-data", &["YQ==", ""]);
    fields.add(rng, 2, "client-key-data", &["YQ==", ""]);
    if rng.percent(25) {
        let plugin = exec(rng);
        fields.0.push(format!("exec: {plugin}"));
    }
    fields.raw(rng, 3, "auth-provider: {name: gcp}");
    let acts = rng.percent(20);
    let often = if acts { 30 } else { 1 };
    fields.add(
        rng,
        if acts { 95 } else { 0 },
        "as",
        &["jane", "jane", "joe", ""],
    );
    fields.add(rng, often, "as-uid", &["1", ""]);
    fields.raw(rng, often, "as-groups: [a, b]");
    fields.raw(rng, often, "as-user-extra: {k: [v, w], l: [x]}");
    fields.flow()
}

fn exec(rng: &mut Rng) -> String {
    let mut fields = Fields(Vec::new());
    fields.add(
        rng,
        97,
        "command",
        &["no-such-plugin", "./no-such-plugin", "no-such-plugin", ""],
    );
    fields.add(rng, 97, "apiVersion", &VERSIONS);
    fields.add(rng, 90, "interactiveMode", &MODES);
    fields.raw(rng, 20, "args: [a, 'b c']");
    fields.raw(rng, 20, "env: [{name: A, value: x}]");
    fields.raw(rng, 3, "env: [{value: x}]");
    fields.raw(rng, 15, "provideClusterInfo: true");
    // A field twice is a mistake of its own.
    let mut known = Vec::new();
    fields.0.retain(|field| {
        let name = field.split(':').next().unwrap().to_owned();
        let is_new = !known.contains(&name);
        known.push(name);
        is_new
    });
    fields.flow()
}

fn file(rng: &mut Rng) -> String {
    let mut text = String::new();
    if rng.percent(85) {
        let name = rng.pick(&["a", "a", "a", "a", "b", "b", "b", "", "gone"]);
        text.push_str(&format!("current-context: '{name}'\n"));
    }
    let mut list = |kind: &str, one: &str, make: &mut dyn FnMut(&mut Rng, &str) -> String| {
        if rng.percent(3) {
            return;
        }
        text.push_str(&format!("{kind}:\n"));
        for name in ["k1", "k2"] {
            if rng.percent(95) {
                let value = make(rng, name);
                text.push_str(&format!("- {{name: {name}, {one}: {value}}}\n"));
            }
        }
    };
    list("clusters", "cluster", &mut |rng, _| cluster(rng));
    list("users", "user", &mut |rng, _| user(rng));
    if rng.percent(96) {
        text.push_str("contexts:\n");
        for name in ["a", "b"] {
            let cluster = rng.pick(&["k1", "k1", "k1", "k1", "k2", "k2", "k2", "gone"]);
            let user = rng.pick(&["k1", "k1", "k1", "k1", "k2", "k2", "k2", "gone"]);
            let namespace = rng.pick(&["", ", namespace: team"]);
            text.push_str(&format!(
                "- {{name: {name}, context: {{cluster: {cluster}, user: {user}{namespace}}}}}\n"
            ));
        }
    }
    text
}

fn flags(rng: &mut Rng) -> Vec<(String, String)> {
    let mut given = Vec::new();
    let mut add = |percent: usize, name: &str, values: &[&str]| {
        if rng.percent(percent) {
            given.push((name.to_owned(), rng.pick(values).to_owned()));
        }
    };
    add(10, "context", &["a", "b", "b", "a", "b", "gone", ""]);
    add(8, "cluster", &["k1", "k2", "k2", "k1", "k2", "gone", ""]);
    add(8, "user", &["k1", "k2", "k2", "k1", "k2", "gone", ""]);
    add(8, "namespace", &["n", ""]);
    add(10, "server", &SERVERS);
    add(1, "server", &BAD_SERVERS);
    add(8, "token", &["flag", "flag", ""]);
    add(4, "username", &["c", ""]);
    add(4, "password", &["d", ""]);
    add(
        4,
        "client-certificate",
        &["DIR/client.crt", "DIR/client.crt", "DIR/gone", ""],
    );
    add(
        5,
        "client-key",
        &["DIR/client.key", "DIR/client.key", "DIR/server.key", ""],
    );
    add(
        8,
        "certificate-authority",
        &["DIR/ca.crt", "DIR/ca.crt", "DIR/gone", ""],
    );
    add(8, "insecure-skip-tls-verify", &["true", "true", "false"]);
    add(8, "tls-server-name", &["f.test", ""]);
    add(3, "disable-compression", &["true"]);
    add(10, "as", &["joe", "joe", ""]);
    add(1, "as-uid", &["2", ""]);
    add(2, "as-group", &["c"]);
    add(2, "as-group", &["d"]);
    add(2, "as-user-extra", &["k=f", "m=g"]);
    given
}

pub(crate) fn case(rng: &mut Rng) -> Case {
    let count = if rng.percent(25) { 2 } else { 1 };
    Case {
        files: (0..count).map(|_| file(rng)).collect(),
        flags: flags(rng),
    }
}
