//! Variables that a restart changes, adds or removes.

use serde_json::json;

use super::*;

#[test]
fn each_way_to_differ() {
    let env = json!([{"name": "A", "value": "1"}]);
    let from = json!([{"configMapRef": {"name": "m"}}]);
    let map = json!({"B": "2", "N": "3"});
    let environ = "PATH=/\0HOSTNAME=p\0IMAGE=x\0A=1\0B=old\0LATE=y\0HOME=/\0";
    let with = now(json!({"env": env, "envFrom": from})).config_map(map.clone());
    assert_eq!(
        with.told(environ, Separator::Nul),
        told("Changed B old>2, New N ->3, Gone LATE y>-", "IMAGE", 0)
    );
    // No source could have set LATE.
    let prefixed = json!([{"configMapRef": {"name": "m"}, "prefix": "B_"}]);
    let with = now(json!({"env": env, "envFrom": prefixed})).config_map(json!({"1": "2"}));
    let environ = environ.replace("B=old", "B_1=2");
    assert_eq!(
        with.told(&environ, Separator::Nul),
        told("", "IMAGE, LATE", 0)
    );
    // A Service could have, whose variables come last.
    let environ = environ.replace("LATE", "WEB_SERVICE_HOST");
    assert_eq!(
        with.told(&environ, Separator::Nul),
        told("Gone WEB_SERVICE_HOST y>-", "IMAGE", 0)
    );
}

/// The order is that of containerd: the image's, those of device plugins, the
/// Pod's own in any order.
#[test]
fn a_variable_before_the_own_ones_is_not_certainly_gone() {
    let from = json!([{"configMapRef": {"name": "m"}}]);
    let plain = now(json!({"envFrom": from})).config_map(json!({"A": "1", "LANG": "x"}));
    let devices = json!({"limits": {"example.com/gpu": "1"}});
    let device = now(json!({"envFrom": from, "resources": devices}))
        .config_map(json!({"A": "1", "LANG": "x"}));
    let known = |now: Now| now.image(&["LANG=C", "IMAGE=i"]);
    // LANG takes the image's place; it does not say where the own ones begin.
    let environ = "PATH=/\0LANG=x\0IMAGE=i\0BEFORE=b\0A=1\0BEHIND=c\0";
    let rows = [
        (
            &plain.told(environ, Separator::Nul),
            "Gone IMAGE i>-, Gone BEFORE b>-, Gone BEHIND c>-",
            "",
        ),
        (
            &known(plain).told(environ, Separator::Nul),
            "Gone BEFORE b>-, Gone BEHIND c>-",
            "",
        ),
        (
            &known(device).told(environ, Separator::Nul),
            "Gone BEHIND c>-",
            "BEFORE",
        ),
    ];
    for (found, differences, unexplained) in rows {
        let path = "Changed PATH />/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, ";
        let differences_found = found.0.strip_prefix(path).unwrap_or(&found.0);
        assert_eq!(
            (differences_found, found.1.as_str()),
            (differences, unexplained)
        );
    }
    // An optional key that may never have been there.
    let key = json!({"configMapKeyRef": {"name": "m", "key": "k", "optional": true}});
    let optional =
        now(json!({"env": [{"name": "LANG", "valueFrom": key}, {"name": "A", "value": "1"}]}))
            .config_map(json!({}));
    assert_eq!(
        optional.told("LANG=C\0A=1\0", Separator::Nul),
        told("", "LANG", 0)
    );
    assert_eq!(optional.by_nul("A=1\0LANG=C\0"), "Gone LANG C>-");
}

#[test]
fn a_variable_that_an_unread_service_may_set_is_not_gone() {
    let mut now = now(json!({"env": [{"name": "A", "value": "1"}]}));
    now.spec.enable_service_links = None;
    let environ = "A=1\0WEB_SERVICE_HOST=10.0.0.1\0WEB_PORT_80_TCP=x\0";
    let gone = "Gone WEB_SERVICE_HOST 10.0.0.1>-, Gone WEB_PORT_80_TCP x>-";
    assert_eq!(now.by_nul(environ), gone);
    now.services_completeness = Completeness::Forbidden;
    let (gone, unexplained, _) = now.told(environ, Separator::Nul);
    assert_eq!(gone, "");
    assert_eq!(unexplained, "WEB_SERVICE_HOST, WEB_PORT_80_TCP");
}
