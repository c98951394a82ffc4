//! The cluster that plugins receive.

use serde_json::{Value, json};

use super::effective::exec_cluster;
use super::kubeconfig::Cluster;

#[test]
fn plugin_gets_the_fields_of_the_cluster() {
    let other = json!({"name": "other", "extension": {"a": "b"}});
    let own = json!({"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}});
    for (field, value, told, as_what) in [
        ("server", json!("https://s"), "server", json!("https://s")),
        ("tls-server-name", json!("n"), "tls-server-name", json!("n")),
        ("tls-server-name", json!(""), "", Value::Null),
        (
            "insecure-skip-tls-verify",
            json!(true),
            "insecure-skip-tls-verify",
            json!(true),
        ),
        ("insecure-skip-tls-verify", json!(false), "", Value::Null),
        (
            "certificate-authority-data",
            json!("Y2E="),
            "certificate-authority-data",
            json!("Y2E="),
        ),
        ("certificate-authority", json!(""), "", Value::Null),
        (
            "proxy-url",
            json!("http://p"),
            "proxy-url",
            json!("http://p"),
        ),
        ("proxy-url", json!(""), "", Value::Null),
        (
            "disable-compression",
            json!(true),
            "disable-compression",
            json!(true),
        ),
        ("disable-compression", json!(false), "", Value::Null),
        (
            "extensions",
            json!([other, own]),
            "config",
            json!({"audience": "a"}),
        ),
        ("extensions", json!([other]), "", Value::Null),
    ] {
        let mut cluster = json!({"server": "https://s"});
        cluster[field] = value;
        let mut expected = json!({"server": "https://s"});
        if !told.is_empty() {
            expected[told] = as_what;
        }
        let read: Cluster = serde_json::from_value(cluster.clone()).unwrap();
        assert_eq!(exec_cluster(&read), expected, "{cluster}");
    }
}
