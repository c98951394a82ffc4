//! Edits of texts that nobody would write.

use pod_model::edit::{Change, Edit};
use pod_model::yaml_edit::{PlacedEdit, edit_text};
use pod_model::{FieldPath, manifest};
use serde_json::json;

use crate::manifests::text;
use crate::random::Rng;

const CASES: usize = 1_500;

/// Pieces that change the meaning of the text around them.
const PIECES: [&str; 28] = [
    "\n", "  ", "\t", "- ", ": ", "? ", "{", "}", "[", "]", ",", "'", "\"", "|+\n", ">", "&a ",
    "*a", "<<: *a0", "# c", "---\n", "...\n", "!!map ", "\\", "\r\n", "\r", "\u{feff}", "é",
    "null",
];

const PATHS: [&str; 9] = [
    "spec.securityContext.runAsNonRoot",
    "spec.template.spec.securityContext.seccompProfile",
    "spec.containers[0].securityContext.capabilities.drop",
    "spec.containers[0].securityContext",
    "spec.containers[1].securityContext.allowPrivilegeEscalation",
    "spec.template.spec.containers[0].securityContext.privileged",
    "spec.volumes[0].hostPath",
    "metadata.name",
    "spec",
];

fn change(rng: &mut Rng) -> Change {
    match rng.below(5) {
        0 => Change::Set(json!(true)),
        1 => Change::Set(json!({"a": ["b"], "c": {}})),
        2 => Change::Append(json!("ALL")),
        3 => Change::Replace("emptyDir", json!({})),
        _ => Change::Remove,
    }
}

#[test]
fn no_text_makes_an_edit_panic_or_lose_a_document() {
    let mut rng = Rng::new(0xbad);
    let (mut edited, mut refused) = (0, 0);
    for _ in 0..CASES {
        let mut own = String::from_utf8(text(&mut rng)).unwrap();
        for _ in 0..rng.below(4) {
            let mut at = rng.below(own.len());
            while !own.is_char_boundary(at) {
                at -= 1;
            }
            if rng.percent(30) {
                own.remove(at);
            } else {
                own.insert_str(at, rng.pick(&PIECES));
            }
        }
        let count = 1 + rng.below(3);
        let edits = (0..count).map(|document| PlacedEdit {
            document: if count == 1 { 0 } else { document },
            edit: Edit {
                path: FieldPath::parse(rng.pick(&PATHS)),
                change: change(&mut rng),
            },
        });
        let edits: Vec<PlacedEdit> = edits.collect();
        match edit_text(own.as_bytes(), &edits) {
            Ok(result) => {
                let old = manifest::read("f", own.into_bytes());
                let new = manifest::read("f", result.bytes);
                assert_eq!(new.errors, []);
                assert_eq!(old.documents.len(), new.documents.len());
                edited += 1;
                refused += result.refused.len();
            }
            Err(_) => refused += 1,
        }
    }
    assert!(
        edited > CASES / 5 && refused > CASES / 20,
        "{edited} {refused}"
    );
    println!("{CASES} texts: {edited} edited, {refused} edits or texts refused");
}
