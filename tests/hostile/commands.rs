//! The commands that meet every fault.

pub(crate) use crate::files::{FILES, JUNIT};
use crate::server::Role;
use crate::world::Then;

/// The promise that a command makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Tells the server's version.
    Version,
    /// Writes, and ends.
    Write,
    /// Writes, and waits for the end of what it wrote.
    WriteAndWait,
    /// Waits.
    Wait,
    /// Reads one object, and what it refers to.
    Explain,
    /// Reads what an object of a file refers to.
    LookUp,
    /// Reads one object, and what happened to it.
    Forecast,
    /// Reads a Pod, and runs its probe.
    Probe,
}

/// One row of the matrix.
#[derive(Clone, Copy)]
pub(crate) struct Command {
    /// As a failure names it.
    pub(crate) name: &'static str,
    pub(crate) args: &'static [&'static str],
    pub(crate) sort: Sort,
    /// The collections of its targets.
    pub(crate) targets: &'static [&'static str],
    /// The role that meets the whole list of faults.
    pub(crate) role: Role,
    /// The cluster's part; the command then ends with 0.
    pub(crate) then: Then,
    /// Words of which one tells what an error is about.
    pub(crate) names: &'static [&'static str],
}

impl Command {
    /// Returns whether `--timeout` bounds it.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.sort, Sort::Wait | Sort::WriteAndWait)
    }

    /// Returns whether it may send anything but GET.
    pub(crate) fn writes(&self) -> bool {
        matches!(self.sort, Sort::Write | Sort::WriteAndWait)
    }

    /// Returns whether it deletes what it created.
    pub(crate) fn deletes(&self) -> bool {
        self.args.contains(&"--rm")
    }

    /// Returns whether its targets are named, and not what a selector finds.
    pub(crate) fn is_named(&self) -> bool {
        !self.args.contains(&"--all") && !self.args.contains(&"-l")
    }

    /// Returns whether it waits for the deletion of its targets.
    pub(crate) fn wants_deletion(&self) -> bool {
        self.args.contains(&"--for=deleted")
    }

    /// Returns whether its standard output is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.args.windows(2).any(|pair| pair == ["-o", "json"])
    }

    /// Returns whether it writes a JUnit report to [`JUNIT`].
    pub(crate) fn has_junit(&self) -> bool {
        self.args.contains(&"--junit")
    }
}

const fn command(
    name: &'static str,
    args: &'static [&'static str],
    sort: Sort,
    role: Role,
) -> Command {
    Command {
        name,
        args,
        sort,
        targets: &["pods"],
        role,
        then: Then::Ends,
        names: &["web", "pod"],
    }
}

/// An explanation for people.
const fn reads(name: &'static str, args: &'static [&'static str]) -> Command {
    command(name, args, Sort::Forecast, Role::Read)
}

/// An explanation for programs.
const fn reports(name: &'static str, args: &'static [&'static str]) -> Command {
    command(name, args, Sort::Forecast, Role::SideRead)
}

const fn of(command: Command, targets: &'static [&'static str]) -> Command {
    Command {
        targets,
        names: &[
            "migrate",
            "jobs",
            "gear",
            "widgets",
            "settings",
            "example.com",
        ],
        ..command
    }
}

const fn deleting(command: Command) -> Command {
    Command {
        then: Then::Deletes,
        ..command
    }
}

const JOBS: &[&str] = &["jobs"];
const WIDGETS: &[&str] = &["widgets"];

/// All of them.
pub(crate) const COMMANDS: [Command; 43] = {
    use Role::{Read, SideRead, Stream, Version, Write};
    use Sort::{Explain, Forecast, LookUp, Probe, Wait, WriteAndWait};
    [
        command("version", &["version"], Sort::Version, Version),
        command(
            "version -o json",
            &["version", "-o", "json"],
            Sort::Version,
            Version,
        ),
        command(
            "create -f",
            &["create", "-f", "pod.yaml"],
            Sort::Write,
            Write,
        ),
        command(
            "create -f -o json",
            &["create", "-f", "pod.yaml", "-o", "json"],
            Sort::Write,
            Write,
        ),
        of(
            command(
                "create -f CUSTOM",
                &["create", "-f", "widget.yaml"],
                Sort::Write,
                Write,
            ),
            WIDGETS,
        ),
        command(
            "create --dry-run=server",
            &["create", "-f", "pod.yaml", "--dry-run=server"],
            Sort::Write,
            Write,
        ),
        of(
            command(
                "create job --wait",
                &["create", "job", "migrate", "--image=i", "--wait"],
                WriteAndWait,
                Write,
            ),
            JOBS,
        ),
        of(
            command(
                "create job --wait --rm",
                &["create", "job", "migrate", "--image=i", "--wait", "--rm"],
                WriteAndWait,
                Write,
            ),
            JOBS,
        ),
        of(
            command(
                "create job --wait --logs",
                &["create", "job", "migrate", "--image=i", "--wait", "--logs"],
                WriteAndWait,
                Read,
            ),
            JOBS,
        ),
        command(
            "create pod --attach",
            &[
                "create",
                "pod",
                "web",
                "--image=i",
                "--restart=Never",
                "--attach",
            ],
            WriteAndWait,
            Write,
        ),
        command(
            "create pod --attach --stdin --rm",
            &[
                "create",
                "pod",
                "web",
                "--image=i",
                "--restart=Never",
                "--attach",
                "--stdin",
                "--rm",
            ],
            WriteAndWait,
            Stream,
        ),
        command("apply -f", &["apply", "-f", "pod.yaml"], Sort::Write, Write),
        command(
            "apply --dry-run=server",
            &["apply", "-f", "pod.yaml", "--dry-run=server"],
            Sort::Write,
            Write,
        ),
        of(
            command("wait TYPE/NAME", &["wait", "job/migrate"], Wait, Read),
            JOBS,
        ),
        of(
            command(
                "wait -o json --junit",
                &["wait", "job/migrate", "-o", "json", "--junit", JUNIT],
                Wait,
                Read,
            ),
            JOBS,
        ),
        deleting(command(
            "wait --all --for=deleted",
            &["wait", "pods", "--all", "--for=deleted", "--junit", JUNIT],
            Wait,
            Read,
        )),
        deleting(command(
            "wait -l --for=deleted",
            &["wait", "pods", "-l", "app=web", "--for=deleted"],
            Wait,
            Read,
        )),
        deleting(of(
            command(
                "wait TYPE/NAME --for=deleted",
                &["wait", "job/migrate", "--for=deleted"],
                Wait,
                Read,
            ),
            JOBS,
        )),
        of(
            command(
                "wait SEVERAL",
                &["wait", "job/migrate", "pod/web", "--for=complete"],
                Wait,
                Read,
            ),
            &["jobs", "pods"],
        ),
        of(
            command(
                "wait CUSTOM",
                &["wait", "widget/gear", "--for=condition=Ready"],
                Wait,
                Read,
            ),
            WIDGETS,
        ),
        command(
            "wait --for=jsonpath",
            &["wait", "pod/web", "--for=jsonpath={.status.podIP}"],
            Wait,
            Read,
        ),
        of(
            command(
                "wait --logs",
                &["wait", "job/migrate", "--logs"],
                Wait,
                Read,
            ),
            JOBS,
        ),
        command("explain TARGET", &["explain", "web"], Forecast, Read),
        command(
            "explain -o json",
            &["explain", "web", "-o", "json"],
            Forecast,
            Read,
        ),
        command(
            "explain -o html",
            &["explain", "web", "-o", "html"],
            Forecast,
            Read,
        ),
        command(
            "explain-env TARGET",
            &["explain-env", "web", "-o", "json"],
            Explain,
            Read,
        ),
        of(
            command(
                "explain-env -f",
                &["explain-env", "-f", "pod.yaml"],
                LookUp,
                Read,
            ),
            &["configmaps"],
        ),
        command(
            "explain-env --verify",
            &["explain-env", "web", "--verify"],
            Explain,
            Stream,
        ),
        reads("explain-probes TARGET", &["explain-probes", "web"]),
        reports(
            "explain-probes -o json",
            &["explain-probes", "web", "-o", "json"],
        ),
        reads("explain-status TARGET", &["explain-status", "web"]),
        reports(
            "explain-status -o json",
            &["explain-status", "web", "-o", "json"],
        ),
        reads("explain-hooks TARGET", &["explain-hooks", "web"]),
        reports(
            "explain-hooks -o json",
            &["explain-hooks", "web", "-o", "json"],
        ),
        reads("explain-resources TARGET", &["explain-resources", "web"]),
        reads("explain-security TARGET", &["explain-security", "web"]),
        // The Pod has no node to be looked up.
        reads(
            "explain-resources -o json",
            &["explain-resources", "web", "-o", "json"],
        ),
        reads("explain-scheduling TARGET", &["explain-scheduling", "web"]),
        reports(
            "explain-scheduling -o json",
            &["explain-scheduling", "web", "-o", "json"],
        ),
        reports(
            "explain-security -o json",
            &["explain-security", "web", "-o", "json"],
        ),
        of(
            command(
                "explain-job TARGET",
                &["explain-job", "migrate"],
                Forecast,
                Read,
            ),
            JOBS,
        ),
        of(
            command(
                "explain-job -o json",
                &["explain-job", "migrate", "-o", "json"],
                Forecast,
                SideRead,
            ),
            JOBS,
        ),
        command("probe TARGET", &["probe", "web"], Probe, Stream),
    ]
};
