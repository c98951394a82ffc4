//! The sentences of `explain-probes` have the times of the timeline, and the timeline says how far it goes.

use serde_json::{Value, json};

use crate::explain_probes_truth::{assert_has, item, pod, spec};
use crate::support::Home;

/// Returns the entry of an assumption.
fn outlook<'a>(item: &'a Value, assumption: &str) -> &'a Value {
    let mut all = item["outlook"].as_array().unwrap().iter();
    let found = all.find(|own| own["assumption"] == assumption);
    found.unwrap_or_else(|| panic!("no {assumption}: {}", item["outlook"]))
}

fn text<'a>(item: &'a Value, assumption: &str) -> &'a str {
    outlook(item, assumption)["message"].as_str().unwrap()
}

fn times(of: &Value) -> (f64, f64) {
    let number = |name: &str| of[name].as_f64().unwrap();
    (number("earliestSeconds"), number("latestSeconds"))
}

fn event<'a>(item: &'a Value, name: &str, instance: u32) -> &'a Value {
    let mut all = item["timeline"].as_array().unwrap().iter();
    let found = all.find(|own| own["event"] == name && own["instance"] == instance);
    found.unwrap_or_else(|| panic!("no {name} of {instance}: {item}"))
}

fn printed(text: &str, args: &[&str]) -> String {
    let home = Home::with(&[("pod.yaml", text)]);
    let run = home.run(&[&["explain-probes", "-f", "pod.yaml", "--offline"], args].concat());
    run.stdout
}

/// The sentence and the forecast of a hang at any time are the same.
#[test]
fn a_hang_has_the_time_of_one_at_any_moment() {
    let text =
        pod("livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 120, timeoutSeconds: 20}");
    let (earliest, latest) = times(outlook(&item(&text, &[]), "hangs"));
    assert!(earliest >= 60.0 && latest <= 72.0, "{earliest}-{latest}");
    for at in [300.0, 303.0, 306.0, 309.0] {
        let at_text = format!("{at}s");
        let item = item(&text, &["--hangs-at", &at_text]);
        let kill = times(event(&item, "kill", 0));
        // The forecast has some slack at both ends.
        assert!(kill.0 - at > earliest - 3.0, "{at}: {kill:?}");
        assert!(kill.1 - at < latest + 3.0, "{at}: {kill:?}");
    }
    assert_has(
        self::text(&item(&text, &[]), "hangs"),
        "or later if it stops in the first 2m of a run",
    );
}

/// One that refuses fails at once; one that accepts and does not answer takes the time-out each time.
#[test]
fn a_container_that_never_answers_may_refuse_or_let_wait() {
    let probe = |timeout: u32| {
        pod(&format!(
            "startupProbe: {{httpGet: {{port: 80}}, periodSeconds: 1, failureThreshold: 600, \
             timeoutSeconds: {timeout}}}"
        ))
    };
    let long = item(&probe(3), &[]);
    let words = text(&long, "neverAnswers");
    assert_has(words, "if its attempts fail at once, and after ");
    assert_has(words, " if they time out");
    let (earliest, latest) = times(outlook(&long, "neverAnswers"));
    assert!((590.0..605.0).contains(&earliest), "{earliest}");
    assert!((1_800.0..1_825.0).contains(&latest), "{latest}");
    assert_has(text(&long, "slowStart"), "may take 9m58s to start");
    let hangs = item(&probe(3), &["--hangs-at", "0s", "--for", "40m"]);
    let kill = times(event(&hangs, "kill", 0));
    assert!(kill.0 > 1_795.0 && kill.1 < latest + 3.0, "{kill:?}");
    let short = item(&probe(1), &[]);
    assert!(
        !text(&short, "neverAnswers").contains("time out"),
        "{short}"
    );
}

/// Upstream's client dials again until the time-out is over.
#[test]
fn a_grpc_probe_takes_its_time_out_although_the_port_is_closed() {
    let text = pod("livenessProbe: {grpc: {port: 80}, periodSeconds: 5, timeoutSeconds: 10}");
    let item = item(&text, &[]);
    let (earliest, _) = times(outlook(&item, "neverAnswers"));
    assert!(earliest >= 28.0, "{item}");
    assert!(!self::text(&item, "neverAnswers").contains("fail at once"));
    // A server that says NOT_SERVING fails at once: the start may be short.
    let (tolerated, _) = times(outlook(&item, "slowStart"));
    assert!(tolerated <= 10.0, "{item}");
}

/// Sentence and reasons agree on how many restarts come at once.
#[test]
fn the_restarts_of_the_sentence_are_those_of_the_timeline() {
    for (numbers, least, most) in [
        ("periodSeconds: 1", 2, 2),
        ("periodSeconds: 10", 3, 5),
        ("periodSeconds: 10, failureThreshold: 6", 5, 5),
        ("periodSeconds: 30, failureThreshold: 7", 7, 7),
    ] {
        let text = pod(&format!(
            "livenessProbe: {{exec: {{command: [a]}}, {numbers}}}"
        ));
        let sentence = item(&text, &[]);
        let sentence = self::text(&sentence, "restarts").to_owned();
        let timeline = item(&text, &["--starts-after", "6h", "--for", "2h"]);
        let reason = |restart: u32| event(&timeline, "restart", restart)["reason"].clone();
        let comes_at_once = |restart: &u32| {
            let reason = reason(*restart);
            let reason = reason.as_str().unwrap();
            reason.starts_with("at once: ") || reason == "the first restart comes at once"
        };
        let count = (1..9).take_while(comes_at_once).count();
        assert!(
            (least..=most).contains(&count),
            "{numbers}: {count} in {timeline}"
        );
        let words: Vec<&str> = sentence.split(' ').collect();
        let said: Vec<usize> = words[2].split('-').map(|n| n.parse().unwrap()).collect();
        assert!(
            said[0] <= count && count <= said[said.len() - 1],
            "{sentence}: {count}"
        );
    }
    let long = pod("livenessProbe: {exec: {command: [a]}, periodSeconds: 60, failureThreshold: 7}");
    let item = item(&long, &[]);
    assert_eq!(
        text(&item, "restarts"),
        "each restart of container app comes at once"
    );
}

#[test]
fn a_job_counts_what_its_probes_kill() {
    let job = |policy: &str| {
        let text = format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: import}}\nspec:\n  template:\n    spec:\n      \
             restartPolicy: {policy}\n      containers: [{{name: app, image: i, livenessProbe: {{httpGet: \
             {{port: 80}}}}}}]\n"
        );
        item(&text, &[])
    };
    assert_has(
        text(&job("Never"), "restarts"),
        "counts for the Job's backoffLimit",
    );
    assert_has(
        text(&job("OnFailure"), "restarts"),
        "Each restart counts for the Job's backoffLimit",
    );
    let pod = item(
        &spec(
            "  restartPolicy: Never\n  containers: [{name: app, image: i, livenessProbe: {httpGet: {port: 80}}}]\n",
        ),
        &[],
    );
    assert!(
        !pod["outlook"].to_string().contains("backoffLimit"),
        "{pod}"
    );
}

#[test]
fn a_forecast_says_how_far_it_goes() {
    let startup = pod("startupProbe: {httpGet: {port: 80}, failureThreshold: 120}");
    let item = item(&startup, &["--starts-after", "15m"]);
    assert_eq!(item["forecastSeconds"], json!(1_500));
    assert!(times(event(&item, "started", 0)).0 > 890.0, "{item}");
    let cut = printed(&startup, &["--starts-after", "15m", "--for", "5m"]);
    assert_has(
        &cut,
        "the forecast ends at 5m: `--starts-after 15m` comes later; `--for` looks further",
    );
    assert_has(
        &cut,
        "The Pod is not Ready in the first 5m: container app is not.",
    );
    assert_has(
        &printed(&startup, &["--fails-at", "1m"]),
        "the forecast ends at 11m: what follows later is not shown",
    );
    let late = pod("readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 900}");
    assert_has(
        &printed(&late, &[]),
        "the forecast ends at 10m: more follows later; `--for` looks further",
    );
    assert!(!printed(&startup, &[]).contains("the forecast ends"));
}

#[test]
fn attempts_that_cannot_be_run_are_said_to_change_nothing() {
    let text = pod("livenessProbe: {httpGet: {port: 80}}");
    let forever = item(&text, &["--errors-at", "2m"]);
    let all = forever["outlook"].to_string();
    assert_has(
        &all,
        "from 2m on of a run no attempt can be run: each counts as nothing",
    );
    let some = item(&text, &["--errors-at", "2m", "--recovers-at", "3m"]);
    assert_has(
        &some["outlook"].to_string(),
        "from 2m to 3m of a run no attempt can be run",
    );
    let first = ["--errors-at", "2m", "--first-run-only"];
    let first = item(&text, &first);
    assert_has(
        &first["outlook"].to_string(),
        "from 2m on of the first run no",
    );
    // A time-out is a failure all the same.
    for args in [
        &["--fails-at", "2m"][..],
        &["--errors-at", "2m", "--hangs-at", "1m"],
        &["--errors-at", "2m", "--slow", "3s"],
    ] {
        let none = item(&text, args);
        assert!(
            !none["outlook"].to_string().contains("counts as nothing"),
            "{args:?}"
        );
    }
}

#[test]
fn time_0_is_named_where_init_containers_come_before() {
    let text = "  initContainers: [{name: migrate, image: i}]\n  containers: [{name: app, image: i, \
                readinessProbe: {httpGet: {port: 80}}}]\n";
    assert_has(
        &printed(&spec(text), &[]),
        "time 0 is the start of the first container after the init containers",
    );
}

#[test]
fn a_known_bug_is_said_once_and_only_where_it_can_matter() {
    let bug = "known bug, k/k#141155";
    let both = pod("startupProbe: {httpGet: {port: 80}}, livenessProbe: {exec: {command: [a]}}");
    let twice = printed(&format!("{both}---\n{}", both.replace("web", "other")), &[]);
    assert_eq!(twice.matches(bug).count(), 1, "{twice}");
    assert_eq!(twice.matches("If container app stops answering").count(), 2);
    assert!(twice.contains("k/k#122591"), "{twice}");
    for fields in [
        // The startup probe never runs, so nothing kills.
        "startupProbe: {httpGet: {port: x}}, livenessProbe: {exec: {command: [a]}}",
        "startupProbe: {exec: {command: [a]}}, readinessProbe: {httpGet: {port: 80}}",
    ] {
        let none = printed(&pod(fields), &[]);
        assert!(!none.contains("known bug"), "{fields}: {none}");
    }
    let never = both.replace("  containers", "  restartPolicy: Never\n  containers");
    assert!(!printed(&never, &[]).contains(bug));
}

#[test]
fn a_hook_that_sleeps_has_its_time_and_another_is_taken_to_end_at_once() {
    let hook = |command: &str| {
        let text = pod(&format!(
            "livenessProbe: {{httpGet: {{port: 80}}}}, lifecycle: {{preStop: {{exec: {{command: [sh, -c, \
             {command}]}}}}}}"
        ));
        let item = item(&text, &["--fails-at", "1m", "--first-run-only"]);
        let (kill, sigterm) = (event(&item, "kill", 0), event(&item, "sigterm", 0));
        let takes = times(sigterm).0 - times(kill).0;
        (takes, sigterm["reason"].as_str().unwrap().to_owned())
    };
    let (takes, reason) = hook("sleep 10");
    assert!((9.0..11.0).contains(&takes), "{takes}");
    assert_has(&reason, "after the preStop hook (10s)");
    let (takes, reason) = hook("nginx -s quit");
    assert!(takes < 1.0, "{takes}");
    assert_has(&reason, "is taken to end at once (`--pre-stop-takes`)");
}

/// Another container that fails as well ends the Pod in the forecast, and a sidecar that never starts holds the
/// others back.
#[test]
fn each_container_that_can_be_killed_has_its_time() {
    let two = item(
        &spec(
            "  restartPolicy: Never\n  containers:\n  - {name: a, image: i, livenessProbe: {httpGet: {port: 80}}}\n  \
             - {name: b, image: i, livenessProbe: {httpGet: {port: 81}, failureThreshold: 9}}\n",
        ),
        &[],
    );
    let mesh = item(
        &spec(
            "  initContainers:\n  - {name: a, image: i, restartPolicy: Always, startupProbe: {httpGet: {port: \
             80}}}\n  containers:\n  - {name: b, image: i, livenessProbe: {httpGet: {port: 81}, \
             failureThreshold: 9}}\n",
        ),
        &[],
    );
    let long = pod("startupProbe: {httpGet: {port: 80}, periodSeconds: 1, failureThreshold: 5000}");
    for (item, container, least) in [
        (&two, "b", 80.0),
        (&mesh, "b", 80.0),
        (&item(&long, &[]), "app", 4_999.0),
    ] {
        let mut all = item["outlook"].as_array().unwrap().iter();
        let found =
            all.find(|own| own["container"] == container && own["assumption"] == "neverAnswers");
        let (earliest, latest) = times(found.unwrap_or_else(|| panic!("{container}: {item}")));
        // Each attempt that times out takes a little longer.
        assert!(
            earliest > least - 3.0 && earliest <= least && latest < least * 1.04 + 17.0,
            "{container}: {earliest}-{latest}"
        );
    }
    let job = two["outlook"].to_string();
    assert!(!job.contains("ends the Pod"), "{job}");
}
