//! HTTP as the kubelet's client speaks it: requests, responses, redirects and their judgement,
//! without any I/O.
//!
//! Upstream: `k8s.io/kubernetes/pkg/probe/http`, and Go's `net/http`, `net/textproto` and `net/url`.

mod body;
mod chunked;
mod exchange;
mod fields;
mod head;
mod punycode;
mod request;
mod url;
mod wire;

pub use exchange::{End, Exchange, Hop, Step};
pub use wire::Http2Request;
