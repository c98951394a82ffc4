//! More containers. Each is one text: its name, its image, every flag of a
//! container as `key=value`, and its command.

use std::ops::Range;

use pod_model::{FieldPath, Segment};
use serde_json::Value;

use super::super::draft::{Cursor, Draft, TargetKind};
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::origins::Origins;
use super::described::described;

const WORDS: &str = "\
FLAG is any flag of a container, without its dashes, as in
'wait busybox env=HOST=db shell=\"until nc -z $HOST 5432; do sleep 1; done\"'";

pub(super) const GROUP: Group = Group {
    heading: "More containers: 'NAME IMAGE [FLAG=VALUE…] [-- COMMAND…]'",
    flags: &[
        Flag::many(
            "init",
            "CONTAINER",
            "A container that ends before the main one starts",
            "wait busybox:1.37 env=HOST=db -- nslookup db",
            |draft, fragment| {
                let at = draft.pod.init_containers.as_ref().map_or(0, Vec::len);
                container(draft, Cursor::Init(at), fragment)
            },
        )
        .of_pod()
        .more(WORDS)
        .locates(locate),
        Flag::many(
            "sidecar",
            "CONTAINER",
            "A container that starts before the main one and ends after it",
            "logs fluent/fluent-bit:4.0 mount=emptydir=logs:/logs limits=memory=64Mi",
            |draft, fragment| {
                let at = draft.pod.init_containers.as_ref().map_or(0, Vec::len);
                let cursor = Cursor::Init(at);
                container(draft, cursor, fragment)?;
                draft.within(cursor, |draft| {
                    draft.container().restart_policy = Some("Always".to_owned());
                });
                Ok(())
            },
        )
        .of_pod()
        .more(WORDS)
        .locates(locate),
        Flag::many(
            "container",
            "CONTAINER",
            "A container beside the main one",
            "cache redis:8 port=6379 readiness=tcp:6379",
            |draft, fragment| {
                let at = draft.pod.containers.len();
                container(draft, Cursor::App(at), fragment)
            },
        )
        .of_pod()
        .more(WORDS)
        .locates(locate),
    ],
};

fn container(draft: &mut Draft, cursor: Cursor, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let described = described(fragment)?;
    draft.within(cursor, |draft| {
        let mut sayings = described.sayings().into_iter();
        sayings.try_for_each(|(_, write)| write(draft))
    })
}

/// Where in the text the field of the container is said.
fn locate(fragment: Fragment<'_>, path: &FieldPath) -> Option<Range<usize>> {
    let segments = path.segments();
    let at = segments.windows(2).position(|pair| {
        matches!(&pair[0], Segment::Field(field) if field == "containers" || field == "initContainers")
            && matches!(pair[1], Segment::Index(_))
    })?;
    let mut field = FieldPath::root();
    for segment in &segments[at + 2..] {
        field.push(segment.clone());
    }
    // Written once more by itself, word by word.
    let described = described(fragment).ok()?;
    let sayings = described.sayings();
    let mut origins = Origins::default();
    let mut draft = Draft::new(TargetKind::Pod);
    draft.within(Cursor::Init(0), |draft| {
        let mut before = Value::Null;
        for (number, (_, write)) in sayings.iter().enumerate() {
            write(draft).ok()?;
            let after = serde_json::to_value(draft.container()).ok()?;
            origins.note(number, &before, &after);
            before = after;
        }
        let saying = *origins.of(&field).first()?;
        Some(sayings[saying].0.range())
    })
}

#[cfg(test)]
mod tests {
    use super::super::OfPod;
    use super::super::testing::{assert_value_errors, problems, specs, typed};

    #[test]
    fn each_flag_of_a_container_is_a_word() {
        specs(&[
            (
                "--init 'wait busybox env=HOST=db env=A=\"b c\" limits=cpu=1,memory=1Gi -- nc -z db \"54 32\"'",
                "initContainers: [{name: wait, image: busybox, env: [{name: HOST, value: db}, {name: A, value: b c}], \
                 resources: {limits: {cpu: '1', memory: 1Gi}}, command: [nc, -z, db, 54 32]}]",
            ),
            (
                "--sidecar 'refresh busybox startup=\"exec:test -f /x?period=1s\" tty stdin=true' --init 'b c'",
                "initContainers: [{name: refresh, image: busybox, restartPolicy: Always, tty: true, stdin: true, \
                 startupProbe: {exec: {command: [test, -f, /x]}, periodSeconds: 1}}, {name: b, image: c}]",
            ),
            (
                "--container \"cache redis entrypoint='sh -c' tty=false -- 'echo \\$HOME; exit'\"",
                "containers: [{}, {name: cache, image: redis, command: [sh, -c], args: [echo $HOME; exit]}]",
            ),
            (
                "--init \"a b shell='echo \\$HOME; exit 1'\"",
                "initContainers: [{name: a, image: b, command: [sh, -c, echo $HOME; exit 1]}]",
            ),
        ]);
    }

    /// What is underlined of what the API has against a line.
    fn refused(line: &str) -> Vec<String> {
        let generated = typed::<OfPod>(line).map_err(|_| problems(line)).unwrap();
        let problems = generated.problems(pod_model::KubernetesVersion::LATEST);
        let slices = problems.iter().map(|placed| {
            let span = placed.finding.location.as_ref().unwrap().span;
            placed.source.as_ref().unwrap().slice(span).to_owned()
        });
        slices.collect()
    }

    #[test]
    fn what_the_api_refuses_is_underlined_in_the_containers_text() {
        for (line, underlined) in [
            ("--init 'A b env=X=y'", "A"),
            (
                "--init 'a b port=80 port=x_y=81' --init 'c d'",
                "port=x_y=81",
            ),
            (
                "--container 'a b requests=cpu=2 limits=cpu=1'",
                "requests=cpu=2",
            ),
            (
                "--sidecar 'a b tty mount=emptydir=c:/c:subpath=../d'",
                "mount=emptydir=c:/c:subpath=../d",
            ),
        ] {
            assert_eq!(refused(line), [underlined], "{line}");
        }
    }

    #[test]
    fn each_slip_is_underlined() {
        assert_value_errors(&[
            ("--init ''", "", "the name of the container is missing"),
            (
                "--init wait",
                "wait",
                "the image of the container is missing",
            ),
            (
                "--init 'wait -- a'",
                "wait -- a",
                "the image of the container is missing",
            ),
            (
                "--init 'wait env=A=b'",
                "env=A=b",
                "the image of the container stands here, and no `env=`",
            ),
            (
                "--init 'a UPPER'",
                "UPPER",
                "no kubelet can pull this: repository names must be lower-case",
            ),
            (
                "--init 'a b --'",
                "--",
                "the command is missing behind this",
            ),
            ("--init 'a b limits=cpu=1x'", "1x", "`1x` is not a quantity"),
            (
                "--init 'a b limits=\"cpu=1x\"'",
                "1x",
                "`1x` is not a quantity",
            ),
            (
                "--init 'a b limits=\"cpu=1\\x\"'",
                "\"cpu=1\\x\"",
                "`1\\x` is not a quantity",
            ),
            (
                "--init 'a b xyz=d'",
                "xyz",
                "there is no flag `--xyz` of a container",
            ),
            (
                "--init 'a b labels=x=y'",
                "labels",
                "`labels` is not about one container",
            ),
            (
                "--init 'a b image=c'",
                "image",
                "the image stands behind the name",
            ),
            ("--init 'a b env'", "env", "`env` wants a value: NAME=VALUE"),
            ("--init 'a b tty=maybe'", "maybe", "`tty` is true or false"),
            (
                "--init 'a b workdir=/a workdir=/b'",
                "workdir=/b",
                "`workdir` stands there twice",
            ),
            (
                "--init 'a b shell=c -- d'",
                "shell=c",
                "cannot combine shell with a command after --",
            ),
            (
                "--init 'a b -- c && d'",
                "&",
                "`&` is for a shell, and none runs here",
            ),
            ("--init \"a b -- 'c\"", "a b -- 'c", "a quote is not closed"),
        ]);
    }
}
