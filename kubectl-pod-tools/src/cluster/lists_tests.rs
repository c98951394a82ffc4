//! Lists and single requests against a scripted server.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::lists::Selection;
use super::scripted::{Reply, config_maps, page, refusal, serving};
use super::{Cluster, ClusterError, Warnings};

/// Returns the names of a whole list, or the code of the refusal.
async fn listed(replies: Vec<Reply>) -> (Result<Vec<String>, ClusterError>, Vec<String>) {
    let (cluster, asked) = serving(replies);
    let listed = cluster.list(&config_maps(), "default", Some("a=b")).await;
    let names = listed.map(|objects| {
        let name = |object: &Value| object["metadata"]["name"].as_str().unwrap().to_owned();
        objects.iter().map(name).collect()
    });
    let asked = asked.lock().unwrap().clone();
    (names, asked)
}

#[tokio::test]
async fn pages_are_put_together_in_their_order() {
    let pages = vec![
        page(&["a", "b"], Some("x/y")),
        page(&[], Some("z")),
        page(&["c"], None),
    ];
    let (names, asked) = listed(pages).await;
    assert_eq!(names.unwrap(), ["a", "b", "c"]);
    let first = "/api/v1/namespaces/default/configmaps?limit=500&labelSelector=a%3Db";
    assert_eq!(
        asked,
        [
            first.to_owned(),
            format!("{first}&continue=x%2Fy"),
            format!("{first}&continue=z")
        ]
    );
}

#[tokio::test]
async fn a_later_page_that_is_too_old_gives_each_object_once() {
    for pages in [
        vec![page(&["a", "b"], Some("x"))],
        vec![page(&["a"], Some("x")), page(&["b"], Some("y"))],
    ] {
        let count = pages.len();
        let whole = page(&["a", "b", "c"], None);
        let replies = [pages, vec![refusal(410, None), whole]].concat();
        let (names, asked) = listed(replies).await;
        assert_eq!(names.unwrap(), ["a", "b", "c"]);
        assert_eq!(asked.len(), count + 2);
        // At once, without a limit and a token.
        assert!(
            asked[count + 1].ends_with("/configmaps?labelSelector=a%3Db"),
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn a_list_that_is_too_old_at_once_or_twice_is_an_error() {
    for (replies, count) in [
        (vec![refusal(410, None)], 1),
        (vec![page(&["a"], Some("x")), refusal(410, None)], 3),
        (vec![page(&["a"], Some("x")), refusal(403, None)], 2),
        (vec![page(&["a"], Some("x")), refusal(500, None)], 2),
    ] {
        let (names, asked) = listed(replies).await;
        assert!(names.unwrap_err().code().is_some());
        assert_eq!(asked.len(), count, "{asked:?}");
    }
}

#[tokio::test]
async fn a_list_that_does_not_end_is_an_error() {
    let (names, asked) = listed(vec![page(&["a"], Some("x")), page(&["b"], Some("x"))]).await;
    let said = names.unwrap_err().to_string();
    assert!(said.contains("its list does not end"), "{said}");
    assert_eq!(asked.len(), 2);
    // A hundred pages may be empty or sparse in a row.
    let empty: Vec<Reply> = (0..150).map(|n| page(&[], Some(&n.to_string()))).collect();
    let (names, asked) = listed(empty).await;
    assert!(names.is_err());
    assert_eq!(asked.len(), 101);
    let mut few: Vec<Reply> = (0..100).map(|n| page(&[], Some(&n.to_string()))).collect();
    few.push(page(&["a", "b", "c", "d", "e"], Some("next")));
    few.extend((0..100).map(|n| page(&[], Some(&format!("b{n}")))));
    few.push(page(&["f"], None));
    let (names, _) = listed(few).await;
    assert_eq!(names.unwrap(), ["a", "b", "c", "d", "e", "f"]);
    let sparse: Vec<Reply> = (0..150)
        .map(|n| page(&["a"], Some(&n.to_string())))
        .collect();
    let (names, asked) = listed(sparse).await;
    assert!(names.is_err());
    assert_eq!(asked.len(), 101);
}

#[tokio::test(start_paused = true)]
async fn request_is_retried_ten_times() {
    for (reply, requests) in [
        (refusal(429, Some(1)), 11),
        (refusal(503, Some(1)), 11),
        (refusal(500, Some(0)), 11),
        // Without a time nothing is sent again (client-go, rest/with_retry.go).
        (refusal(429, None), 1),
        (refusal(503, None), 1),
        (refusal(404, Some(1)), 1),
        (refusal(409, Some(1)), 1),
    ] {
        let code = reply.0;
        let waits = reply.1.unwrap_or(0);
        let (cluster, asked) = serving(vec![reply]);
        let began = Instant::now();
        let error = cluster
            .get(&config_maps(), "default", "a")
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!(asked.lock().unwrap().len(), requests, "{code}");
        let waited = Duration::from_secs(u64::from(waits)) * u32::try_from(requests - 1).unwrap();
        let took = began.elapsed();
        assert!(
            (waited..waited + Duration::from_secs(1)).contains(&took),
            "{code}: {took:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_includes_what_is_sent_again() {
    for (limit, ends) in [(Some(5), true), (None, false), (Some(u64::MAX), false)] {
        let (cluster, _) = serving(vec![
            refusal(429, Some(3)),
            refusal(429, Some(3)),
            page(&["a"], None),
        ]);
        let limit = limit.map(|s| {
            if s == u64::MAX {
                Duration::MAX
            } else {
                Duration::from_secs(s)
            }
        });
        let cluster = Cluster::new(
            cluster.client(),
            None,
            "http://server".to_owned(),
            "default".to_owned(),
            limit,
            Warnings::default(),
            Arc::new(|_| {}),
        );
        let answer = cluster
            .list_with(
                &config_maps(),
                "default",
                &Selection::default(),
                1 << 20,
                Some,
            )
            .await;
        let is_late = matches!(answer, Err(ClusterError::TimedOut { seconds: 5, .. }));
        assert_eq!(is_late, ends, "{limit:?} {answer:?}");
        assert_eq!(answer.is_ok(), !ends);
    }
}

#[test]
fn a_name_is_one_value_of_the_selector_whatever_it_is_made_of() {
    for (name, query) in [
        ("web", "metadata.name%3Dweb"),
        ("a=b", "metadata.name%3Da%5C%3Db"),
        ("a,b", "metadata.name%3Da%5C%2Cb"),
        ("a\\", "metadata.name%3Da%5C%5C"),
        ("p?x=y&z", "metadata.name%3Dp%3Fx%5C%3Dy%26z"),
    ] {
        let query = format!("&fieldSelector={query}");
        assert_eq!(Selection::named(name).query(), query, "{name}");
    }
}
