//! `explain-probes` of what happens in later runs, and of what is not the container's own.

use crate::explain_probes_truth::{assert_has, item, outlook, pod, spec};

/// The tolerated start is that of the container, whenever the Pod's first one started.
#[test]
fn a_container_behind_sidecars_has_its_own_time_to_start() {
    let sidecars: Vec<String> = (0..8)
        .map(|at| format!("  - {{name: s{at}, image: i, restartPolicy: Always}}\n"))
        .collect();
    let sidecars = sidecars.concat();
    let text = format!(
        "  initContainers:\n{sidecars}  containers:\n  - {{name: app, image: i, livenessProbe: {{httpGet: \
         {{port: 80}}}}}}\n"
    );
    for version in ["1.33", "1.37"] {
        let item = item(&spec(&text), &["--kubernetes-version", version]);
        assert_has(outlook(&item, "slowStart"), "may take 20s to start");
    }
}

#[test]
fn a_pod_that_is_ready_in_a_later_run_is_ready() {
    let text = pod("readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 5}");
    let args = ["--exits-at", "1s=1", "--first-run-only", "--for", "1m"];
    let item = item(&text, &args);
    assert_has(outlook(&item, "given"), "the Pod can be Ready");
}

/// The kubelet asks rules about containers that have ended, and kills this one itself.
#[test]
fn rules_of_a_container_that_always_restarts_do_not_decide() {
    let rule = "restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}], livenessProbe: \
        {httpGet: {port: 80}}";
    let always = item(&pod(&format!("restartPolicy: Always, {rule}")), &[]);
    assert_has(outlook(&always, "restarts"), "come at once");
    let never = item(&pod(&format!("restartPolicy: Never, {rule}")), &[]);
    assert_has(outlook(&never, "restarts"), "decide on restarts");
    assert!(
        !never["outlook"].to_string().contains("ends the Pod"),
        "{never}"
    );
}

#[test]
fn attempts_that_time_out_make_longer_runs() {
    let text = pod("livenessProbe: {httpGet: {port: 80}, periodSeconds: 5, timeoutSeconds: 60}");
    let item = item(&text, &[]);
    assert_has(outlook(&item, "restarts"), "the first 2-7 restarts");
}

#[test]
fn a_hang_within_the_delay_is_noticed_later() {
    let probe =
        "httpGet: {port: 80}, initialDelaySeconds: 30, periodSeconds: 30, failureThreshold: 1";
    let item = item(&pod(&format!("livenessProbe: {{{probe}}}")), &[]);
    assert_has(
        outlook(&item, "hangs"),
        "or later if it stops in the first 30s of a run",
    );
}

/// Only its probes are judged here: `create` says what else it lacks.
#[test]
fn a_pod_without_containers_has_no_times() {
    for text in ["  containers: []\n", "  nodeName: x\n"] {
        let item = item(&spec(text), &[]);
        assert!(
            item["timeline"].as_array().is_some_and(Vec::is_empty),
            "{item}"
        );
    }
}

#[test]
fn the_addresses_in_events_have_no_credentials() {
    let text = format!(
        "{}status:\n  containerStatuses:\n  - {{name: app, image: i, imageID: '', ready: false, restartCount: 0}}\n\
         ---\napiVersion: v1\nkind: Event\nmetadata: {{name: e}}\nreason: Unhealthy\nmessage: 'Liveness probe \
         failed: Get \"http://10.0.0.5:80/h?access_token=s3cret\": refused'\ninvolvedObject: {{kind: Pod, name: web}}\n",
        pod("livenessProbe: {httpGet: {port: 80}}")
    );
    let masked = item(&text, &[]);
    let message = masked["observed"]["events"][0]["message"].as_str();
    assert_has(message.unwrap_or_default(), "access_token=***");
    assert!(!masked.to_string().contains("s3cret"), "{masked}");
    let shown = item(&text, &["--show-secrets"]);
    assert!(shown.to_string().contains("s3cret"), "{shown}");
}
