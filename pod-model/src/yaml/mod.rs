//! YAML and JSON as kubectl's decoder takes them.
//!
//! kubectl reads a file through four layers, and so do we, one module each:
//!
//! | module | what it mirrors |
//! |---|---|
//! | `decode` | `BOMOverride` of golang.org/x/text: byte-order marks, UTF-16, invalid bytes |
//! | `stream` | `YAMLOrJSONDecoder` of k8s.io/apimachinery/pkg/util/yaml: JSON first, then the `---` splitter |
//! | `simple` | the same as `events`, for the YAML that nearly all manifests are written in |
//! | `events` | the scanner and parser of go.yaml.in/yaml/v2 (libyaml's grammar) |
//! | `scalar`, `compose` | go-yaml's resolver and decoder, and sigs.k8s.io/yaml's conversion to JSON |
//! | `confidential` | whether a document that cannot be read may be a Secret |
//! | `json` | Go's encoding/json, where the input is JSON |
//!
//! The YAML library is named in `events` alone.

pub mod base64;
mod compose;
#[cfg(test)]
mod compose_tests;
mod confidential;
mod decode;
mod entries;
mod error;
mod escapes;
mod event;
mod events;
mod findings;
mod json;
mod long_text;
mod mapping;
mod marks;
mod number;
mod panic_guard;
mod scalar;
mod simple;
#[cfg(test)]
mod simple_tests;
mod stream;
#[cfg(test)]
mod stream_tests;
mod tail;
pub(crate) mod timestamp;
mod visits;
mod window;

pub(crate) use confidential::speaks_of_a_secret;
pub use decode::decode_bytes;
pub(crate) use decode::decode_part;
pub use error::SyntaxError;
pub(crate) use findings::to_findings;
pub(crate) use json::{
    BrokenList, ListBounds, Run, SplitList, parse_fields, parse_value, split_list, split_long_list,
};
pub use long_text::LongText;
pub use number::go_number;
pub use panic_guard::guarding_panics;
pub(crate) use stream::parse_after_json;
pub use stream::{ParsedDocument, ParsedStream, Piece, parse_piece, parse_stream, pieces};
