//! The report of one target.

use pod_model::Verdict;
use serde::ser::{Error, SerializeMap};
use serde::{Serialize, Serializer};

use super::any::AnyExplained;
use crate::explain::topic::Explained;

/// Fields that an ExplainReport adds to the item of a target.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AllBody<'a> {
    /// By its name, the item of each topic's own report; the most urgent first.
    #[serde(serialize_with = "by_name")]
    pub topics: Vec<Box<dyn AnyExplained + 'a>>,
    /// The look-ups that were refused or failed, each with its reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

/// A target and all that is explained of it.
pub(super) type ExplainedAll<'a> = Explained<AllBody<'a>>;

fn by_name<S: Serializer>(
    topics: &[Box<dyn AnyExplained + '_>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(topics.len()))?;
    for topic in topics {
        let item = topic.item().map_err(S::Error::custom)?;
        map.serialize_entry(topic.topic(), &item)?;
    }
    map.end()
}

/// Returns the urgency of a verdict, the most urgent first.
pub(super) fn urgency(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::No => 0,
        Verdict::Unknown => 1,
        Verdict::Ok => 2,
    }
}
