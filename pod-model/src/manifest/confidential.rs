//! The parts of an object that may be shown. Standard error ends up in the logs of
//! others, so nothing that a Secret holds is for it: neither its lines nor the
//! values in what is said of them.

use super::document::Document;
use crate::finding::{Excerpt, Finding};
use crate::kinds::confidential::Said;
use crate::nearest;
use crate::path::{FieldPath, Segment};
use crate::source::Span;
use crate::tree::{Kind, NodeId};

/// The fields at the top of objects that may be Secrets.
const TOP: [&str; 8] = [
    "apiVersion",
    "kind",
    "metadata",
    "data",
    "stringData",
    "immutable",
    "type",
    "items",
];

impl Document {
    /// Returns whether the object may be a Secret. It is none only if its kind is
    /// certain, as [`Said::may_be_secret`] has it.
    pub fn may_be_secret(&self) -> bool {
        let (tree, root) = (self.tree(), self.root());
        let has = |name| tree.get(root, name).is_some();
        let said = Said {
            api_version: self.api_version(),
            kind: self.kind(),
            data: has("data") || has("binaryData"),
            string_data: has("stringData"),
        };
        said.may_be_secret() || self.says_twice_what_it_is() || self.may_hold_secrets()
    }

    /// Returns whether a key stands twice that tells what the object is: the first is in
    /// the text and not in the tree.
    fn says_twice_what_it_is(&self) -> bool {
        let mut own = self.tree().duplicates_of(self.root()).iter();
        own.any(|twice| {
            matches!(
                &*twice.key,
                "apiVersion" | "kind" | "metadata" | "data" | "stringData"
            )
        })
    }

    /// Returns whether it is a list or a template of objects, one of which is a Secret.
    fn may_hold_secrets(&self) -> bool {
        let kind = self.kind().unwrap_or_default();
        let tree = self.tree();
        let is_list = kind.ends_with("List") || tree.get(self.root(), "items").is_some();
        if crate::schema::builtin().kinds_named(kind) && !is_list {
            return false;
        }
        // What a second key of the same name replaces is not in the tree.
        if !tree.duplicates().is_empty() && self.shared().speaks_of_a_secret() {
            return true;
        }
        let is_secret = |node: NodeId| {
            let has = |name| tree.get(node, name).is_some();
            let text = |name| tree.get(node, name).and_then(|value| tree.str(value));
            let said = Said {
                api_version: text("apiVersion"),
                kind: text("kind"),
                data: has("data"),
                string_data: has("stringData"),
            };
            let is_object = said.kind.is_some() && said.data;
            said.string_data || is_object && said.may_be_secret()
        };
        let mut open = vec![self.root()];
        let mut left = MOST_LOOKED_AT;
        while let Some(node) = open.pop() {
            match tree.kind(node) {
                _ if left == 0 => return true,
                Kind::Mapping(_) if is_secret(node) => return true,
                Kind::Mapping(entries) => open.extend(entries.iter().map(|e| e.value)),
                Kind::Sequence(elements) => open.extend(elements),
                _ => {}
            }
            left -= 1;
        }
        false
    }

    /// The part of a path that consists of names for certain. In a document
    /// that was damaged, what reads as a key may be a piece of a value: a name
    /// that nobody knows, with odd characters, or without a value of its own.
    pub fn certain_path(&self, path: &FieldPath) -> FieldPath {
        let tree = self.tree();
        let mut certain = FieldPath::root();
        let mut node = Some(self.root());
        for (depth, segment) in path.segments().iter().enumerate() {
            let next = match segment {
                Segment::Index(index) => {
                    node.and_then(|node| tree.elements(node).get(*index).copied())
                }
                Segment::Field(name) => {
                    let entry = node.and_then(|node| tree.entry(node, name));
                    let is_known =
                        depth > 0 || TOP.contains(&&**name) || nearest(name, TOP).is_some();
                    let has_value = entry.is_none_or(|e| !matches!(tree.kind(e.value), Kind::Null));
                    if !is_word(name) || !is_known || !has_value {
                        break;
                    }
                    entry.map(|entry| entry.value)
                }
            };
            node = next;
            certain.push(segment.clone());
        }
        certain
    }

    /// The finding as it may be shown: of what may be a Secret, without its
    /// values.
    pub(super) fn shown(&self, mut finding: Finding, is_secret: bool) -> Finding {
        // A value that an alias takes from elsewhere in a list may be a Secret's.
        let at = finding.location.as_ref().map(|at| at.span);
        let is_own = at.is_none_or(|at| {
            let own = self.extent();
            own.start <= at.start && at.end <= own.end
        });
        if is_secret || !is_own {
            let mut finding = finding.without_values();
            finding.path = self.certain_path(&finding.path);
            return finding;
        }
        if finding.excerpt == Excerpt::Lines {
            finding.excerpt = Excerpt::Within(self.extent());
        }
        finding
    }

    /// The text of the object. Aliases lead out of it, and what stands there is
    /// part of the document.
    fn extent(&self) -> Span {
        self.tree().span(self.root())
    }
}

/// A document with more values than this, and of a kind that nobody knows, is
/// not searched for Secrets: it is taken for one.
const MOST_LOOKED_AT: usize = 1_000_000;

/// The characters of a Secret's keys, and of the names of labels and
/// annotations.
fn is_word(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
    !name.is_empty() && name.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::read;
    use crate::rules;

    fn document(text: &str) -> Document {
        let manifest = read("f", text.as_bytes().to_vec());
        assert_eq!(manifest.errors, [], "{text}");
        manifest.documents[0].clone()
    }

    #[test]
    fn possible_secrets_are_recognised() {
        for text in [
            "kind: Secret\n",
            "kind: # a comment\n  secret\n",
            "kind: >-\n  Secret\n",
            "kind: !!binary U2VjcmV0\n",
            "a: &k Secret\nkind: *k\n",
            "kind: ExternalSecret\n",
            "kind: 5\n",
            "data: {}\n",
            "[]\n",
            "kind: Sealed\ndata: {}\n",
            "kind: ConfigMap\nstringData: {}\n",
            "kind: Secret\nkind: ConfigMap\n",
            "kind: SecretList\nitems: [{a: b}]\n",
            "kind: Template\nobjects: [{kind: Secret, data: {}}]\n",
            "kind: List\nitems: {kind: Secret, data: {}}\n",
            "apiVersion: v1\nkind: Pod\nitems: {a: {kind: Secret, data: {}}}\n",
            "kind: List\nitems: [{kind: Secret}]\nitems: {a: b}\n",
        ] {
            assert!(document(text).may_be_secret(), "{text}");
        }
        for text in [
            "kind: Pod\nspec: {volumes: [{secret: {secretName: a}}]}\n",
            "kind: ConfigMap\ndata: {kind: Secret}\n",
            // A known kind that is no list is not searched.
            "apiVersion: v1\nkind: Pod\nspec: {a: {stringData: {}}}\n",
            "apiVersion: v1\nkind: Pod\nspec: [{kind: Secret, data: {}}]\n",
            "kind: Rollout\nspec: {ref: {kind: Secret, name: a}}\n",
            "kind: List\nitems: [{kind: Pod}, {kind: Secret}]\n",
        ] {
            assert!(!document(text).may_be_secret(), "{text}");
        }
    }

    #[test]
    fn a_path_goes_on_as_long_as_its_names_are_certain() {
        let text =
            "kind: Secret\ndata: {a.b: eA==, hunter2: , 'hun ter2': x}\ntyp: x\nhunter2: x\n";
        let document = document(text);
        for (path, certain) in [
            ("data['a.b']", "data['a.b']"),
            ("data.hunter2", "data"),
            ("data['hun ter2']", "data"),
            ("typ", "typ"),
            ("hunter2", ""),
            ("metadata.name", "metadata.name"),
        ] {
            let found = document.certain_path(&FieldPath::parse(path));
            assert_eq!(found, FieldPath::parse(certain), "{path}");
        }
    }

    #[test]
    fn a_finding_keeps_its_rule_and_its_place_and_loses_the_rest() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: 12345\n";
        let document = document(text);
        let findings = crate::check(&document, crate::KubernetesVersion::LATEST);
        let finding = &findings[0];
        assert_eq!(
            (finding.id(), &*finding.message),
            ("wrong-type", "`a` must be a string")
        );
        assert_eq!(finding.location.as_ref().unwrap().to_string(), "f:5:6");
        assert_eq!(finding.path.to_string(), "stringData.a");
        assert!(!serde_json::to_string(finding).unwrap().contains("12345"));
        // Who says nothing of what may be shown gets the name of the rule.
        let finding = Finding::new(&rules::INVALID, FieldPath::root(), "12345 is odd");
        assert_eq!(document.place(vec![finding])[0].message, "invalid");
    }
}
