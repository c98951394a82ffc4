//! Servers of Go: TLS of every age, and gRPC's own health service.

use serde_json::{Value, json};

use crate::network::Case;
use crate::oracle::Oracle;
use crate::script::Script;

const TLS_1_0: u16 = 0x301;
const TLS_1_1: u16 = 0x302;
const TLS_1_2: u16 = 0x303;
const TLS_1_3: u16 = 0x304;

const ECDHE_RSA_AES_128_GCM_SHA256: u16 = 0xc02f;
const ECDHE_RSA_AES_256_GCM_SHA384: u16 = 0xc030;
const ECDHE_RSA_CHACHA20_POLY1305: u16 = 0xcca8;
const ECDHE_RSA_AES_128_CBC_SHA: u16 = 0xc013;
const RSA_AES_128_GCM_SHA256: u16 = 0x009c;
const RSA_3DES_EDE_CBC_SHA: u16 = 0x000a;

fn tls(min: u16, max: u16, key: &str) -> Value {
    json!({"min": min, "max": max, "key": key, "names": ["a.test"]})
}

fn with(mut server: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        server[name] = value.clone();
    }
    server
}

fn of_tls() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut add = |name: &str, server: Value| all.push((format!("TLS {name}"), server));
    add("1.0", tls(TLS_1_0, TLS_1_0, "rsa2048"));
    add("1.1", tls(TLS_1_1, TLS_1_1, "rsa2048"));
    add("1.0 to 1.2", tls(TLS_1_0, TLS_1_2, "rsa2048"));
    add("1.2", tls(TLS_1_2, TLS_1_2, "rsa2048"));
    add("1.3", tls(TLS_1_3, TLS_1_3, "rsa2048"));
    for key in ["rsa2048", "rsa3072", "p256", "p384", "p521", "ed25519"] {
        add(&format!("1.2, {key}"), tls(TLS_1_2, TLS_1_2, key));
        add(&format!("1.3, {key}"), tls(TLS_1_3, TLS_1_3, key));
    }
    let rsa = tls(TLS_1_2, TLS_1_2, "rsa2048");
    for cipher in [
        ECDHE_RSA_AES_128_GCM_SHA256,
        ECDHE_RSA_AES_256_GCM_SHA384,
        ECDHE_RSA_CHACHA20_POLY1305,
        RSA_AES_128_GCM_SHA256,
        RSA_3DES_EDE_CBC_SHA,
    ] {
        add(
            &format!("1.2, cipher {cipher:x}"),
            with(rsa.clone(), &json!({"ciphers": [cipher]})),
        );
    }
    // X25519, P-256, P-384.
    for curve in [29, 23, 24] {
        let curves = json!({"curves": [curve]});
        add(&format!("1.2, curve {curve}"), with(rsa.clone(), &curves));
        add(
            &format!("1.3, curve {curve}"),
            with(tls(TLS_1_3, TLS_1_3, "p256"), &curves),
        );
    }
    add(
        "1.2, cipher in CBC mode",
        with(rsa, &json!({"ciphers": [ECDHE_RSA_AES_128_CBC_SHA]})),
    );
    add(
        "1.3, curve P-521",
        with(tls(TLS_1_3, TLS_1_3, "p256"), &json!({"curves": [25]})),
    );
    let new = tls(TLS_1_2, TLS_1_3, "p256");
    add("expired", with(new.clone(), &json!({"expired": true})));
    add("without names", with(new.clone(), &json!({"names": []})));
    for protocols in [
        json!(["h2"]),
        json!(["h2", "http/1.1"]),
        json!(["http/1.1"]),
        json!(["x"]),
    ] {
        add(
            &format!("ALPN {protocols}"),
            with(new.clone(), &json!({"protocols": protocols})),
        );
    }
    all
}

fn of_grpc() -> Vec<(String, Value, Value)> {
    let mut all = Vec::new();
    let mut add = |name: &str, service: Option<&str>, server: Value| {
        let action = service.map_or(json!({}), |service| json!({"service": service}));
        all.push((format!("gRPC {name}"), action, json!({"grpc": server})));
    };
    for state in 0..=3 {
        add(
            &format!("state {state}"),
            None,
            json!({"services": {"": state}}),
        );
        add(
            &format!("service in state {state}"),
            Some("a"),
            json!({"services": {"a": state}}),
        );
    }
    add(
        "service that is not there",
        Some("b"),
        json!({"services": {"a": 1}}),
    );
    add(
        "server as a whole, by default",
        None,
        json!({"services": {"a": 2}}),
    );
    add("empty service", Some(""), json!({"services": {"a": 2}}));
    let long = "x".repeat(300);
    add("long service", Some(&long), json!({"services": {&long: 1}}));
    add(
        "service with other letters",
        Some("ä/%"),
        json!({"services": {"ä/%": 1}}),
    );
    add("without the service", None, json!({"noHealth": true}));
    for code in 1..=16 {
        add(&format!("code {code}"), None, json!({"code": code}));
    }
    add("code 99", None, json!({"code": 99}));
    add("hangs", None, json!({"hangs": true}));
    all
}

/// Starts the servers of the oracle, and returns their cases.
pub(crate) fn cases(oracle: &mut Oracle) -> Vec<Case> {
    let (tls, grpc) = (of_tls(), of_grpc());
    let servers = tls.iter().map(|(_, server)| server);
    let servers: Vec<&Value> = servers
        .chain(grpc.iter().map(|(_, _, server)| server))
        .collect();
    let answer = oracle.ask(&json!({"op": "probeServers", "servers": servers}));
    let ports = answer["ports"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    let mut ports = ports.iter();
    let mut all = Vec::new();
    for (name, _) in tls {
        let action = json!({"port": ports.next(), "scheme": "HTTPS", "path": "/"});
        all.push(case(
            name,
            &json!({"httpGet": action, "timeoutSeconds": 20}),
        ));
    }
    for (name, mut action, server) in grpc {
        action["port"] = json!(ports.next());
        let hangs = server["grpc"]["hangs"] == true;
        let seconds = if hangs { 1 } else { 20 };
        all.push(case(
            name,
            &json!({"grpc": action, "timeoutSeconds": seconds}),
        ));
    }
    all
}

fn case(name: String, probe: &Value) -> Case {
    Case {
        name,
        probe: probe.clone(),
        script: Script::Closed,
    }
}
