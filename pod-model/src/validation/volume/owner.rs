//! The object that the volumes belong to.

/// The object that the volumes belong to.
#[derive(Clone, Copy)]
pub(in crate::validation) struct Owner<'a> {
    /// A Pod, and not a template.
    pub is_pod: bool,
    /// The Pod's name, where it has one.
    pub name: Option<&'a str>,
    /// From 1.34 on a claim can name a class of attributes.
    pub attributes_class: bool,
}
