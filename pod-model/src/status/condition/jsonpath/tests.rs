use super::follow::shown;
use super::judge::judge;
use super::path::JsonPath;
use crate::status::answer::Answer;
use crate::status::observation::Observation;
use serde_json::Value;

fn object() -> Value {
    serde_json::from_str(include_str!(
        "../../../../../tests/upstream/jsonpath/object.json"
    ))
    .unwrap()
}

/// `tests/upstream/jsonpath.rs` holds what is known against client-go's own code;
/// what that refuses may lead to anything.
#[test]
fn paths_lead_where_kubectls_lead() {
    let object = object();
    let known = include_str!("../../../../../tests/upstream/jsonpath/known.txt");
    let (mut compared, mut wrong) = (0, Vec::new());
    for line in known.lines().filter(|line| !line.starts_with('#')) {
        let (text, upstream) = line.split_once('\t').unwrap();
        let Some(wanted) = upstream.strip_prefix("ok ") else {
            continue;
        };
        compared += 1;
        let path = JsonPath::parse(text).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        let mut values: Vec<Value> = path.find(&object).into_iter().cloned().collect();
        let mut wanted: Vec<Value> = serde_json::from_str(wanted).unwrap();
        if text.contains('*') || text.contains("..") {
            // The order of a Go map is any.
            for all in [&mut values, &mut wanted] {
                all.iter_mut().for_each(Value::sort_all_objects);
                all.sort_by_cached_key(Value::to_string);
            }
        }
        if values != wanted {
            wrong.push(format!("{text}: {values:?}, not {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared > 40, "{compared}");
}

#[test]
fn other_paths_of_kubectl_and_extensions_are_accepted() {
    let object = object();
    for (path, found) in [
        ("status.phase", "Running"),
        ("{$.status.n}", "3"),
        ("{.metadata.annotations['a.b/c']}", "v"),
        ("{ .status.phase }", "Running"),
        ("{.status.conditions[?(@.type==B)].status}", "y"),
        ("{.status.list[7]}", ""),
        ("{.status.list[0:9]}", ""),
        ("{.status.phase[0]}", ""),
        ("{.status.mixed[?(@.v==\"3\")].n}", "number,text"),
    ] {
        let path = JsonPath::parse(path).unwrap();
        let values: Vec<String> = path.find(&object).into_iter().map(shown).collect();
        assert_eq!(values.join(","), found, "{}", path.text);
    }
}

#[test]
fn numbers_are_shown_as_go_shows_them() {
    for (number, text) in [("1.0", "1"), ("0.5", "0.5"), ("3", "3"), ("-2e3", "-2000")] {
        let value: Value = serde_json::from_str(number).unwrap();
        assert_eq!(shown(&value), text);
    }
}

#[test]
fn a_wrong_path_is_refused_at_its_place() {
    for (path, at) in [
        ("{.a", 3),
        ("{}", 2),
        ("{.a..*}", 5),
        ("{..[0]}", 3),
        ("{.a[}", 4),
        ("{.a[0}", 5),
        ("{.a[0:2:0]}", 7),
        ("{.a[0,]}", 6),
        ("{.a[1-2]}", 4),
        ("{.a[?(@.b=1)]}", 9),
        ("{.a[?(@.b==)]}", 11),
        ("{.a[?(@.b==\"x\" && @.c)]}", 15),
        ("{.a[?(@.b==1||@.c==2)]}", 12),
        ("{.a[?(\"x\")]}", 9),
        ("{.a[?(@.b===1)]}", 9),
        ("{.a[?(@.b<>1)]}", 9),
        ("{.a[?(@.b==\"\\d\")]}", 12),
        ("{.a[?()]}", 6),
        ("{.a[?(@.b==1]}", 6),
        ("{.a[?(@.b==\"x)]}", 6),
        ("{.a[?(@.b==1)}", 13),
        ("{.a[?@.b]}", 5),
        ("{.a['b}", 4),
        ("{.a} x", 4),
        ("{range .a[*]}", 1),
        ("{.a}{.b}", 4),
    ] {
        let place = JsonPath::parse(path).map_err(|why| why.0);
        assert_eq!(place, Err(at), "{path}");
    }
}

#[test]
fn lists_and_objects_never_equal_a_text_and_outer_spaces_do_not_count() {
    let object = object();
    let observation = Observation {
        object: &object,
        pods: Vec::new(),
        notes: Vec::new(),
    };
    let answer = |path: &str, wanted| judge(&observation, &JsonPath::parse(path).unwrap(), wanted);
    for path in ["{.status.list}", "{.status}", "{.status.list[*]}"] {
        let said = answer(path, Some("1"));
        assert!(matches!(said, Answer::Never(_)), "{path} {said:?}");
        let said = answer(path, None);
        assert!(matches!(said, Answer::Met(_)), "{path} {said:?}");
    }
    let met = answer("{.status.padded}", Some(" x"));
    assert!(matches!(met, Answer::Met(_)), "{met:?}");
    let open = answer("{.status.nothing}", Some("x"));
    assert!(matches!(open, Answer::NotYet(_)), "{open:?}");
}

/// Only texts have an order with texts.
#[test]
fn a_word_of_a_filter_is_a_boolean_a_number_or_a_text() {
    let object = serde_json::json!({"all": [
        {"n": "a", "is": true}, {"n": "zz", "is": false}, {"n": "m", "is": "false"}, {"n": 4, "is": 1}]});
    for (filter, found) in [
        ("@.is==true", "a"),
        ("@.is==false", "zz,m"),
        ("@.is==\"false\"", "zz,m"),
        ("@.n<false", ""),
        ("@.n<true", ""),
        ("@.n<\"false\"", "a"),
        ("@.n>=\"true\"", "zz"),
        ("@.n<falsetto", "a"),
        ("@.n<b", "a"),
        ("@.n<5", "4"),
        ("@.n<-5", ""),
        ("@.n==4.0", "4"),
        ("4==@.n", "4"),
        ("m==@.n", "m"),
        ("@.n==a/b:c", ""),
    ] {
        let path = JsonPath::parse(&format!("{{.all[?({filter})].n}}")).unwrap();
        let values: Vec<String> = path.find(&object).into_iter().map(shown).collect();
        assert_eq!(values.join(","), found, "{filter}");
    }
}
