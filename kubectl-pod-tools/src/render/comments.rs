//! YAML with comments: lines above the document, and one above a field.

use pod_model::{FieldPath, Segment, manifest};
use serde_json::Value;

use super::yaml::to_yaml;
use crate::ui::{defuse, escape};

/// Comments on an object. A comment on several fields is printed once, at the first of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Comments {
    /// Lines above the document.
    pub above: Option<String>,
    /// Returns the line above a field.
    pub beside: Option<fn(&FieldPath) -> Option<&'static str>>,
}

/// Prints an object as YAML with its comments.
pub(crate) fn to_commented_yaml(object: &Value, comments: &Comments) -> String {
    let mut text = to_yaml(object);
    if let Some(beside) = comments.beside {
        text = with_comments_beside(&text, object, beside);
    }
    let above = comments.above.as_deref().unwrap_or_default();
    let mut out = String::with_capacity(above.len() + text.len() + 16);
    for line in above.lines() {
        out.push_str(&format!("# {}\n", defuse(&escape(line))));
    }
    out + &text
}

fn with_comments_beside(
    text: &str,
    object: &Value,
    beside: fn(&FieldPath) -> Option<&'static str>,
) -> String {
    let manifest = manifest::read("yaml", text.as_bytes().to_vec());
    let Some(document) = manifest.documents.first() else {
        return text.to_owned();
    };
    let mut comments: Vec<(usize, &str)> = Vec::new();
    each_field(object, &mut FieldPath::root(), &mut |path| {
        let new = |said: &&str| !comments.iter().any(|(_, known)| known == said);
        let said = beside(path).filter(new).zip(document.find(path));
        comments.extend(said.map(|(said, found)| {
            let place = document.location(found.headline(document.tree()));
            (place.line as usize, said)
        }));
    });
    let mut out = String::with_capacity(text.len() * 2);
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        for (_, said) in comments.iter().filter(|(at, _)| *at == number + 1) {
            // A list's dash must not be torn from its first key.
            let blanks = line.find('-').filter(|dash| *dash < indent);
            let blanks = blanks.unwrap_or(indent);
            out.push_str(&format!("{:blanks$}# {said}\n", ""));
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn each_field(value: &Value, path: &mut FieldPath, call: &mut impl FnMut(&FieldPath)) {
    let mut step = |segment, value: &Value, is_field: bool| {
        path.push(segment);
        if is_field {
            call(path);
        }
        each_field(value, path, call);
        path.pop();
    };
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| step(Segment::Field(key.clone().into()), value, true)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, value)| step(Segment::Index(i), value, false)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn comments_stand_above_what_they_are_about() {
        let object = json!({"spec": {"restartPolicy": "Never", "containers": [
            {"name": "a", "image": "i", "args": ["- x\n# y\n"]},
        ]}});
        let comments = Comments {
            above: Some("made by\nhand".to_owned()),
            beside: Some(|path| match path.to_string().as_str() {
                "spec.restartPolicy" => Some("once"),
                "spec.containers[0].name" => Some("unique"),
                "spec.containers[0].args" => Some("words"),
                _ => None,
            }),
        };
        let text = to_commented_yaml(&object, &comments);
        assert_eq!(
            text,
            "# made by\n# hand\nspec:\n  # once\n  restartPolicy: Never\n  containers:\n  # unique\n  - name: a\n    image: i\n    # words\n    args:\n    - |\n      - x\n      # y\n"
        );
        let back = manifest::read("x", text.into_bytes());
        assert_eq!(back.documents[0].to_value().unwrap(), object);
    }
}
