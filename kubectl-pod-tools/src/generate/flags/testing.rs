//! Tables of flags as typed, and what comes of them.

use clap::{Arg, Args, FromArgMatches};
use serde_json::{Value, json};

use super::super::build::{Generated, generate};
use super::super::flag::{Flags, TypedFlags};
use super::super::host_env::HostEnv;
use super::{OfJob, OfPod};
use crate::render::LocatedFinding;

/// The object from a command line behind `create pod`, or `create job`.
pub(in crate::generate) fn generate_from_words<F: Flags>(
    words: &[String],
) -> Result<Generated, Vec<LocatedFinding>> {
    let arguments = Arg::new("ARG").last(true).num_args(0..);
    let command = TypedFlags::<F>::augment_args(clap::Command::new("create"))
        .no_binary_name(true)
        .arg(Arg::new("NAME"))
        .arg(arguments);
    let matches = command.try_get_matches_from(words).unwrap();
    let flags = TypedFlags::<F>::from_arg_matches(&matches).unwrap();
    let arguments = matches.get_many::<String>("ARG").unwrap_or_default();
    let host_env = HostEnv::new(
        |path| match path {
            "app.env" => Ok(b"# ours\nLOG_LEVEL=debug\nFROM_OUTSIDE\n".to_vec()),
            "broken.env" => Ok(b"A=1\n2B=x\n".to_vec()),
            _ => Err(format!("cannot read {path}: no such file")),
        },
        |name| (name == "FROM_OUTSIDE").then(|| "outside".to_owned()),
    );
    let name = matches.get_one::<String>("NAME").cloned();
    let version = pod_model::KubernetesVersion::LATEST;
    let request = flags.into_request(name, arguments.cloned().collect(), host_env);
    generate(&request, version, None)
}

/// The same with a name, an image and what a shell makes of the line.
pub(in crate::generate) fn typed<F: Flags>(line: &str) -> Result<Generated, Vec<LocatedFinding>> {
    let mut words = ["web", "--image", "nginx"].map(str::to_owned).to_vec();
    words.extend(shlex::split(line).unwrap());
    generate_from_words::<F>(&words)
}

/// What is said of a line that is wrong.
pub(in crate::generate) fn problems(line: &str) -> String {
    let Err(wrong) = typed::<OfPod>(line) else {
        return String::new();
    };
    let told = wrong.iter().map(crate::render::finding_to_text);
    anstream::adapter::strip_str(&told.collect::<String>()).to_string()
}

/// The Pod's spec without the main container's name and image.
pub(in crate::generate) fn spec(line: &str) -> Value {
    let Ok(generated) = typed::<OfPod>(line) else {
        panic!("{line}\n{}", problems(line))
    };
    let mut spec = generated.object["spec"].clone();
    let main = spec["containers"][0].as_object_mut().unwrap();
    assert_eq!(main.shift_remove("name"), Some(json!("web")), "{line}");
    assert_eq!(main.shift_remove("image"), Some(json!("nginx")), "{line}");
    if spec["containers"] == json!([{}]) {
        spec.as_object_mut().unwrap().shift_remove("containers");
    }
    spec
}

/// Each line makes this and nothing else.
pub(in crate::generate) fn specs(table: &[(&str, &str)]) {
    for (line, expected) in table {
        let expected: Value = serde_yaml::from_str(expected).unwrap();
        assert_eq!(spec(line), expected, "{line}");
    }
}

/// Each line behind `create job` makes this Job, its template aside.
pub(in crate::generate) fn jobs(table: &[(&str, &str)]) {
    for (line, expected) in table {
        let generated = match typed::<OfJob>(line) {
            Ok(generated) => generated,
            Err(wrong) => panic!("{line}: {:?}", wrong[0].finding),
        };
        let mut spec = generated.object["spec"].clone();
        spec.as_object_mut().unwrap().shift_remove("template");
        let expected: Value = serde_yaml::from_str(expected).unwrap();
        assert_eq!(spec, expected, "{line}");
    }
}

/// Each line is wrong: what is underlined, and what is said.
pub(in crate::generate) fn assert_value_errors(table: &[(&str, &str, &str)]) {
    assert_value_errors_of::<OfPod>(table);
}

/// The same behind `create pod` or `create job`.
pub(in crate::generate) fn assert_value_errors_of<F: Flags>(table: &[(&str, &str, &str)]) {
    for (line, underlined, message) in table {
        let Err(wrong) = typed::<F>(line) else {
            panic!("{line} is taken");
        };
        let first = &wrong[0];
        assert_eq!(first.finding.message, *message, "{line}");
        let (location, source) = (&first.finding.location, &first.source);
        let span = location.as_ref().unwrap().span;
        let shown = source.as_ref().unwrap().slice(span);
        assert_eq!(shown, *underlined, "{line}: {message}");
        assert!(first.finding.help.is_some(), "{line}: no way out");
    }
}

/// What the user is told beside the object.
pub(in crate::generate) fn notes(line: &str) -> Vec<String> {
    typed::<OfPod>(line)
        .map_err(|_| problems(line))
        .unwrap()
        .notes
}
