//! Numbers and durations of all flags of all commands: each has a range, and a usage
//! error says it. The flags come from the command line's own definition, so that none
//! that comes later is left out.

use clap::Arg;
use serde_json::json;

use crate::apiserver::{Answer, ApiServer, Then};
use crate::flag_values::{commands, line};
use crate::support::{Home, Run};
use crate::wait::{LIST, WATCH, bookmark, running, wait};

const WORKERS: usize = 4;
/// Whole numbers that no field holds, however many bits it has.
const BEYOND: [&str; 3] = [
    "9223372036854775808",
    "99999999999999999999",
    "340282366920938463463374607431768211456",
];
/// Times that no clock holds. The first three once ended in a panic.
const BEYOND_TIME: [&str; 6] = [
    "10000000000000000000s",
    "9223372036854775807s",
    "18000000000000000000s18000000000000000000s",
    "2562047h47m16.854775808s",
    "9223372036854775808ns",
    "99999999999999999999999h9223372036854775807h",
];
/// Texts at the edge of what a number is, and the greatest ones that are taken.
const ODD: [&str; 9] = [
    "-1",
    "-9223372036854775809",
    "-10000000000000000000s",
    "9223372036",
    "2562047h47m16.854775807s",
    "1e400",
    "NaN",
    "\u{663}",
    "",
];
/// Codes that the table of exit codes has, but for signals.
const CODES: [i32; 7] = [0, 1, 2, 3, 4, 5, 124];

/// Places of numbers and times in the value of a flag, by its value name.
struct Places {
    numbers: &'static [&'static str],
    times: &'static [&'static str],
}

const NONE: Places = Places {
    numbers: &[],
    times: &[],
};

const fn numbers(numbers: &'static [&'static str]) -> Places {
    Places {
        numbers,
        times: &[],
    }
}

/// Panics on a value that is not known here, so that each new one is thought of.
fn places(arg: &Arg) -> Places {
    let long = arg.get_long().unwrap_or_default();
    let name = arg.get_value_names().map_or("", |names| names[0].as_str());
    match (long, name) {
        // A user of the identity provider, which may be any text; a name with a version.
        ("as-uid", _) | (_, "RUNTIME") => NONE,
        (_, "DURATION" | "DURATION|BOOL" | "DURATION|never") => Places {
            numbers: &["{}"],
            times: &["{}"],
        },
        (_, "DURATION[=CODE]" | "DURATION[=CODE]|never") => Places {
            numbers: &["1s={}"],
            times: &["{}", "{}=1"],
        },
        (_, "[CONTAINER=]DURATION" | "[CONTAINER=]DURATION|never") => Places {
            numbers: &["{}", "app={}"],
            times: &["{}", "app={}"],
        },
        (_, "EXIT@DURATION") => Places {
            numbers: &["{}@1s"],
            times: &["1@{}"],
        },
        (_, "N" | "UID" | "GID" | "BYTES") => numbers(&["{}"]),
        (_, "GID,…") => numbers(&["{}", "1,{}"]),
        (_, "PORT") => Places {
            numbers: &["{}", "web={}", "{}/udp", "80:{}"],
            times: &[],
        },
        (_, "PROBE") => Places {
            numbers: &[
                "tcp:{}",
                "http:{}/x",
                "tcp:80?failures={}",
                "tcp:80?successes={}",
                "tcp:80?delay={}",
                "tcp:80?grace={}",
            ],
            times: &["tcp:80?delay={}", "exec:x?period={}", "tcp:80?grace={}"],
        },
        (_, "HOOK") => Places {
            numbers: &["sleep:{}", "http:{}/x"],
            times: &["sleep:{}"],
        },
        (_, "TOPOLOGY") => Places {
            numbers: &["zone:{}", "zone,minDomains={}"],
            times: &[],
        },
        (_, "TAINT") => Places {
            numbers: &["key:NoExecute@{}"],
            times: &[],
        },
        ("prefer-node", _) => Places {
            numbers: &["{}:key=value"],
            times: &[],
        },
        ("near" | "apart", _) => Places {
            numbers: &["{}:app=x@zone"],
            times: &[],
        },
        ("restart-rule", _) => Places {
            numbers: &["exit {} -> restart"],
            times: &[],
        },
        ("pod-failure-policy", _) => Places {
            numbers: &["ignore:exit {}", "ignore:exit 1-{}"],
            times: &[],
        },
        ("success-policy", _) => Places {
            numbers: &["0:{}"],
            times: &[],
        },
        (_, "VOLUME:PATH") => Places {
            numbers: &[],
            times: &["token:{}:/t"],
        },
        (_, "HOST[:PORT]") => Places {
            numbers: &["127.0.0.1:{}", "[::1]:{}"],
            times: &[],
        },
        ("set", _) => Places {
            numbers: &["spec.priority={}", "spec.terminationGracePeriodSeconds={}"],
            times: &[],
        },
        (
            _,
            "AMOUNT" | "BOOL" | "CAPABILITY" | "COMMAND" | "CONDITION" | "CONTAINER" | "DIR"
            | "DOMAIN" | "EXPR" | "FILE" | "FORMAT" | "GROUP" | "ID" | "IMAGE" | "IP=NAME,…"
            | "JSON" | "KIND" | "STATE" | "KEY=VALUE" | "LABEL" | "LEVEL" | "NAME" | "NODE"
            | "NAME=AMOUNT" | "NAME=VALUE" | "NAMESPACE" | "PASSWORD" | "PODS" | "POLICY"
            | "PREFIX" | "PROFILE" | "PROGRAM" | "SCRIPT" | "SELECTOR" | "SHELL" | "SIGNAL"
            | "SOURCE" | "TARGET" | "TOKEN" | "URL" | "USER" | "VAR" | "VAR=FIELD" | "VAR=RESOURCE"
            | "VAR=SOURCE/KEY" | "VERSION" | "TIME" | "WHEN" | "CONTAINERS" | "MODE"
            | "[CONTAINER=]FILE" | "ARG",
        ) => NONE,
        other => panic!("{other:?}: where do numbers and times stand in its value?"),
    }
}

/// All flags of all commands; one that all commands share, of one of them, and one of
/// `create pod` that `create job` has, too, of the former.
fn flags() -> Vec<(Vec<String>, Arg)> {
    let commands = commands();
    let of_pod = commands.iter().find(|(path, _)| path == &["create", "pod"]);
    let of_pod: Vec<_> = of_pod.iter().flat_map(|(_, args)| args).collect();
    let of = |(path, args): &(Vec<String>, Vec<Arg>)| {
        let is_version = path == &["version"];
        let is_job = path == &["create", "job"];
        let is_known = |arg: &Arg| of_pod.iter().any(|known| known.get_id() == arg.get_id());
        let args = args.iter().filter(|arg| {
            if arg.is_global_set() {
                return is_version;
            }
            !(is_job && is_known(arg))
        });
        args.map(|arg| (path.clone(), arg.clone()))
            .collect::<Vec<_>>()
    };
    commands.iter().flat_map(of).collect()
}

fn no_panic(run: &Run, line: &[String]) {
    let known = run.code.is_some_and(|code| CODES.contains(&code));
    assert!(
        known && !run.stderr.contains("panicked"),
        "{line:?}: {run:?}"
    );
}

/// The message names the bounds: "expected a port from 1 to 65535, found `0`".
fn says_the_range(run: &Run, line: &[String]) {
    let names_a_bound = |rest: &str| {
        let expected = rest.split(['`', '\n']).next().unwrap_or(rest);
        expected.contains(|c: char| c.is_ascii_digit())
    };
    assert_eq!(run.code, Some(2), "{line:?}: {run:?}");
    assert!(
        run.stderr.split("expected ").skip(1).any(names_a_bound)
            || run.stderr.contains("use a number from "),
        "{line:?}: {run:?}"
    );
}

/// Calls the checks for each flag and value; the count of what was run.
fn try_all<'a>(home: &Home, flags: impl Iterator<Item = &'a (Vec<String>, Arg)>) -> usize {
    let mut count = 0;
    for (path, arg) in flags {
        let places = places(arg);
        let mut run = |place: &str, value: &str, check: fn(&Run, &[String])| {
            let line = line(path, arg, &place.replace("{}", value));
            let words: Vec<&str> = line.iter().map(String::as_str).collect();
            check(&home.run(&words), &line);
            count += 1;
        };
        for place in places.numbers {
            for value in BEYOND {
                run(place, value, says_the_range);
            }
        }
        for place in places.times {
            for value in BEYOND_TIME {
                run(place, value, says_the_range);
            }
        }
        // One parser reads all numbers of a flag, and another all of its times.
        let odd = [places.numbers.first(), places.times.first()];
        let mut all: Vec<&str> = odd.into_iter().flatten().copied().collect();
        all.dedup();
        for (place, value) in all
            .iter()
            .flat_map(|place| ODD.map(|value| (*place, value)))
        {
            run(place, value, no_panic);
        }
        if all.is_empty() {
            run("{}", BEYOND[2], no_panic);
            run("{}", BEYOND_TIME[2], no_panic);
        }
    }
    count
}

#[test]
fn every_number_and_duration_has_a_range_and_says_it() {
    let server = ApiServer::new().storing();
    let files = [
        ("pod.yaml", crate::POD),
        ("job.yaml", crate::explain_job::MIGRATE),
    ];
    let home = Home::with(&files);
    home.kubeconfig(&server, "{}");
    let flags = flags();
    let count: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let flags = flags.iter().skip(worker).step_by(WORKERS);
                scope.spawn(|| try_all(&home, flags))
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum()
    });
    println!("{} flags, {count} command lines", flags.len());
    assert!(count > 500, "{count}");
}

#[test]
fn the_longest_durations_can_be_waited_with() {
    const LONGEST: &str = "2562047h47m16.854775807s";
    let server = || {
        ApiServer::new()
            .on(WATCH, Answer::watch(&[bookmark(2)], Then::Hold))
            .on(LIST, running(1))
    };
    for flag in ["--poll", "--stuck-after", "--request-timeout"] {
        let run = wait(
            &server(),
            &[&format!("{flag}={LONGEST}"), "--timeout=500ms"],
        );
        assert_eq!(run.code, Some(124), "{flag}: {run:?}");
    }
    let ends = ApiServer::new().on(LIST, Answer::json(&json!({"metadata": {}, "items": []})));
    let run = wait(&ends, &[&format!("--timeout={LONGEST}")]);
    assert_eq!(run.code, Some(4), "{run:?}");
}
