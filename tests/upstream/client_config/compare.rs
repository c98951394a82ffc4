//! One configuration as both sides make it.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

pub(crate) const MEANT: &str =
    "--insecure-skip-tls-verify=false means it, client-go passes it over";
pub(crate) const TOKEN: &str = "--token wins over a tokenFile, client-go sends the file's";
pub(crate) const EMPTY: &str =
    "an authority without certificates is refused, client-go trusts the system's";
pub(crate) const ZONES: &str = "IPv6 zones are refused";

/// The outcome of a case.
pub(crate) enum Outcome {
    Same,
    Refused,
    Excused(&'static str),
    Differs(String),
}

pub(crate) fn question(files: &[PathBuf], flags: &[(String, String)]) -> Value {
    let mut given = Map::new();
    for (name, value) in flags {
        let values = given.entry(name).or_insert_with(|| json!([]));
        values.as_array_mut().unwrap().push(value.clone().into());
    }
    json!({"op": "clientConfig", "files": files, "flags": given})
}

pub(crate) fn outcome(files: &[PathBuf], flags: &[(String, String)], theirs: &Value) -> Outcome {
    assert!(theirs.get("panic").is_none(), "{theirs}");
    let typed: Vec<String> = flags
        .iter()
        .map(|(name, value)| match name.as_str() {
            "disable-compression" => format!("--{name}"),
            name => format!("--{name}={value}"),
        })
        .collect();
    let ours = kubectl_pod_tools::effective_configuration(files, &typed);
    match (&ours, theirs.get("err")) {
        (Err(_), Some(_)) => return Outcome::Refused,
        (Ok(ours), None) if same(ours) == upstreams(theirs) => return Outcome::Same,
        _ => {}
    }
    if let Some(reason) = excuse(files, flags, &ours, theirs) {
        return Outcome::Excused(reason);
    }
    match ours {
        Ok(ours) if theirs.get("err").is_none() => Outcome::Differs(format!(
            "ours      {}\nclient-go {}",
            same(&ours),
            upstreams(theirs)
        )),
        ours => Outcome::Differs(format!("ours      {ours:?}\nclient-go {theirs}")),
    }
}

/// Returns the reason for an intended difference.
fn excuse(
    files: &[PathBuf],
    flags: &[(String, String)],
    ours: &Result<Value, String>,
    theirs: &Value,
) -> Option<&'static str> {
    let has = |name: &str, value: &str| flags.iter().any(|(n, v)| n == name && v == value);
    let names = |name: &str| flags.iter().any(|(n, _)| n == name);
    let text: String = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    if has("insecure-skip-tls-verify", "false") && text.contains("insecure-skip-tls-verify: true") {
        return Some(MEANT);
    }
    if names("token") && text.contains("tokenFile") {
        return Some(TOKEN);
    }
    let empty = ours
        .as_ref()
        .is_err_and(|why| why.ends_with("empty holds no PEM certificate"));
    if empty && theirs.get("err").is_none() {
        return Some(EMPTY);
    }
    let zone = ours.as_ref().is_err_and(|why| why.contains("IPv6 zone"));
    if zone && theirs.get("err").is_none() {
        return Some(ZONES);
    }
    None
}

/// Ours, in the words of the comparison.
fn same(ours: &Value) -> Value {
    let mut headers = Map::new();
    if let Some(value) = ours["authorization"].as_str() {
        headers.insert("authorization".into(), json!([value]));
    }
    let acting = &ours["impersonate"];
    for name in ["user", "uid"] {
        if let Some(value) = acting[name].as_str() {
            headers.insert(format!("impersonate-{name}"), json!([value]));
        }
    }
    if acting["groups"]
        .as_array()
        .is_some_and(|all| !all.is_empty())
    {
        headers.insert("impersonate-group".into(), acting["groups"].clone());
    }
    for (key, values) in acting["extra"].as_object().unwrap() {
        if values.as_array().is_some_and(|all| !all.is_empty()) {
            headers.insert(format!("impersonate-extra-{key}"), values.clone());
        }
    }
    let mut exec = ours["exec"].clone();
    if !exec.is_null() {
        // A plugin that is not there ends the request before it is seen.
        headers.clear();
    }
    if let Some(command) = exec["command"].as_str() {
        // Shown without detours where it is run.
        exec["command"] = command.replace("/./", "/").into();
    }
    let cluster = exec.as_object_mut().and_then(|exec| exec.remove("cluster"));
    let cluster = cluster.filter(|cluster| !cluster.is_null()).map(|cluster| {
        json!({
            "server": cluster["server"],
            "name": text(&cluster["tls-server-name"]),
            "proxy": text(&cluster["proxy-url"]),
            "insecure": cluster["insecure-skip-tls-verify"] == true,
            "authority": text(&cluster["certificate-authority-data"]),
        })
    });
    json!({
        "server": trimmed(&ours["server"]),
        "namespace": ours["namespace"],
        "insecure": ours["insecure"],
        "serverName": text(&ours["serverName"]),
        "disableCompression": ours["disableCompression"],
        "authorities": ours["authorities"].as_u64().unwrap_or(0),
        "certificate": text(&ours["certificate"]),
        "headers": headers,
        "exec": exec,
        "cluster": cluster,
        "proxy": trimmed(&ours["proxy"]),
    })
}

fn upstreams(theirs: &Value) -> Value {
    let mut headers = Map::new();
    for (name, values) in theirs["headers"].as_object().into_iter().flatten() {
        let name = name.to_lowercase();
        if name == "authorization" || name.starts_with("impersonate") {
            headers.insert(name, values.clone());
        }
    }
    let mut exec = theirs.get("exec").cloned().unwrap_or(Value::Null);
    if let Some(fields) = exec.as_object_mut() {
        fields.remove("provideClusterInfo");
        if fields["args"].is_null() {
            fields["args"] = json!([]);
        }
    }
    json!({
        "server": trimmed(&theirs["server"]),
        "namespace": theirs["namespace"],
        "insecure": theirs["insecure"],
        "serverName": theirs["serverName"],
        "disableCompression": theirs["disableCompression"],
        "authorities": theirs.get("authorities").and_then(Value::as_u64).unwrap_or(0),
        "certificate": text(&theirs["certificate"]),
        "headers": headers,
        "exec": exec,
        "cluster": theirs.get("execCluster"),
        "proxy": trimmed(&theirs["proxy"]),
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn trimmed(value: &Value) -> &str {
    text(value).trim_end_matches('/')
}
