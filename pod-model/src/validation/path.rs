//! The path of a check. Its steps are on the stack, so that only findings allocate.

use crate::path::FieldPath;

/// A path under construction; most of them are never written out.
#[derive(Clone, Copy)]
pub(super) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Base(&'a FieldPath),
    Field(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The path of what is checked, inside its object.
    pub(super) fn base(base: &'a FieldPath) -> Self {
        Self {
            parent: None,
            step: Step::Base(base),
        }
    }

    /// One more field, or key of a map.
    pub(super) fn field<'b>(&'b self, name: &'b str) -> Path<'b> {
        Path {
            parent: Some(self),
            step: Step::Field(name),
        }
    }

    /// One more list element.
    pub(super) fn index(&self, index: usize) -> Path<'_> {
        Path {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// The path as a finding has it.
    pub(super) fn to_field_path(self) -> FieldPath {
        let above =
            |parent: Option<&Path<'_>>| parent.map_or_else(FieldPath::root, |p| p.to_field_path());
        match self.step {
            Step::Base(base) => base.clone(),
            Step::Field(name) => above(self.parent).field(name.to_owned()),
            Step::Index(index) => above(self.parent).index(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_out_from_its_base() {
        let base = FieldPath::parse("spec.template");
        let base = Path::base(&base);
        let ports = base.field("spec");
        let ports = ports.field("ports");
        let third = ports.index(2);
        let name = third.field("name");
        let path = name.to_field_path().to_string();
        assert_eq!(path, "spec.template.spec.ports[2].name");
    }
}
