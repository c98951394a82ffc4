//! Errors of flags that make no object, with their number among the random command lines.
//! Upstream cannot judge them: the API has no field for them.

/// The first line of each message, without what it quotes.
pub(crate) const ROWS: &[(&str, usize)] = &[
    ("`…` requires the effect NoExecute", 34),
    ("cannot combine --shell with --entrypoint", 19),
    ("expected 0 to 2147483647 seconds, found `…`", 64),
    ("expected VAR before `…`", 38),
    ("expected `…`, found `…`", 15),
    ("expected a Pod condition or `…`, found `…`", 50),
    ("expected a comma or `…`, found `…`", 90),
    ("expected a port from 1 to 65535, found `…`", 150),
    ("expected a weight from 1 to 100, found `…`", 297),
    ("expected an IP address, found `…`", 54),
    ("expected in, notin, =, ==, !=, < or >, found `…`", 60),
    ("only integers can be compared with `…`", 53),
];
