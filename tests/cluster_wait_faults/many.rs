//! Many objects behind one selector.

use crate::place;
use crate::requests::{OURS, THEIRS, asked};
use crate::support::waiting::{apply, begin, command, kubectl_wait};

const COUNT: usize = 500;

/// Jobs without Pods: suspended, with one to complete or with none. An Indexed
/// Job may be changed from the one to the other, and is complete then.
fn jobs(open: bool, of: impl Iterator<Item = usize>) -> String {
    let count = u8::from(open);
    let all: Vec<String> = of.map(|at| {
        format!(
            "---\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: many-{at}, labels: {{many: yes-please}}}}\nspec:\n  suspend: true\n  completionMode: Indexed\n  completions: {count}\n  parallelism: {count}\n  template: {{spec: {{restartPolicy: Never, containers: [{{name: main, image: busybox}}]}}}}\n"
        )
    })
    .collect();
    all.concat()
}

#[test]
fn five_hundred_jobs_behind_a_selector_are_one_list_and_one_watch() {
    let namespace = place("many");
    apply(&namespace, &jobs(true, 0..COUNT));
    let limit = ["jobs", "-l", "many=yes-please", "--timeout=170s"];
    let ours = [&limit[..], &["-q", "-o", "name"]].concat();
    let mut ours = begin(command(&namespace, &ours));
    let mut patient = begin(command(
        &namespace,
        &[&limit[..], &["--expect", "501", "-q"]].concat(),
    ));
    let three = ["job/many-0", "job/many-1", "job/many-2"];
    let named = begin(command(&namespace, &three));
    let theirs = begin(kubectl_wait(
        &namespace,
        &[&limit[..], &["--for=condition=Complete"]].concat(),
    ));
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(ours.runs(), "none is complete yet");
    apply(&namespace, &jobs(false, 0..COUNT));
    let ours = ours.ended();
    assert_eq!(ours.code, Some(0), "{}", ours.stderr);
    assert_eq!(ours.stdout.lines().count(), COUNT);
    assert_eq!(named.ended().code, Some(0));
    // Three of ours, each with Jobs, their Pods and events; a watch is begun again
    // when it has lasted for 20 to 40 s.
    let most = 3 * (1 + usize::try_from(ours.took.as_secs() / 20).unwrap());
    for resource in ["jobs", "pods", "events"] {
        let (lists, watches) = asked(&namespace, OURS, resource, "");
        assert!(
            lists <= 4 && (3..=most).contains(&watches),
            "{resource}: {lists} lists, {watches} watches"
        );
    }
    let (lists, watches) = asked(&namespace, OURS, "jobs", "labelSelector=many");
    let theirs = theirs.ended_within(std::time::Duration::from_secs(30));
    let (their_lists, their_watches) = asked(&namespace, THEIRS, "jobs", "");
    println!(
        "{COUNT} Jobs: pod-wait: {:.1} s, twice {lists} lists and {watches} watches together; kubectl wait: exit code {:?}, {:.1} s, {their_lists} lists, {their_watches} watches",
        ours.took.as_secs_f32(),
        theirs.code,
        theirs.took.as_secs_f32(),
    );
    assert!(patient.runs(), "one is still to come");
    apply(&namespace, &jobs(false, COUNT..=COUNT));
    assert_eq!(patient.ended().code, Some(0));
}
