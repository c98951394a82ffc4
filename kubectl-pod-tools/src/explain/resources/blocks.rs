//! The report as text.

use pod_model::features::Gate;
use pod_model::prose::list_up_to;

use super::cgroup_item::CgroupItem;
use super::checks::milliseconds;
use super::class_change;
use super::pod_blocks::{facts, totals};
use super::report::{ContainerItem, ExplainedResources, ResourcesBody};
use crate::render::{Block, Cell, LocatedFinding, Table, Tone, TreeNode};
use crate::ui::escape;

/// A truth about all nodes.
const EVICTION: &str = "A node short of memory evicts Pods that use more than they request first, then those of lower priority, \
    then those that are furthest above their request; the QoS class does not count.";

/// Number of containers that a sentence names.
const NAMED: usize = 8;

const WINDOWS: &str = "Windows has no cgroups and no oom_score_adj. Its limits of CPU and memory are those of each container; \
    the Pod as a whole has none.";

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedResources) -> Vec<Block> {
    let ExplainedResources { target, item } = explained;
    let body = &item.body;
    let mut blocks = vec![
        Block::Heading(format!("{}{}", escape(&target.shown), target.in_file())),
        facts(body),
    ];
    let change = body.qos_change.as_ref();
    blocks.extend(change.and_then(|change| class_change::tree(change, body.is_stored)));
    blocks.extend(totals(body));
    blocks.extend(cgroups(body));
    let notes = notes(body);
    if !notes.is_empty() {
        blocks.push(Block::Paragraph(Cell::new(notes.join("\n"), Tone::Dim)));
    }
    let mut throttled: Vec<String> = body.containers.iter().filter_map(throttled).collect();
    if !throttled.is_empty() {
        throttled.extend(uncounted_cpus(body));
        blocks.push(Block::Paragraph(throttled.join("\n").into()));
    }
    blocks.extend(changes(body));
    if !body.quotas.is_empty() {
        blocks.push(Block::Heading("quotas".to_owned()));
        blocks.push(quotas(body));
    }
    blocks.extend(unknown(body));
    if !body.has_ended {
        blocks.push(Block::Once(Cell::new(EVICTION, Tone::Dim)));
    }
    let placed = item.findings.iter();
    let placed: Vec<_> = placed
        .map(|finding| LocatedFinding::of(finding, target))
        .collect();
    if !placed.is_empty() {
        blocks.push(Block::Findings(placed));
    }
    blocks
}

fn or_max(amount: Option<i64>) -> String {
    amount.map_or_else(|| "max".to_owned(), |own| own.to_string())
}

/// The numbers of the cgroups, or on Windows the words that there are none.
fn cgroups(body: &ResourcesBody) -> Vec<Block> {
    let heading = |text: &str| Block::Heading(text.to_owned());
    let Some(of_pod) = &body.cgroup else {
        let mut blocks = vec![
            heading("on Windows"),
            Block::Paragraph(Cell::new(WINDOWS, Tone::Plain)),
        ];
        let mut table = Table::new(&["CONTAINER", "USES"]);
        for own in body.containers.iter().filter(|own| own.usage.is_some()) {
            table.row(vec![
                escape(&own.name).into_owned().into(),
                uses(own).into(),
            ]);
        }
        if !table.is_empty() {
            blocks.push(Block::Table(table));
        }
        return blocks;
    };
    let title = if body.has_ended {
        "cgroups, as long as it ran"
    } else {
        "cgroups"
    };
    vec![heading(title), Block::Table(cgroup_table(body, of_pod))]
}

fn cgroup_table(body: &ResourcesBody, of_pod: &CgroupItem) -> Table {
    let has_high = body.containers.iter().any(|own| {
        let v2 = own.cgroup.as_ref().map(|own| &own.v2);
        v2.is_some_and(|own| own.memory_high.is_some() || own.needs_node)
    });
    let mut columns = vec!["CGROUP", "CPU.WEIGHT", "CPU.MAX", "MEMORY.MAX"];
    if has_high {
        columns.push("MEMORY.HIGH");
    }
    columns.push("OOM_SCORE_ADJ");
    let is_used = body.containers.iter().any(|own| own.usage.is_some());
    if is_used {
        columns.push("USES");
    }
    if body.has_v1 {
        columns.extend(["V1: CPU.SHARES", "CFS_QUOTA", "MEMORY.LIMIT"]);
    }
    let mut table = Table::new(&columns);
    let row = |name: String, own: &CgroupItem, oom: String, uses: String| {
        let v2 = &own.v2;
        let mut cells: Vec<Cell> = vec![
            name.into(),
            v2.cpu_weight.to_string().into(),
            v2.cpu_max
                .clone()
                .unwrap_or_else(|| format!("max {}", own.v1.cpu_period))
                .into(),
            or_max(v2.memory_max).into(),
        ];
        if has_high {
            let high = if v2.needs_node {
                "?".to_owned()
            } else {
                or_max(v2.memory_high)
            };
            cells.push(high.into());
        }
        cells.push(oom.into());
        if is_used {
            cells.push(uses.into());
        }
        if body.has_v1 {
            cells.push(own.v1.cpu_shares.to_string().into());
            cells.push(own.v1.cpu_quota.unwrap_or(-1).to_string().into());
            cells.push(
                own.v1
                    .memory_limit
                    .map_or_else(|| "-1".to_owned(), |own| own.to_string())
                    .into(),
            );
        }
        cells
    };
    table.row(row("Pod".to_owned(), of_pod, String::new(), String::new()));
    for own in &body.containers {
        let Some(cgroup) = &own.cgroup else {
            continue;
        };
        let oom = own
            .oom_score_adj
            .map_or_else(|| "?".to_owned(), |own| own.to_string());
        table.row(row(
            format!("  {}", escape(&own.name)),
            cgroup,
            oom,
            uses(own),
        ));
    }
    table
}

fn uses(container: &ContainerItem) -> String {
    let Some(usage) = &container.usage else {
        return String::new();
    };
    let amount = |own: &Option<String>| own.clone().unwrap_or_else(|| "?".to_owned());
    format!(
        "{} cpu, {} memory",
        amount(&usage.cpu),
        amount(&usage.memory)
    )
}

fn notes(body: &ResourcesBody) -> Vec<String> {
    let mut notes = Vec::new();
    if body.cgroup.is_none() {
        return notes;
    }
    match &body.node.runtime {
        Some(runtime) => notes.push(format!("cpu.weight of containers as {runtime} sets it; the Pod's is the kubelet's own")),
        None => notes.push(
            "cpu.weight of containers as runc 1.3.2, crun 1.23 and later set it (`--runtime` chooses another); the Pod's is the kubelet's own".to_owned(),
        ),
    }
    if body
        .containers
        .iter()
        .any(|own| own.oom_score_adj.is_none())
    {
        notes.push(
            "oom_score_adj depends on the node's memory: `--node-memory 16Gi` assumes one"
                .to_owned(),
        );
    }
    let mut cgroups = body.containers.iter().flat_map(|own| &own.cgroup);
    if cgroups.any(|own| own.v2.needs_node) {
        notes.push(
            "memory.high depends on the node's memory: `--node-memory 16Gi` assumes one".to_owned(),
        );
    }
    let of_pod: Vec<String> = body
        .containers
        .iter()
        .filter(|own| own.limit_of.cpu == Some("pod") || own.limit_of.memory == Some("pod"))
        .map(|own| escape(&own.name).into_owned())
        .collect();
    if !of_pod.is_empty() {
        notes.push(format!(
            "without a limit of its own, and with the Pod's: {}",
            list_up_to(&of_pod, NAMED)
        ));
    }
    notes.extend(exclusive_cpus(body));
    if !body.has_v1 {
        notes.push("a kubelet of this version does not start on version 1 of cgroups unless told; `-o json` has its numbers".to_owned());
    }
    notes
}

/// Returns the words about containers that some nodes give CPUs of their own.
fn exclusive_cpus(body: &ResourcesBody) -> Option<String> {
    let names = body.exclusive_cpus.iter().map(|name| escape(name));
    let names: Vec<_> = names.collect();
    let version = body.node.settings.as_ref()?.version;
    let is_unlimited = Gate::DisableCPUQuotaWithExclusiveCPUs.is_on(version);
    let (own, unlimited) = match names.len() {
        0 => return None,
        1 => (
            "has CPUs of its own",
            "neither it nor the Pod has a cpu.max",
        ),
        _ => (
            "have CPUs of their own",
            "neither they nor the Pod have a cpu.max",
        ),
    };
    let names = list_up_to(&names, NAMED);
    let mut text = format!(
        "if the kubelet's CPU manager policy is static, which cannot be read, {names} {own}"
    );
    if is_unlimited {
        text += "; then ";
        text += unlimited;
    }
    Some(text)
}

fn throttled(container: &ContainerItem) -> Option<String> {
    let period = container.throttling.first()?.period;
    let parts = container.throttling.iter().map(|own| {
        let (runs, waits) = (milliseconds(own.runs_for), milliseconds(own.waits));
        match own.threads {
            1 => format!("1 busy thread runs {runs} ms and waits {waits} ms"),
            threads => format!("{threads} busy threads run {runs} ms and wait {waits} ms"),
        }
    });
    let parts: Vec<String> = parts.collect();
    let name = escape(&container.name);
    Some(format!(
        "{name}: of each {} ms, {}",
        milliseconds(period),
        parts.join("; ")
    ))
}

/// Returns the words about the CPUs that busy threads have, if the node's are not known.
fn uncounted_cpus(body: &ResourcesBody) -> Option<String> {
    let mut threads = body.containers.iter().flat_map(|own| &own.throttling);
    let has_several = threads.any(|own| own.threads > 1);
    let text =
        "if each busy thread has a CPU of its own: a node with fewer CPUs runs fewer at a time";
    (body.node.cpus.is_none() && has_several).then(|| text.to_owned())
}

/// Returns what the server sets of amounts and of the order of eviction; the report has the rest as well.
fn changes(body: &ResourcesBody) -> Option<Block> {
    let mut root = TreeNode::new("set by the server");
    let is_told = |path: &str| {
        ["resources", "overhead", "priority"]
            .iter()
            .any(|word| path.contains(word))
    };
    for own in &body.changes {
        let path = own.path.to_string();
        // Without a class the priority is 0, as anybody would think.
        if !is_told(&path) || *own.value == 0 {
            continue;
        }
        let value = own
            .value
            .as_str()
            .map_or_else(|| own.value.to_string(), str::to_owned);
        let text = if own.value.is_null() {
            format!("without {path}: {}", own.origin)
        } else {
            format!("{path} = {value}: {}", own.origin)
        };
        root.children
            .push(TreeNode::new(Cell::from(escape(&text).into_owned())));
    }
    (!root.children.is_empty()).then_some(Block::Tree(root))
}

fn quotas(body: &ResourcesBody) -> Block {
    let mut table = Table::new(&["QUOTA", "RESOURCE", "HARD", "USED", "THIS POD", "LEFT"]);
    for quota in &body.quotas {
        for row in &quota.resources {
            let tone = if row.exceeded {
                Tone::Error
            } else {
                Tone::Plain
            };
            let or_unknown = |own: &Option<String>| own.clone().unwrap_or_else(|| "?".to_owned());
            let takes = if quota.applies {
                row.requested.clone()
            } else {
                "not in its scope".to_owned()
            };
            table.row(vec![
                quota.name.clone().into(),
                row.name.clone().into(),
                row.hard.clone().into(),
                or_unknown(&row.used).into(),
                takes.into(),
                Cell::new(or_unknown(&row.left), tone),
            ]);
        }
    }
    Block::Table(table)
}

fn unknown(body: &ResourcesBody) -> Option<Block> {
    let usage = body.usage.as_ref().and_then(|own| own.unread.as_ref());
    let usage = usage.map(|why| format!("usage: {why}"));
    let node = body.node.unread.as_ref().map(|why| format!("node: {why}"));
    let all: Vec<String> = body
        .unknown
        .iter()
        .cloned()
        .chain(usage)
        .chain(node)
        .collect();
    if all.is_empty() {
        return None;
    }
    let mut root = TreeNode::new(Cell::new("not known, and without it", Tone::Dim));
    for own in all {
        root.children
            .push(TreeNode::new(Cell::new(escape(&own), Tone::Dim)));
    }
    Some(Block::Tree(root))
}
