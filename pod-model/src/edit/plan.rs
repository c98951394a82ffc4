//! Edits by their paths, as a tree.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::change::{Change, Edit};
use crate::path::Segment;

/// The change of a value and of its fields or elements.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plan {
    Set(Value),
    Append(Vec<Value>),
    Replace(&'static str, Value),
    Remove,
    Inner(Inner),
}

/// The plans of some fields or elements, in the order of the edits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Inner {
    list: Vec<(Segment, Plan)>,
    index: HashMap<Segment, usize>,
}

impl Inner {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Segment, &Plan)> {
        self.list.iter().map(|(segment, plan)| (segment, plan))
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn get(&self, segment: &Segment) -> Option<&Plan> {
        self.index.get(segment).map(|at| &self.list[*at].1)
    }

    fn entry(&mut self, segment: &Segment) -> &mut Plan {
        let at = *self.index.entry(segment.clone()).or_insert_with(|| {
            let new = Plan::Inner(Self::default());
            self.list.push((segment.clone(), new));
            self.list.len() - 1
        });
        &mut self.list[at].1
    }
}

impl Plan {
    /// Returns the plan of all edits.
    ///
    /// # Errors
    /// Two of them change one field: a lower-case phrase.
    pub(crate) fn of<'a>(edits: impl IntoIterator<Item = &'a Edit>) -> Result<Self, String> {
        let mut root = Self::Inner(Inner::default());
        for edit in edits {
            root.add(edit)
                .ok_or_else(|| format!("`{}` is changed twice", edit.path))?;
        }
        Ok(root)
    }

    fn add(&mut self, edit: &Edit) -> Option<()> {
        let mut plan = self;
        for segment in edit.path.segments() {
            let Self::Inner(inner) = plan else {
                return None;
            };
            plan = inner.entry(segment);
        }
        if let (Self::Append(values), Change::Append(value)) = (&mut *plan, &edit.change) {
            values.push(value.clone());
            return Some(());
        }
        if *plan != Self::Inner(Inner::default()) {
            return None;
        }
        *plan = match &edit.change {
            Change::Set(value) => Self::Set(value.clone()),
            Change::Append(value) => Self::Append(vec![value.clone()]),
            Change::Replace(name, value) => Self::Replace(name, value.clone()),
            Change::Remove => Self::Remove,
        };
        Some(())
    }

    /// Returns the value of a field that is missing or null, or `None` if it stays so.
    pub(crate) fn new_value(&self) -> Option<Value> {
        match self {
            Self::Set(value) => Some(value.clone()),
            Self::Append(values) => Some(Value::Array(values.clone())),
            Self::Replace(..) | Self::Remove => None,
            Self::Inner(inner) => {
                let mut map = Map::new();
                for (segment, plan) in inner.iter() {
                    if let (Segment::Field(name), Some(value)) = (segment, plan.new_value()) {
                        map.insert(name.to_string(), value);
                    }
                }
                (!map.is_empty()).then_some(Value::Object(map))
            }
        }
    }
}
