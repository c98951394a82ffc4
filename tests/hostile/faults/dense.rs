//! Answers that are whole and within every bound of bytes, and take many times their
//! length as a tree of values.

use super::{Class, Misdeed};
use crate::server::{Fault, Role};

/// Bytes of what is no list.
const OBJECT: usize = 14 << 20;
/// Bytes of a page of a list, and of discovery.
const PAGE: usize = 30 << 20;

/// The name; how the body begins, what comes again and for how many bytes, and how it
/// ends.
type Dense = (
    &'static str,
    &'static str,
    &'static str,
    usize,
    &'static str,
);

/// The faults for one role.
pub(crate) fn dense(role: Role) -> Vec<Misdeed> {
    let bodies: &[Dense] = match role {
        Role::Version => &[(
            "version: numbers",
            r#"{"gitVersion": "v1.37.0", "major": "1", "minor": "37", "x": ["#,
            "0,",
            OBJECT,
            "0]}",
        )],
        Role::Discovery => &[
            (
                "discovery: numbers",
                r#"{"kind": "APIGroupList", "groups": ["#,
                "0,",
                PAGE,
                "0]}",
            ),
            (
                "discovery: groups",
                r#"{"kind": "APIGroupDiscoveryList", "items": ["#,
                r#"{"metadata":{"name":""}},"#,
                PAGE,
                r#"{"metadata":{"name":""}}]}"#,
            ),
        ],
        Role::Watch | Role::SideWatch => &[(
            "watch: numbers",
            r#"{"type": "ADDED", "object": {"metadata": {"name": "a"}, "x": ["#,
            "0,",
            OBJECT,
            "0]}}\n",
        )],
        Role::Log | Role::Stream => &[],
        Role::Read | Role::SideRead | Role::Write | Role::Delete => &[
            (
                "numbers",
                r#"{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}, "x": ["#,
                "0,",
                OBJECT,
                "0]}",
            ),
            (
                "a list of {}",
                r#"{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": ["#,
                "{},",
                PAGE / 2,
                "{}]}",
            ),
            (
                "a list of one dense object",
                r#"{"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [{"metadata": {"name": "a"}, "x": ["#,
                "[0],",
                PAGE,
                "0]}]}",
            ),
        ],
    };
    let misdeeds = bodies.iter().map(|&(name, first, again, bytes, last)| {
        let fault = Fault::Dense {
            first,
            again,
            bytes,
            last,
        };
        Misdeed::new(format!("dense {name}"), Class::NotAnAnswer, fault).heavy()
    });
    misdeeds.collect()
}
