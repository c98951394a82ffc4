//! Reads the targets, looks up what they refer to, resolves, and prints.

use k8s_openapi::api::core::v1::Pod;
use pod_env::{Options, Resolution, export, plan, resolve, trace};
use pod_model::{KubernetesVersion, Severity, defaults};

use super::gather::gather;
use super::image::image_env;
use super::options::{EnvOptions, Format};
use super::report::{EnvBody, EnvItemReport, Trace, place, subject, verdict};
use super::text::blocks;
use super::verify::{self, Compared, Verification, verify};
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::render::{Placed, Structured, finding_to_text, to_text, write_structured};
use crate::report::{Report, Verdict};
use crate::target::{Surroundings, Target, load};

/// Explains what the options name.
///
/// # Errors
/// Inputs and clusters that cannot be read, containers that do not exist.
pub(super) fn run(options: &EnvOptions, context: &Context) -> Result<Exit, CommandError> {
    Context::block_on(async {
        let mut loaded = load(&options.chosen, context).await?;
        let mut items = Vec::new();
        for target in &mut loaded.targets {
            items.push(explain(target, &loaded.surroundings, options).await?);
        }
        if let Some(cluster) = &loaded.surroundings.cluster {
            for warning in cluster.warnings().take_new() {
                context.ui.server_warning(&warning);
            }
        }
        check_names(options, &loaded.targets, &items)?;
        print(options, context, &loaded.targets, &loaded.findings, items)
    })
}

async fn explain(
    target: &mut Target,
    around: &Surroundings,
    options: &EnvOptions,
) -> Result<EnvItemReport, CommandError> {
    set_defaults(target, around.version);
    let names: Vec<&str> = container_names(target).collect();
    let resolve_options = Options {
        version: around.version,
        show_secrets: options.show_secrets,
        image_env: image_env(&options.image_configs, &names)?,
        cluster_domain: None,
    };
    let gathered = gather(&plan(&target.spec), &target.id.namespace, around).await?;
    let subject = subject(target);
    let mut resolution = resolve(&subject, &gathered.found(), &resolve_options);
    place(&mut resolution.item, target);
    choose_containers(&mut resolution, &options.containers);
    let verified = match (&around.cluster, options.verify) {
        (Some(cluster), true) => {
            if !target.is_pod() {
                return Err(no_pod(target).into());
            }
            let containers = &resolution.item.containers;
            let verified = verify(target, containers, cluster, options.show_secrets).await;
            resolution
                .findings
                .extend(verify::findings(containers, &verified));
            verified
        }
        _ => Vec::new(),
    };
    if verified.iter().any(|v| v.status == Compared::Drift) {
        resolution.verdict = pod_env::Verdict::No;
    } else if verified.iter().any(Verification::is_open)
        && resolution.verdict == pod_env::Verdict::Ok
    {
        resolution.verdict = pod_env::Verdict::Unknown;
    }
    // The most severe first; among equals as the Pod has them.
    resolution.findings.sort_by_key(|finding| finding.severity);
    let findings = match &target.document {
        Some(document) => document.place(resolution.findings),
        None => resolution.findings,
    };
    let traces = options.trace.iter().flat_map(|name| {
        let containers = resolution.item.containers.iter();
        containers.filter_map(move |container| {
            Some(Trace {
                container: container.name.clone(),
                steps: trace(container, name)?,
            })
        })
    });
    Ok(EnvItemReport {
        target: target.id.clone(),
        verdict: verdict(resolution.verdict),
        findings,
        body: EnvBody {
            verify: verified,
            traces: traces.collect(),
            env: resolution.item,
        },
    })
}

/// `--verify` of what makes Pods.
fn no_pod(target: &Target) -> Failure {
    Failure::usage(format!(
        "--verify looks into running Pods, and {} is none",
        target.shown
    ))
    .help("name one of its Pods, or all by their labels: explain-env -l app=web --verify")
}

/// The Pod that will be made gets all of a Pod's defaults, a template's only
/// some: requests follow limits when the Pod is made, for one.
fn set_defaults(target: &mut Target, version: KubernetesVersion) {
    let mut pod = Pod {
        spec: Some(std::mem::take(&mut target.spec)),
        ..Pod::default()
    };
    defaults::pod(&mut pod, version);
    target.spec = pod.spec.unwrap_or_default();
}

fn container_names(target: &Target) -> impl Iterator<Item = &str> {
    let spec = &target.spec;
    let init = spec
        .init_containers
        .iter()
        .flatten()
        .map(|c| c.name.as_str());
    let app = spec.containers.iter().map(|c| c.name.as_str());
    let ephemeral = spec
        .ephemeral_containers
        .iter()
        .flatten()
        .map(|c| c.name.as_str());
    init.chain(app).chain(ephemeral)
}

/// Leaves those that `-c` names, and what is said of them.
fn choose_containers(resolution: &mut Resolution, chosen: &[String]) {
    if chosen.is_empty() {
        return;
    }
    let (kept, dropped): (Vec<_>, Vec<_>) = std::mem::take(&mut resolution.item.containers)
        .into_iter()
        .partition(|container| chosen.contains(&container.name));
    resolution.item.containers = kept;
    resolution.findings.retain(|finding| {
        let path = finding.path.segments();
        !dropped
            .iter()
            .any(|container| path.starts_with(container.path.segments()))
    });
    let wrong = resolution
        .findings
        .iter()
        .any(|f| f.severity == Severity::Error);
    if resolution.verdict == pod_env::Verdict::No && !wrong {
        resolution.verdict = pod_env::Verdict::Ok;
    }
}

/// A container or variable that no target has is a mistake of the caller's.
fn check_names(
    options: &EnvOptions,
    targets: &[Target],
    items: &[EnvItemReport],
) -> Result<(), Failure> {
    let has = |name: &String| {
        items
            .iter()
            .flat_map(|i| &i.body.env.containers)
            .any(|c| c.name == *name)
    };
    if let Some(missing) = options.containers.iter().find(|name| !has(name)) {
        let mut known: Vec<&str> = Vec::new();
        for name in targets.iter().flat_map(container_names) {
            if !known.contains(&name) {
                known.push(name);
            }
        }
        return Err(Failure::usage(format!("no container is named `{missing}`"))
            .help(format!("there are: {}", known.join(", "))));
    }
    if let Some(name) = &options.trace
        && items.iter().all(|item| item.body.traces.is_empty())
    {
        return Err(
            Failure::new(Exit::No, format!("no container has a variable `{name}`"))
                .help("leave out --trace to see all variables"),
        );
    }
    Ok(())
}

fn print(
    options: &EnvOptions,
    context: &Context,
    targets: &[Target],
    input_findings: &[Placed],
    items: Vec<EnvItemReport>,
) -> Result<Exit, CommandError> {
    let mut exit = Exit::Yes;
    for placed in input_findings {
        if placed.finding.severity == Severity::Error {
            exit = Exit::No;
        }
        context.ui.talk(&finding_to_text(placed));
        context.ui.talk("\n");
    }
    if items.iter().any(|item| item.verdict == Verdict::No) {
        exit = Exit::No;
    }
    match options.format {
        Format::Table => {
            let blocks = blocks(targets, &items, options.trace.is_some());
            context.ui.data(&to_text(&blocks))?;
        }
        Format::Json => {
            let report = Report::new("EnvReport", items);
            print_report(context, &report, Structured::Json)?;
        }
        Format::Yaml => {
            let report = Report::new("EnvReport", items);
            print_report(context, &report, Structured::Yaml)?;
        }
        Format::Dotenv | Format::Shell | Format::Docker => {
            export_one(options, context, targets, &items)?;
        }
    }
    Ok(exit)
}

fn print_report(
    context: &Context,
    report: &Report<EnvBody>,
    format: Structured,
) -> Result<(), CommandError> {
    let ui = &context.ui;
    ui.stream(|out| Ok(write_structured(out, report, format)?))
}

/// The environment of the one container that was chosen.
fn export_one(
    options: &EnvOptions,
    context: &Context,
    targets: &[Target],
    items: &[EnvItemReport],
) -> Result<(), CommandError> {
    let all: Vec<_> = items
        .iter()
        .flat_map(|item| &item.body.env.containers)
        .collect();
    let [container] = all.as_slice() else {
        let names: Vec<&str> = all.iter().map(|c| c.name.as_str()).collect();
        return Err(Failure::usage(format!(
            "this -o prints one environment, and there are {}: {}",
            all.len(),
            names.join(", ")
        ))
        .help("choose one with -c NAME")
        .into());
    };
    for (item, target) in items.iter().zip(targets) {
        for finding in &item.findings {
            if finding.severity == Severity::Error {
                context
                    .ui
                    .talk(&finding_to_text(&Placed::of(finding, target)));
                context.ui.talk("\n");
            }
        }
    }
    if container.env.iter().any(|variable| variable.masked) {
        context
            .ui
            .warning("what Secrets hold is left out: --show-secrets shows it");
    }
    let text = match options.format {
        Format::Shell => export::shell(container),
        Format::Docker => export::docker(container),
        _ => export::dotenv(container),
    };
    Ok(context.ui.data(&text)?)
}

impl Placed {
    /// A finding of a target's report.
    pub(super) fn of(finding: &pod_model::Finding, target: &Target) -> Self {
        Self {
            finding: finding.clone(),
            source: target.document.as_ref().map(|d| d.source().clone()),
            object: target.shown.clone(),
        }
    }
}
