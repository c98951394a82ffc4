//! The table of causes, and its page.

use std::fs;

use pod_model::diagnosis::CAUSES;

use super::root;

const MARK: &str = "--test structure causes` writes the lines below -->\n";

#[test]
fn the_page_of_causes_is_the_table_of_causes() {
    let path = root().join("docs/status.md");
    let written = fs::read_to_string(&path).unwrap();
    let (head, rows) = written
        .split_once(MARK)
        .unwrap_or_else(|| panic!("docs/status.md lacks `{MARK}`"));
    let mut fresh = "| id | states |\n|---|---|\n".to_owned();
    for cause in CAUSES {
        fresh.push_str(&format!("| `{}` | {} |\n", cause.id, cause.states));
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{head}{MARK}{fresh}")).unwrap();
        return;
    }
    assert_eq!(rows, fresh, "run it with UPDATE_DOCS=1");
}

#[test]
fn causes_are_clauses_in_the_order_of_their_ids() {
    let mut last = "";
    for cause in CAUSES {
        assert!(last < cause.id, "{last} stands before {}", cause.id);
        last = cause.id;
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(cause.id.chars().all(is_word), "{}", cause.id);
        assert!(!cause.states.ends_with('.'), "{}", cause.id);
    }
}
