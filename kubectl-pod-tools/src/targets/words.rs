//! `NAME…`, `TYPE/NAME…`, `TYPE NAME…` and `TYPE -l SELECTOR`, as kubectl's
//! resource builder reads them (k8s.io/cli-runtime/pkg/resource, `Builder`).

use pod_model::kinds::{self, KindInfo};

use super::selector::parse_label_selector;
use crate::error::Failure;

/// A live target, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its kind.
    pub kind: &'static KindInfo,
    /// Which.
    pub which: Which,
}

/// Which objects of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// One.
    Name(String),
    /// All that a label selector matches.
    Selector(String),
}

/// Reads the words. `TYPE NAME` and `NAME NAME` differ in whether the first
/// word is a type, so a Pod that is named as a type is must be written
/// `pod/NAME`.
///
/// # Errors
/// A TYPE that is not known or makes no Pods, an empty name.
pub(super) fn parse_words(words: &[String], selector: Option<&str>) -> Result<Vec<Named>, Failure> {
    if let Some(selector) = selector {
        parse_label_selector(selector)?;
        let kind = match words {
            [] => kind("pods")?,
            [word] => kind(word)?,
            _ => {
                return Err(Failure::usage(
                    "-l chooses by labels: names have no place beside it",
                ));
            }
        };
        let which = Which::Selector(selector.to_owned());
        return Ok(vec![Named { kind, which }]);
    }
    let name = |kind, name: &str| Named {
        kind,
        which: Which::Name(name.to_owned()),
    };
    words.iter().try_for_each(|word| check_word(word))?;
    let pods = kind("pods")?;
    match words {
        [first, names @ ..]
            if !first.contains('/') && !names.is_empty() && kinds::by_type(first).is_some() =>
        {
            let kind = kind(first)?;
            if let Some(odd) = names.iter().find(|n| n.contains('/')) {
                return Err(Failure::usage(format!(
                    "`{odd}` has a type of its own, and so has `{first}`"
                ))
                .help("write TYPE/NAME for each, or one TYPE and then only names"));
            }
            Ok(names.iter().map(|n| name(kind, n)).collect())
        }
        words => words
            .iter()
            .map(|word| match word.split_once('/') {
                Some((type_word, n)) => Ok(name(kind(type_word)?, n)),
                None => Ok(name(pods, word)),
            })
            .collect(),
    }
}

/// Whether a word can be NAME or TYPE/NAME.
///
/// # Errors
/// A part that is empty, or too many of them (cli-runtime: "arguments in resource/name
/// form may not have more than one slash"); a name that can stand in no path
/// (apimachinery, `IsValidPathSegmentName`), which client-go asks no server for.
pub(crate) fn check_word(word: &str) -> Result<(), Failure> {
    let name = match word.split_once('/') {
        Some((type_word, name)) if !type_word.is_empty() => name,
        Some(_) => "",
        None => word,
    };
    if name.is_empty() || name.contains('/') {
        return Err(Failure::usage(format!("`{word}` names nothing"))
            .help("write TYPE/NAME, TYPE NAME, or the name of a Pod"));
    }
    if matches!(name, "." | "..") || name.contains('%') {
        return Err(
            Failure::usage(format!("`{name}` is not the name of an object"))
                .help("a name is neither `.` nor `..`, and has no `/` and no `%`"),
        );
    }
    Ok(())
}

fn kind(word: &str) -> Result<&'static KindInfo, Failure> {
    let makers = || {
        let kinds = kinds::KINDS
            .iter()
            .filter(|kind| kind.pod_template.is_some());
        kinds.map(KindInfo::singular).collect::<Vec<_>>().join(", ")
    };
    let kind = kinds::by_type(word).ok_or_else(|| {
        Failure::usage(format!("`{word}` is not a type that is known here"))
            .help(format!("these make Pods: {}", makers()))
    })?;
    if kinds::pod_template_path(&kind.api_version(), kind.kind).is_none() {
        return Err(Failure::usage(format!("a {} makes no Pods", kind.kind))
            .help(format!("these do: {}", makers())));
    }
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str], selector: Option<&str>) -> Result<Vec<String>, String> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        let named = parse_words(&words, selector).map_err(|failure| failure.message)?;
        let show = |n: Named| match n.which {
            Which::Name(name) => format!("{}/{name}", n.kind.plural),
            Which::Selector(selector) => format!("{} -l {selector}", n.kind.plural),
        };
        Ok(named.into_iter().map(show).collect())
    }

    #[test]
    fn targets_are_named_as_with_kubectl() {
        assert_eq!(parsed(&["web"], None).unwrap(), ["pods/web"]);
        assert_eq!(
            parsed(&["web", "db"], None).unwrap(),
            ["pods/web", "pods/db"]
        );
        assert_eq!(
            parsed(&["job/a", "deploy/b", "c"], None).unwrap(),
            ["jobs/a", "deployments/b", "pods/c"]
        );
        assert_eq!(
            parsed(&["jobs", "a", "b"], None).unwrap(),
            ["jobs/a", "jobs/b"]
        );
        assert_eq!(parsed(&[], Some("a=b")).unwrap(), ["pods -l a=b"]);
        assert_eq!(parsed(&["job"], Some("a=b")).unwrap(), ["jobs -l a=b"]);
        // One word is a name, whatever it says.
        assert_eq!(parsed(&["job"], None).unwrap(), ["pods/job"]);
    }

    #[test]
    fn a_word_that_can_be_no_name_is_refused() {
        for word in ["", "/", "job/", "/a", "a/b/c", "a//b", "job//"] {
            let message = format!("`{word}` names nothing");
            assert_eq!(check_word(word).unwrap_err().message, message);
        }
        for (word, name) in [
            (".", "."),
            ("..", ".."),
            ("job/..", ".."),
            ("pod/.", "."),
            ("a%2fb", "a%2fb"),
            ("job/100%", "100%"),
        ] {
            let message = format!("`{name}` is not the name of an object");
            assert_eq!(check_word(word).unwrap_err().message, message);
        }
        // What is a name to no server is for the server to say.
        for word in ["a", "job/a.b", "A_b", "a,b", "pod/a b", "..."] {
            assert!(check_word(word).is_ok(), "{word}");
        }
    }

    #[test]
    fn what_makes_no_pods_is_refused_with_what_does() {
        assert_eq!(
            parsed(&["svc/web"], None).unwrap_err(),
            "a Service makes no Pods"
        );
        assert_eq!(
            parsed(&["jbo/web"], None).unwrap_err(),
            "`jbo` is not a type that is known here"
        );
        assert_eq!(parsed(&["job/"], None).unwrap_err(), "`job/` names nothing");
        assert!(parsed(&["job", "a", "job/b"], None).is_err());
    }
}
