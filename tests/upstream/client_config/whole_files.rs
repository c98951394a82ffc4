//! Cases of whole files, and of several.

use super::known::Flags;

/// Whole files.
pub(crate) const FILES: &[(&[&str], Flags)] = &[
    (&[""], &[]),
    (&[""], &[("server", "https://one")]),
    (&["current-context: gone"], &[]),
    (&["current-context: gone"], &[("server", "https://one")]),
    (
        &["current-context: ''\nclusters: null\nusers: []"],
        &[("server", "https://one"), ("token", "t")],
    ),
    (
        &["kind: Secret\napiVersion: v1"],
        &[("server", "https://one")],
    ),
    (
        &["kind: Config\napiVersion: v2"],
        &[("server", "https://one")],
    ),
    (
        &[
            "clusters: [{name: a, cluster: {server: 'https://x'}}, {name: a, cluster: {server: 'https://y'}}]",
        ],
        &[("cluster", "a")],
    ),
    (
        &["clusters: [{name: a, cluster: {server: 'https://x'}}]"],
        &[("cluster", "a")],
    ),
    (
        &["users: [{name: a, user: {token: 1}}]"],
        &[("server", "https://x")],
    ),
    (
        &["users: [{name: a, user: [1]}]"],
        &[("server", "https://x")],
    ),
    (
        &["contexts: [{name: a, context: {cluster: gone, user: gone}}]\ncurrent-context: a"],
        &[],
    ),
    (
        &["contexts: [{name: a, context: {cluster: gone, user: gone}}]\ncurrent-context: a"],
        &[("server", "https://x")],
    ),
    (
        &[
            "current-context: ''",
            "current-context: b\ncontexts: [{name: b, context: {cluster: k}}]\nclusters: [{name: k, cluster: {server: 'https://x'}}]",
        ],
        &[],
    ),
    (
        &[
            "current-context: b\nusers: [{name: u, user: {token: first}}]",
            "current-context: z\ncontexts: [{name: b, context: {cluster: k, user: u}}]\nusers: [{name: u, user: {token: second, username: a}}]\nclusters: [{name: k, cluster: {server: 'https://x'}}]",
        ],
        &[],
    ),
];
