//! The names by which a server is asked for an object: `apiVersion`, `kind`, and in
//! `metadata` its namespace and name.

use super::document::Document;
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::rules;

impl Document {
    /// The errors that keep a command from asking for the object by its name. Those
    /// of `apiVersion` and `kind` come with [`check`](crate::check), too.
    pub fn unnamed(&self, command: &str) -> Vec<Finding> {
        let mut findings = self.swallowed();
        let root = FieldPath::root();
        let needs = |field: FieldPath, what: &str| {
            let message = format!("`{command}` needs the {what} of the object");
            Finding::new(&rules::MISSING_NAME, field, message.clone())
                .label(format!("no {what}"))
                .redacted(message)
        };
        let is_missing = |text: Option<&str>| text.is_none_or(str::is_empty);
        if is_missing(self.api_version()) {
            findings.push(needs(root.field("apiVersion"), "apiVersion"));
        }
        if is_missing(self.kind()) {
            findings.push(needs(root.field("kind"), "kind"));
        }
        if is_missing(self.name()) {
            findings.push(self.nameless(command));
        }
        findings
    }

    /// The error for a command that needs the object's name, where that has none.
    pub fn nameless(&self, command: &str) -> Finding {
        let metadata = FieldPath::root().field("metadata");
        let (field, message, help) = if self.find(&metadata.field("generateName")).is_some() {
            (
                "generateName",
                format!("{command} needs the name of the object, and this is only its beginning"),
                "set metadata.name; `create` takes metadata.generateName",
            )
        } else {
            (
                "name",
                format!("{command} needs the name of the object"),
                "set metadata.name",
            )
        };
        Finding::new(&rules::MISSING_NAME, metadata.field(field), message.clone())
            .help(help)
            .redacted(message)
            .redacted_help(help)
    }

    /// Names of what may be a Secret that hold more than a name: a line of a value
    /// that lost its key or its indentation may be part of them, and they stand in
    /// URLs and in every message.
    pub fn swallowed(&self) -> Vec<Finding> {
        let root = FieldPath::root();
        let metadata = root.field("metadata");
        let prefix = metadata.field("generateName");
        let prefix_text = self
            .find(&prefix)
            .and_then(|found| self.tree().str(found.node));
        let odd = |text: Option<&str>, marks: &[u8]| {
            text.is_some_and(|text| {
                !text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || marks.contains(&b))
            })
        };
        let names = [
            (root.field("apiVersion"), self.api_version(), &b"./-"[..]),
            (root.field("kind"), self.kind(), b""),
            (metadata.field("name"), self.name(), b".:-_"),
            (metadata.field("namespace"), self.namespace(), b".-"),
            (prefix, prefix_text, b".:-_"),
        ];
        let mut names = Vec::from(names);
        names.retain(|(_, text, marks)| odd(*text, marks));
        // Nearly all are in order, and what an object is takes longer to tell.
        if names.is_empty() || !self.may_be_secret() {
            return Vec::new();
        }
        let to_finding = |(path, ..): (FieldPath, _, _)| {
            let message = format!("`{path}` is no name: a part of another line may be in it");
            Finding::new(&rules::INVALID_OBJECT_NAME, path, message.clone()).redacted(message)
        };
        names.into_iter().map(to_finding).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::read;

    fn said(text: &str) -> Vec<String> {
        let manifest = read("f", text.as_bytes().to_vec());
        let document = &manifest.documents[0];
        let findings = document.place(document.unnamed("wait"));
        let one = |f: crate::Finding| {
            let at = f.location.unwrap();
            format!("{}:{} {}", at.line, at.column, f.message)
        };
        findings.into_iter().map(one).collect()
    }

    #[test]
    fn named_returns_objects_with_a_name() {
        for (text, expected) in [
            ("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n", &[][..]),
            (
                "apiVersion: v1\nkind: Pod\nmetadata: {name: ''}\n",
                &["3:18 wait needs the name of the object"],
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n",
                &["3:18 wait needs the name of the object"],
            ),
            (
                "apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n",
                &["3:26 wait needs the name of the object, and this is only its beginning"],
            ),
            (
                "kind: Pod\nmetadata: {name: p}\n",
                &["1:1 `wait` needs the apiVersion of the object"],
            ),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn possible_secrets_are_named_by_valid_names_only() {
        let hunter = "hunter2";
        for (text, path) in [
            (
                "kind: Secret\n  hunter2\napiVersion: v1\nmetadata: {name: s}\n",
                "kind",
            ),
            (
                "kind: Secret\napiVersion: v1\n  hunter2\nmetadata: {name: s}\n",
                "apiVersion",
            ),
            (
                "kind: Secret\napiVersion: v1\nmetadata:\n  name: s\n    hunter2 Xx\n",
                "metadata.name",
            ),
            (
                "kind: Secret\napiVersion: v1\nmetadata: {name: s, namespace: \"a\\nhunter2\"}\n",
                "metadata.namespace",
            ),
        ] {
            let said = said(text);
            assert!(
                said[0].contains(&format!("`{path}` is no name")),
                "{said:?}"
            );
            assert!(!said.concat().contains(hunter), "{said:?}");
        }
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: 's hunter2'}\n";
        assert_eq!(said(pod), [""; 0]);
    }
}
