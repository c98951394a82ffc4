//! Errors of flags that make no object, with their number among the random command lines.
//! Upstream cannot judge them: the API has no field for them.

/// The first line of each message, without what it quotes.
pub(crate) const ROWS: &[(&str, usize)] = &[
    ("`…` requires the effect NoExecute", 43),
    ("cannot combine --shell with --entrypoint", 15),
    ("expected 0 to 2147483647 seconds, found `…`", 56),
    ("expected VAR before `…`", 36),
    ("expected `…`, found `…`", 20),
    ("expected a Pod condition or `…`, found `…`", 54),
    ("expected a comma or `…`, found `…`", 105),
    ("expected a port from 1 to 65535, found `…`", 154),
    ("expected a weight from 1 to 100, found `…`", 310),
    ("expected an IP address, found `…`", 73),
    ("expected in, notin, =, ==, !=, < or >, found `…`", 48),
    ("only integers can be compared with `…`", 54),
];
