//! Lists that are known, or the reason why they are not.

/// A list of objects of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::explain::scheduling) enum Known {
    /// No file has some, and the cluster was not asked.
    #[default]
    NotGiven,
    /// Those of the files.
    Files,
    /// All of the cluster.
    Cluster,
    /// The user may not list them.
    Forbidden,
    /// The cluster did not list them, for this reason.
    Failed(String),
    /// The files have something wrong among them.
    Unreadable(String),
}

impl Known {
    /// Returns whether the list is known.
    pub(in crate::explain::scheduling) fn is_known(&self) -> bool {
        matches!(self, Self::Files | Self::Cluster)
    }

    /// Returns the reason why the list is not known, or `None` if it is.
    pub(in crate::explain::scheduling) fn reason(&self) -> Option<&str> {
        match self {
            Self::NotGiven => Some("none are given"),
            Self::Forbidden => Some("not allowed to list them"),
            Self::Failed(why) | Self::Unreadable(why) => Some(why),
            Self::Files | Self::Cluster => None,
        }
    }
}
