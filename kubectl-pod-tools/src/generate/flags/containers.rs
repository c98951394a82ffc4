//! Flags that add containers. The value is the whole container: name, image, flags of a
//! container as `key=value`, and the command.

use std::ops::Range;

use pod_model::{FieldPath, Segment};
use serde_json::Value;

use super::super::draft::{Cursor, Draft, TargetKind};
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::origins::Origins;
use super::described::described;

/// Returns the long help: the order of starts, then the syntax of the value.
macro_rules! container_help {
    ($order:literal) => {
        concat!(
            $order,
            "\n\n\
The value is NAME IMAGE [FLAG=VALUE…] [-- COMMAND…]. FLAG is a flag of a container without its \
dashes, such as 'wait busybox env=HOST=db shell=\"until nc -z $HOST 5432; do sleep 1; done\"'."
        )
    };
}

pub(super) const GROUP: Group = Group {
    heading: "Additional containers ('NAME IMAGE [FLAG=VALUE…] [-- COMMAND…]')",
    flags: &[
        Flag::many(
            "init",
            "CONTAINER",
            "Add an init container",
            "wait busybox:1.37 env=HOST=db -- nslookup db",
            |draft, fragment| {
                let at = draft.pod.init_containers.as_ref().map_or(0, Vec::len);
                container(draft, Cursor::Init(at), fragment)
            },
        )
        .of_pod()
        .more(container_help!("Init containers run to their end, one after the other, before the main container starts."))
        .locates(locate),
        Flag::many(
            "sidecar",
            "CONTAINER",
            "Add a sidecar (restartable init container)",
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
        .more(container_help!("It starts before the main container, runs beside it and stops after it."))
        .locates(locate),
        Flag::many(
            "container",
            "CONTAINER",
            "Add a container",
            "cache redis:8 port=6379 readiness=tcp:6379",
            |draft, fragment| {
                let at = draft.pod.containers.len();
                container(draft, Cursor::App(at), fragment)
            },
        )
        .of_pod()
        .more(container_help!("It starts together with the main container."))
        .locates(locate),
    ],
};

fn container(draft: &mut Draft, cursor: Cursor, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let described = described(fragment)?;
    draft.within(cursor, |draft| {
        let mut settings = described.settings().into_iter();
        settings.try_for_each(|(_, write)| write(draft))
    })
}

/// Returns the part of the value that sets the field of the container.
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
    // The container is written once more, alone and word by word.
    let described = described(fragment).ok()?;
    let settings = described.settings();
    let mut origins = Origins::default();
    let mut draft = Draft::new(TargetKind::Pod);
    draft.within(Cursor::Init(0), |draft| {
        let mut before = Value::Null;
        for (number, (_, write)) in settings.iter().enumerate() {
            write(draft).ok()?;
            let after = serde_json::to_value(draft.container()).ok()?;
            origins.note(number, &before, &after);
            before = after;
        }
        let setting = *origins.of(&field).first()?;
        Some(settings[setting].0.range())
    })
}

#[cfg(test)]
mod tests {
    use super::super::PodFlags;
    use super::super::testing::{assert_specs, assert_value_errors, problems, typed};

    #[test]
    fn container_takes_each_container_flag() {
        assert_specs(&[
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

    /// Returns the underlined parts of the API's findings.
    fn refused(line: &str) -> Vec<String> {
        let generated = typed::<PodFlags>(line).map_err(|_| problems(line)).unwrap();
        let problems = generated.problems(pod_model::KubernetesVersion::LATEST);
        let slices = problems.iter().map(|placed| {
            let span = placed.finding.location.as_ref().unwrap().span;
            placed.source.as_ref().unwrap().slice(span).to_owned()
        });
        slices.collect()
    }

    #[test]
    fn finding_of_api_is_underlined_in_container_value() {
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
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            ("--init ''", "", "expected `NAME IMAGE`, found nothing"),
            ("--init wait", "wait", "expected `NAME IMAGE`, found `wait`"),
            (
                "--init 'wait -- a'",
                "wait -- a",
                "expected `NAME IMAGE`, found `wait -- a`",
            ),
            (
                "--init 'wait env=A=b'",
                "env=A=b",
                "expected the image of the container, found `env=A=b`",
            ),
            (
                "--init 'a UPPER'",
                "UPPER",
                "invalid image `UPPER`: repository names must be lower-case",
            ),
            ("--init 'a b --'", "--", "expected a command after `--`"),
            (
                "--init 'a b limits=cpu=1x'",
                "1x",
                "expected a quantity, found `1x`",
            ),
            (
                "--init 'a b limits=\"cpu=1x\"'",
                "1x",
                "expected a quantity, found `1x`",
            ),
            (
                "--init 'a b limits=\"cpu=1\\x\"'",
                "\"cpu=1\\x\"",
                "expected a quantity, found `1\\x`",
            ),
            (
                "--init 'a b xyz=d'",
                "xyz",
                "unknown container option `xyz`",
            ),
            (
                "--init 'a b labels=x=y'",
                "labels",
                "`labels` applies to the whole Pod",
            ),
            (
                "--init 'a b image=c'",
                "image",
                "`image` is not an option: the image follows the name",
            ),
            (
                "--init 'a b env'",
                "env",
                "`env` requires a value: NAME=VALUE",
            ),
            (
                "--init 'a b tty=maybe'",
                "maybe",
                "expected true or false, found `maybe`",
            ),
            (
                "--init 'a b workdir=/a workdir=/b'",
                "workdir=/b",
                "`workdir` is given twice",
            ),
            (
                "--init 'a b shell=c -- d'",
                "shell=c",
                "cannot combine shell with a command after --",
            ),
            (
                "--init 'a b -- c && d'",
                "&",
                "`&` requires a shell, but the command runs without one",
            ),
            ("--init \"a b -- 'c\"", "a b -- 'c", "unclosed quote"),
        ]);
    }
}
