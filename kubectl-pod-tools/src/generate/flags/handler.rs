//! Handlers of probes and hooks: `http:8080/healthz`, `tcp:8080`, `exec:cat /tmp/ok`,
//! `sh:test -e /tmp/ok && …`, `grpc:9000/service`, `sleep:5s`; and their options after `?`.

use k8s_openapi::api::core::v1::{
    ExecAction, GRPCAction, HTTPGetAction, HTTPHeader, SleepAction, TCPSocketAction,
};

use super::super::fragment::{Fragment, ValueError};
use super::super::shell_words::{bare, program, words};
use super::super::value::{one_of, port, port_or_name, seconds, unknown_word};

/// The action of a probe or hook.
#[derive(Clone, Debug)]
pub(super) enum Handler {
    Exec(ExecAction),
    Http(HTTPGetAction),
    Tcp(TCPSocketAction),
    Grpc(GRPCAction),
    Sleep(SleepAction),
}

/// An option: `delay=3s`.
pub(super) type Setting<'a> = (Fragment<'a>, Fragment<'a>);

/// Names of the options of all probes and hooks.
const OPTIONS: [&str; 9] = [
    "delay",
    "period",
    "timeout",
    "failures",
    "successes",
    "grace",
    "header",
    "scheme",
    "host",
];

/// Parses a handler of these kinds with its own options; returns the other options.
pub(super) fn handler<'a>(
    fragment: Fragment<'a>,
    kinds: &[&str],
) -> Result<(Handler, Vec<Setting<'a>>), ValueError> {
    let Some((kind, rest)) = fragment.split_once(":") else {
        let error = fragment.expected(&format!("a handler such as `{}:…`", kinds[0]));
        return Err(error.help(format!("use one of: {}", kinds.join(", "))));
    };
    if !kinds.contains(&kind.text()) {
        return Err(unknown_word(kind, "handler", kinds));
    }
    let (rest, mut settings) = options(kind, rest)?;
    let handler = match kind.text() {
        "http" | "https" => Handler::Http(http(kind, rest, &mut settings)?),
        "tcp" => Handler::Tcp(TCPSocketAction {
            port: port_or_name(rest)?,
            host: take(&mut settings, "host").map(Fragment::owned),
        }),
        "grpc" => Handler::Grpc(grpc(rest)?),
        "sleep" => Handler::Sleep(SleepAction {
            seconds: seconds(rest)?,
        }),
        "sh" => Handler::Exec(exec(vec![
            "sh".into(),
            "-c".into(),
            not_empty(rest)?.owned(),
        ])),
        _ => Handler::Exec(exec(program(
            &words(no_json(not_empty(rest)?)?)?,
            "sh: for a script",
        )?)),
    };
    Ok((handler, settings))
}

fn not_empty(fragment: Fragment<'_>) -> Result<Fragment<'_>, ValueError> {
    if fragment.trim().is_empty() {
        return Err(fragment.error("expected a command, found nothing"));
    }
    Ok(fragment)
}

/// Refuses a JSON list as in a Dockerfile: it would be one word of the command.
fn no_json(fragment: Fragment<'_>) -> Result<Fragment<'_>, ValueError> {
    let list = fragment.text().trim_start().strip_prefix('[');
    if list.is_some_and(|list| list.trim_start().starts_with(['"', '\'', ']'])) {
        return Err(fragment
            .error("expected a command line, found a list")
            .help("separate the words with spaces; quote a word that contains a space"));
    }
    Ok(fragment)
}

fn exec(command: Vec<String>) -> ExecAction {
    ExecAction {
        command: Some(command),
    }
}

/// Splits the options off the end.
///
/// They begin at the first `?` outside quotes that is followed by the name of an option
/// and `=`. Right after a URL that could be its query, too, and is refused as ambiguous.
/// Any other `?` belongs to a script; to a command, unless it looks like an option; and
/// to a path, if the path ends with one more `?`. So a misspelt option never becomes part
/// of a command or path.
fn options<'a>(
    kind: Fragment<'a>,
    rest: Fragment<'a>,
) -> Result<(Fragment<'a>, Vec<Setting<'a>>), ValueError> {
    let text = rest.text();
    let (is_script, is_command) = (kind.text() == "sh", kind.text() == "exec");
    let marks = if is_script || is_command {
        bare(text, '?')
    } else {
        text.match_indices('?').map(|(at, _)| at).collect()
    };
    let name = |at: usize| {
        let behind = &text[at + 1..];
        let name = &behind[..behind.find(|c: char| !c.is_ascii_alphanumeric())?];
        (!name.is_empty() && behind[name.len()..].starts_with('=')).then_some(name)
    };
    let is_option = |at: &&usize| name(**at).is_some_and(|name| OPTIONS.contains(&name));
    if let Some(at) = marks.iter().find(is_option) {
        if (is_script || is_command) && ends_in_url(&text[..*at]) {
            let name = name(*at).unwrap_or_default();
            let query = rest.cut(*at, at + 1 + name.len() + 1);
            let message =
                format!("`?{name}=` is ambiguous: part of the URL, or an option of the probe");
            return Err(query
                .error(message)
                .help("quote the URL to keep it, or put a space before `?` for an option"));
        }
        let settings = rest.cut(at + 1, text.len()).split("&");
        let settings = settings.into_iter().map(setting);
        let before = rest.cut(0, *at);
        let before = if is_command { before.trim() } else { before };
        return Ok((before, settings.collect::<Result<_, _>>()?));
    }
    let Some(at) = marks.last() else {
        return Ok((rest, Vec::new()));
    };
    if is_script || is_command && name(*at).is_none() {
        return Ok((rest, Vec::new()));
    }
    let behind = rest.cut(at + 1, text.len());
    if behind.is_empty() {
        return Ok((rest.cut(0, *at), Vec::new()));
    }
    let word = behind.split("&")[0];
    let word = word.split_once("=").map_or(word, |(name, _)| name);
    let otherwise = if is_command {
        "quote the `?` if it is part of the command"
    } else {
        "end the path with one more `?` if it is part of the path"
    };
    Err(unknown(word).help(format!("{}; {otherwise}", listed())))
}

/// Programs that take URLs as arguments.
const CLIENTS: [&str; 9] = [
    "curl", "curlie", "wget", "http", "https", "xh", "lynx", "w3m", "websocat",
];

/// Returns whether the last word is likely a URL without a query: `http://web/a`,
/// `localhost:8080`, `web/healthz`, and whatever a client such as `curl` is given;
/// not an option, and not a file's path, which begins with `/`, `.` or `~`.
fn ends_in_url(command: &str) -> bool {
    let word = command.rsplit(char::is_whitespace).next().unwrap_or("");
    let word = word.trim_matches(['"', '\'']);
    if word.is_empty() || word.contains('?') {
        return false;
    }
    if word.contains("://") {
        return true;
    }
    if word.starts_with(['/', '.', '~', '-']) {
        return false;
    }
    let has_port = word.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())
    });
    has_port || word.contains('/') && !word.starts_with('$') || is_of_a_client(command)
}

/// Returns whether the last of a script's commands, the last word of which is not its
/// program, runs a client.
fn is_of_a_client(command: &str) -> bool {
    let last = command.rsplit([';', '|', '&', '(', '{', '`', '\n']).next();
    let words = last.unwrap_or("").split_whitespace();
    let words: Vec<&str> = words.map(|word| word.trim_matches(['"', '\''])).collect();
    let Some((_, before)) = words.split_last() else {
        return false;
    };
    before
        .iter()
        .any(|word| CLIENTS.contains(&word.rsplit('/').next().unwrap_or(word)))
}

fn setting(word: Fragment<'_>) -> Result<Setting<'_>, ValueError> {
    let (name, value) = word
        .split_once("=")
        .ok_or_else(|| word.expected("`OPTION=VALUE`").help(listed()))?;
    if !OPTIONS.contains(&name.text()) {
        return Err(unknown(name).help(listed()));
    }
    Ok((name, value))
}

fn unknown(name: Fragment<'_>) -> ValueError {
    let error = format!("unknown option `{}`", name.text());
    match pod_model::nearest(name.text(), OPTIONS) {
        Some(meant) => name.error(format!("{error}; did you mean `{meant}`?")),
        None => name.error(error),
    }
}

fn listed() -> String {
    format!("options: {}", OPTIONS.join(", "))
}

/// Removes an option and returns its value.
pub(super) fn take<'a>(settings: &mut Vec<Setting<'a>>, name: &str) -> Option<Fragment<'a>> {
    let at = settings
        .iter()
        .position(|(known, _)| known.text() == name)?;
    Some(settings.remove(at).1)
}

/// Refuses options that nobody took.
pub(super) fn nothing_left(settings: &[Setting<'_>]) -> Result<(), ValueError> {
    match settings.first() {
        Some((name, _)) => Err(name.error(format!(
            "option `{}` is repeated or does not apply",
            name.text()
        ))),
        None => Ok(()),
    }
}

fn http<'a>(
    kind: Fragment<'a>,
    rest: Fragment<'a>,
    settings: &mut Vec<Setting<'a>>,
) -> Result<HTTPGetAction, ValueError> {
    if rest.text().starts_with("//") {
        return Err(rest.error("expected PORT[/PATH], found a URL").help(
            "use http:PORT/PATH: the kubelet probes the Pod itself; ?host= names another host",
        ));
    }
    let (number, path) = match rest.text().find('/') {
        Some(slash) => (rest.cut(0, slash), Some(rest.cut(slash, rest.text().len()))),
        None => (rest, None),
    };
    let mut headers = Vec::new();
    while let Some(header) = take(settings, "header") {
        let (name, value) = header
            .split_once(":")
            .ok_or_else(|| header.expected("`NAME:VALUE`"))?;
        headers.push(HTTPHeader {
            name: name.owned(),
            value: value.trim().owned(),
        });
    }
    let scheme = match take(settings, "scheme") {
        Some(scheme) => Some(one_of(scheme, &["HTTP", "HTTPS"])?),
        None => (kind.text() == "https").then_some("HTTPS"),
    };
    Ok(HTTPGetAction {
        port: port_or_name(number)?,
        path: path.map(Fragment::owned),
        host: take(settings, "host").map(Fragment::owned),
        // HTTP is the API's own default.
        scheme: scheme.filter(|scheme| *scheme != "HTTP").map(str::to_owned),
        http_headers: (!headers.is_empty()).then_some(headers),
        ..HTTPGetAction::default()
    })
}

fn grpc(rest: Fragment<'_>) -> Result<GRPCAction, ValueError> {
    let (number, service) = match rest.split_once("/") {
        Some((number, service)) => (number, Some(service.owned())),
        None => (rest, None),
    };
    Ok(GRPCAction {
        port: port(number)?,
        service,
        ..GRPCAction::default()
    })
}
