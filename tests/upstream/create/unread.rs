//! Errors of flags that make no object, with their number among the random command lines.
//! Upstream cannot judge them: the API has no field for them.

/// The first line of each message, without what it quotes.
pub(crate) const ROWS: &[(&str, usize)] = &[
    ("cannot combine --shell with --entrypoint", 15),
    ("`…` is not a port: they go from 1 to 65535", 154),
    ("a weight is a number from 1 to 100", 310),
    ("expected a comma or `…`, found `…`", 105),
    ("expected in, notin, =, ==, !=, < or >, found `…`", 48),
    ("only integers can be compared with `…`", 54),
    ("seconds are counted only where the effect is NoExecute", 43),
    ("there is no name before the `…`", 36),
    ("there is no path to mount it on", 20),
    ("this is neither a condition of Pods nor `…`", 54),
    ("this is not an IP address", 73),
    (
        "this time is out of range: expected 0 to 2147483647 seconds",
        56,
    ),
];
