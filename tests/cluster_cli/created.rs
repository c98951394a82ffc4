//! `create pod` with further containers, their files and their ends.

use serde_json::json;

use crate::Place;

#[test]
fn containers_share_files_and_an_exit_code_starts_one_again() {
    let place = Place::new("created");
    let file = place.file("app.env", "# how much is said\nLEVEL=debug\n");
    let again = "echo $LEVEL >> /marks/order; \
                 test $(wc -l < /marks/order) -lt 3 && exit 42; cat /marks/order";
    place.succeed(&[
        "create",
        "pod",
        "order",
        "--image=busybox:1.28",
        "--env-file",
        &file,
        "--restart=Never",
        "--restart-rule=exit 42 -> restart",
        "--mount=emptydir=marks:/marks",
        "--shell",
        again,
        "--init=first busybox:1.28 mount=emptydir=marks:/marks shell='echo first > /marks/order'",
        "--sidecar=beside busybox:1.28 mount=emptydir=marks:/seen:ro \
         startup='exec:grep -q first /seen/order?period=1s' shell='trap exit TERM; sleep 3600 & wait'",
        "--container=hello busybox:1.28 env=WHO=you entrypoint=echo -- 'hello $(WHO)'",
        "--grace-period=2s",
    ]);
    let namespace = &place.namespace;
    let pod = namespace.until_phase("order", "Succeeded");
    assert_eq!(namespace.logs("order", "order"), "first\ndebug\ndebug\n");
    assert_eq!(namespace.logs("order", "hello"), "hello you\n");
    let statuses = pod["status"]["containerStatuses"].as_array().unwrap();
    let restarts = |name: &str| {
        let status = statuses.iter().find(|status| status["name"] == name);
        status.unwrap()["restartCount"].clone()
    };
    assert_eq!((restarts("order"), restarts("hello")), (json!(1), json!(0)));
    let sidecar = &pod["status"]["initContainerStatuses"][1];
    assert_eq!(
        (&sidecar["name"], &sidecar["started"]),
        (&json!("beside"), &json!(false)),
        "it has ended after the others: {sidecar}"
    );
}
