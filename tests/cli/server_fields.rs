//! Fields that the server sets itself, in what is created and applied.

use snapbox::{assert_data_eq, str};

use crate::apiserver::ApiServer;
use crate::support::Home;

const EXPORTED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  resourceVersion: \"4711\"
  uid: 11111111-2222-3333-4444-555555555555
data: {a: b}
";

#[test]
fn resource_version_is_refused_before_anything_is_sent() {
    let home = Home::with(&[("exported.yaml", EXPORTED)]);
    for dry_run in ["--dry-run=none", "--dry-run=server", "--dry-run=client"] {
        let server = ApiServer::new().storing();
        let run = home.run_on(&server, &["create", "-f", "exported.yaml", dry_run]);
        assert_data_eq!(
            run.all(),
            str![[r#"
exit code 1
--- stderr
error[server-field]: `resourceVersion` must not be set on a new object
 --> exported.yaml:5:20
  |
5 |   resourceVersion: "4711"
  |                    ^^^^^^ of an existing object
  |
  = help: remove the field: the server sets it; it also overwrites `metadata.uid`


"#]]
        );
        assert!(server.asked().is_empty(), "{:?}", server.asked());
    }
}

/// As kubectl does, whose client clears it.
#[test]
fn without_validation_it_is_left_out() {
    let home = Home::with(&[("exported.yaml", EXPORTED)]);
    for (validate, said) in [
        ("warn", "warning[server-field]: `resourceVersion`"),
        ("ignore", ""),
    ] {
        let server = ApiServer::new().storing();
        let flag = format!("--validate={validate}");
        let run = home.run_on(&server, &["create", "-f", "exported.yaml", &flag]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stderr.starts_with(said) && run.stderr.is_empty() == said.is_empty());
        let requests = server.requests();
        let post = requests.iter().find(|r| r.method == "POST").unwrap();
        let metadata = &post.json()["metadata"];
        assert!(metadata.get("resourceVersion").is_none(), "{metadata}");
        assert_eq!(metadata["name"], "settings");
    }
}

#[test]
fn applied_object_must_not_have_managed_fields() {
    for (fields, code) in [("[]", 1), ("[{manager: x}]", 1), ("null", 0)] {
        let text = EXPORTED.replace("  uid:", &format!("  managedFields: {fields}\n  uid:"));
        let home = Home::with(&[("exported.yaml", text.as_str())]);
        let server = ApiServer::new().storing();
        let run = home.run_on(
            &server,
            &["apply", "-f", "exported.yaml", "--dry-run=client"],
        );
        assert_eq!(run.code, Some(code), "{fields}: {run:?}");
        assert_eq!(
            run.stderr.contains("`managedFields` must not be set"),
            code == 1
        );
        assert!(server.asked().is_empty());
    }
}
