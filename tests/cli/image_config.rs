//! `explain-env --image-config`: the variables that images bring.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::{Home, Run};

const PODS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  enableServiceLinks: false
  initContainers:
  - {name: first, image: i}
  containers:
  - name: app
    image: i
    env: [{name: LANG, value: own}, {name: HOME, value: /app}]
";
const OCI: &str = r#"{"architecture": "amd64", "config": {"Env": ["PATH=/app/bin", "LANG=C.UTF-8", "ODD=\u001b[31m"]}}"#;
/// As `docker image inspect` prints it.
const DOCKER: &str = r#"[{"Id": "x", "Config": {"Env": ["ONLY=first"]}}]"#;

fn explain(args: &[&str]) -> Run {
    let home = Home::with(&[
        ("pod.yaml", PODS),
        ("oci.json", OCI),
        ("docker.json", DOCKER),
        ("app=oci.json", DOCKER),
        ("none.json", r#"{"config": {}}"#),
        ("no.json", "no"),
        ("typed.json", r#"{"config": {"Env": ["A=1", 2]}}"#),
        ("two.json", r#"[{"Config": {}}, {"Config": {}}]"#),
    ]);
    home.write("latin.json", b"\xff\xfe{");
    home.run(&[&["explain-env", "-f", "pod.yaml", "--offline"], args].concat())
}

/// Name and value of all that a container of the report sees, as its image has
/// it or as it overrides that.
fn seen(run: &Run, container: usize) -> Vec<(String, Option<String>)> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let container = &report["items"][0]["containers"][container];
    let env = container["env"].as_array().unwrap();
    let shown = env.iter().filter(|entry| entry["status"] != "overridden");
    let own = shown.filter(|entry| entry["source"]["kind"] != "serviceLink");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    own.map(|entry| (text(&entry["name"]).unwrap(), text(&entry["value"])))
        .collect()
}

fn pairs(pairs: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    let owned =
        |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
    pairs.iter().map(owned).collect()
}

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

#[test]
fn one_file_is_for_all_containers_and_a_named_one_for_its_own() {
    let for_all = explain(&["-o", "json", "--image-config", "oci.json"]);
    assert_eq!(for_all.code, Some(0), "{for_all:?}");
    let first = [
        ("HOSTNAME", Some("p")),
        ("HOME", None),
        ("PATH", Some("/app/bin")),
        ("LANG", Some("C.UTF-8")),
        ("ODD", Some("\u{1b}[31m")),
    ];
    assert_eq!(seen(&for_all, 0), pairs(&first));
    let app = [
        ("LANG", Some("own")),
        ("HOME", Some("/app")),
        ("HOSTNAME", Some("p")),
        ("PATH", Some("/app/bin")),
        ("ODD", Some("\u{1b}[31m")),
    ];
    assert_eq!(seen(&for_all, 1), pairs(&app));

    let named = [
        "-o",
        "json",
        "--image-config",
        "first=docker.json",
        "--image-config",
        "oci.json",
    ];
    let named = explain(&named);
    let first = [
        ("PATH", Some(DEFAULT_PATH)),
        ("HOSTNAME", Some("p")),
        ("HOME", None),
        ("ONLY", Some("first")),
    ];
    assert_eq!(seen(&named, 0), pairs(&first));
    assert_eq!(seen(&named, 1), pairs(&app));

    // Of the other nothing is known.
    let one = explain(&["-o", "json", "--image-config", "first=docker.json"]);
    let app = [
        ("LANG", Some("own")),
        ("HOME", Some("/app")),
        ("PATH", None),
        ("HOSTNAME", Some("p")),
    ];
    assert_eq!(seen(&one, 1), pairs(&app));
    // A file may have a `=` in its name.
    let odd = explain(&["-o", "json", "--image-config", "app=oci.json"]);
    assert!(
        seen(&odd, 0).contains(&("ONLY".to_owned(), Some("first".to_owned()))),
        "{odd:?}"
    );
    let without = explain(&["-o", "json", "--image-config", "none.json"]);
    assert!(seen(&without, 0).contains(&("PATH".to_owned(), Some(DEFAULT_PATH.to_owned()))));
}

#[test]
fn table_shows_variables_of_the_image() {
    let run = explain(&["-c", "app", "--image-config", "oci.json"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 0
--- stdout
pod/p, container app, in pod.yaml
NAME           SOURCE               VALUE
LANG           line 11              own
                                    (overrides image)
HOME           line 11              /app
                                    (overrides runtime)
KUBERNETES_…   service/kubernetes   8 variables (--services lists them)
HOSTNAME       runtime              p
HOME           runtime              <the user's home directory in the image's /etc/passwd>
                                    (overridden by line 11)
PATH           image                /app/bin
LANG           image                C.UTF-8
                                    (overridden by line 11)
ODD            image                /u{1b}[31m

"#]]
    );
}

#[test]
fn file_that_is_no_image_config_is_named() {
    for (typed, code, told) in [
        (
            "nobody=docker.json",
            2,
            "error: no container is named `nobody`\nhelp: expected one of: first, app\n",
        ),
        (
            "absent.json",
            1,
            "error: cannot read absent.json: no such file or directory\n",
        ),
        (
            "app=absent.json",
            1,
            "error: cannot read absent.json: no such file or directory\n",
        ),
        (".", 1, "error: cannot read .: is a directory\n"),
        (
            "no.json",
            1,
            "error: expected an OCI image config in no.json: ",
        ),
        (
            "latin.json",
            1,
            "error: expected an OCI image config in latin.json: ",
        ),
        (
            "typed.json",
            1,
            "error: expected an OCI image config in typed.json: ",
        ),
        (
            "two.json",
            1,
            "error: expected an OCI image config in two.json: found 2 images, expected 1\n",
        ),
        ("", 1, "error: cannot read : "),
    ] {
        let run = explain(&["--image-config", typed]);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(code), ""),
            "{typed}: {run:?}"
        );
        assert!(run.stderr.starts_with(told), "{typed}: {}", run.stderr);
    }
}

#[test]
fn two_files_for_one_container_are_wrong_usage() {
    for (typed, names) in [
        (
            ["oci.json", "docker.json"],
            "all containers: oci.json and docker.json",
        ),
        (
            ["oci.json", "oci.json"],
            "all containers: oci.json and oci.json",
        ),
        (
            ["first=oci.json", "first=docker.json"],
            "container `first`: oci.json and docker.json",
        ),
    ] {
        let [a, b] = typed;
        let run = explain(&["--image-config", a, "--image-config", b]);
        let told = format!(
            "error: `--image-config` names two files for {names}\n\
             help: use `--image-config CONTAINER=FILE` once for each container\n"
        );
        assert_eq!((run.code, &run.stderr), (Some(2), &told), "{run:?}");
    }
    let each = [
        "--image-config",
        "first=oci.json",
        "--image-config",
        "app=absent.json",
    ];
    assert_eq!(explain(&each).code, Some(1), "one for each is no mistake");
}
