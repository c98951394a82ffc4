//! Places in broken texts, in lists, and of kinds that are not there.

use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::support::Home;

#[test]
fn a_list_is_its_items() {
    let list = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
  spec: {containers: [{name: a, image: i}]}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b}
  dta: {}
- apiVersion: v1
  kind: Secret
  metadata: {name: c}
";
    let home = Home::with(&[("list.yaml", list)]);
    let run = home.run(&["create", "-f", "list.yaml", "--dry-run=client"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stdout
secret/c created (dry run)
pod/a created (dry run)
--- stderr
error[unknown-field]: unknown field `dta` in ConfigMap
  --> list.yaml:11:3
   |
11 |   dta: {}
   |   ^^^ unknown field
   |
   = help: did you mean `data`?

2 of 3 objects created (dry run): secret/c, pod/a; not created: configmap/b

"#]]
    );
}

#[test]
fn tabs_and_other_broken_yaml_have_line_and_column_in_the_whole_file() {
    let text = format!("{POD}---\napiVersion: v1\nkind: Pod\nmetadata:\n\tname: tab\n");
    let home = Home::with(&[("tab.yaml", &text)]);
    let run = home.run(&["create", "-f", "tab.yaml", "--dry-run=client"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stdout
pod/web created (dry run)
--- stderr
error[syntax]: found character that cannot start any token
  --> tab.yaml:13:1
   |
13 |     name: tab
   | ^^^^ a tab
   |
   = help: YAML does not allow tabs in indentation; use spaces

1 of 2 objects created (dry run): pod/web; not created: tab.yaml:13:1

"#]]
    );
}

#[test]
fn broken_json_has_its_place_too() {
    let home = Home::with(&[(
        "pod.json",
        "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Pod\",\n  \"metadata\": {\"name\": \"a\",,}\n}\n",
    )]);
    let run = home.run(&["create", "-f", "pod.json", "--dry-run=client"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[syntax]: invalid character ',' looking for beginning of object key string
 --> pod.json:4:28
  |
4 |   "metadata": {"name": "a",,}
  |                            ^


"#]]
    );
}

#[test]
fn an_unknown_kind_of_a_known_group_is_told_with_the_nearest_one() {
    let home = Home::with(&[("pod.yaml", &POD.replace("kind: Pod", "kind: Pood"))]);
    let run = home.run(&["create", "-f", "pod.yaml", "--dry-run=client"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[unknown-kind]: unknown kind `Pood` in `v1`
 --> pod.yaml:2:7
  |
2 | kind: Pood
  |       ^^^^ unknown kind
  |
  = help: did you mean `Pod`?


"#]]
    );
    let home = Home::with(&[(
        "job.yaml",
        "apiVersion: batch/v2\nkind: Job\nmetadata: {name: a}\n",
    )]);
    let run = home.run(&["create", "-f", "job.yaml", "--dry-run=client"]);
    assert_data_eq!(
        run.all(),
        str![[r#"
exit code 1
--- stderr
error[unknown-kind]: unknown kind `Job` in `batch/v2`
 --> job.yaml:1:13
  |
1 | apiVersion: batch/v2
  |             ^^^^^^^^ another API version
  |
  = help: use `apiVersion: batch/v1`


"#]]
    );
}
