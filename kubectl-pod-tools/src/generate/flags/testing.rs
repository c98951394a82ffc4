//! Tables of command lines and their objects, errors or warnings.

use clap::{Arg, Args, FromArgMatches};
use serde_json::{Value, json};

use super::super::build::{Generated, generate};
use super::super::flag::{Flags, TypedFlags};
use super::super::host_env::HostEnv;
use super::{JobFlags, PodFlags};
use crate::render::LocatedFinding;

/// Generates the object of a command line after `create pod` or `create job`.
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

/// Generates the object of a line of flags, with a name and an image.
pub(in crate::generate) fn typed<F: Flags>(line: &str) -> Result<Generated, Vec<LocatedFinding>> {
    let mut words = ["web", "--image", "nginx"].map(str::to_owned).to_vec();
    words.extend(shlex::split(line).unwrap());
    generate_from_words::<F>(&words)
}

/// Returns the errors of a line as text, or nothing if it is valid.
pub(in crate::generate) fn problems(line: &str) -> String {
    let Err(errors) = typed::<PodFlags>(line) else {
        return String::new();
    };
    let text: String = errors.iter().map(crate::render::finding_to_text).collect();
    anstream::adapter::strip_str(&text).to_string()
}

/// Returns the Pod's spec without the main container's name and image.
pub(in crate::generate) fn spec(line: &str) -> Value {
    let Ok(generated) = typed::<PodFlags>(line) else {
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

/// Asserts the spec that each line of flags generates.
pub(in crate::generate) fn assert_specs(table: &[(&str, &str)]) {
    for (line, expected) in table {
        let expected: Value = serde_yaml::from_str(expected).unwrap();
        assert_eq!(spec(line), expected, "{line}");
    }
}

/// Asserts the Job spec that each line of flags generates, without the template.
pub(in crate::generate) fn assert_jobs(table: &[(&str, &str)]) {
    for (line, expected) in table {
        let generated = match typed::<JobFlags>(line) {
            Ok(generated) => generated,
            Err(wrong) => panic!("{line}: {:?}", wrong[0].finding),
        };
        let mut spec = generated.object["spec"].clone();
        spec.as_object_mut().unwrap().shift_remove("template");
        let expected: Value = serde_yaml::from_str(expected).unwrap();
        assert_eq!(spec, expected, "{line}");
    }
}

/// Asserts the underlined part and the message of the first error of each line.
pub(in crate::generate) fn assert_value_errors(table: &[(&str, &str, &str)]) {
    assert_value_errors_of::<PodFlags>(table);
}

/// Does so for `create pod` or `create job`.
pub(in crate::generate) fn assert_value_errors_of<F: Flags>(table: &[(&str, &str, &str)]) {
    for (line, underlined, message) in table {
        let Err(wrong) = typed::<F>(line) else {
            panic!("{line} is accepted");
        };
        let first = &wrong[0];
        assert_eq!(first.finding.message, *message, "{line}");
        let (location, source) = (&first.finding.location, &first.source);
        let span = location.as_ref().unwrap().span;
        let shown = source.as_ref().unwrap().slice(span);
        assert_eq!(shown, *underlined, "{line}: {message}");
        assert!(first.finding.help.is_some(), "{line}: no help");
    }
}

/// Returns the warnings of a line of flags.
pub(in crate::generate) fn notes(line: &str) -> Vec<String> {
    typed::<PodFlags>(line)
        .map_err(|_| problems(line))
        .unwrap()
        .notes
}
