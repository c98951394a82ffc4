//! Writes steps one after the other, and finds the steps that wrote a field.
//!
//! The state is compared only when a field is asked for, and then around the steps that changed it:
//! to compare it after each step takes time that grows with the square of their number.

use pod_model::{FieldPath, Segment};
use serde_json::Value;

use super::fragment::ValueError;
use super::origins::Origins;

/// State after a number of steps.
pub(super) struct Written<S> {
    pub state: S,
    /// The steps that were written.
    pub steps: Vec<usize>,
    /// Errors of the others, each with its step.
    pub errors: Vec<(usize, ValueError)>,
}

/// Writes steps into a copy of `start`. A step with an error leaves nothing half written.
pub(super) fn write_all<S: Clone>(
    start: &S,
    steps: impl Iterator<Item = usize>,
    write: impl Fn(&mut S, usize) -> Result<(), ValueError>,
) -> Written<S> {
    let mut state = start.clone();
    let mut written: Vec<usize> = Vec::new();
    let mut errors = Vec::new();
    // The state after the first of the written steps, to go back to.
    let (mut checkpoint, mut count) = (start.clone(), 0);
    for step in steps {
        match write(&mut state, step) {
            Ok(()) => written.push(step),
            Err(error) => {
                errors.push((step, error));
                for &step in &written[count..] {
                    // It was written before without an error.
                    write(&mut checkpoint, step).ok();
                }
                count = written.len();
                state = checkpoint.clone();
            }
        }
    }
    Written {
        state,
        steps: written,
        errors,
    }
}

/// Steps that were written without an error, from a state on.
pub(super) struct Steps<'a, S> {
    pub start: &'a S,
    pub order: &'a [usize],
    pub write: &'a dyn Fn(&mut S, usize) -> Result<(), ValueError>,
    pub to_value: &'a dyn Fn(&S) -> Value,
}

impl<S: Clone> Steps<'_, S> {
    /// Records the steps that changed a field, or all changes without a path. With a path, a change
    /// that later steps take back is not found.
    pub(super) fn record_origins(&self, path: Option<&FieldPath>, origins: &mut Origins) {
        let before = (self.to_value)(self.start);
        let Some(path) = path else {
            return self.record_all(before, origins);
        };
        let after = (self.to_value)(&self.run(self.start, self.order));
        self.search(self.order, self.start, [&before, &after], path, origins);
    }

    fn record_all(&self, mut before: Value, origins: &mut Origins) {
        let mut state = self.start.clone();
        for &step in self.order {
            // It was written before without an error.
            (self.write)(&mut state, step).ok();
            let after = (self.to_value)(&state);
            origins.note(step, &before, &after);
            before = after;
        }
    }

    fn run(&self, start: &S, steps: &[usize]) -> S {
        write_all(start, steps.iter().copied(), self.write).state
    }

    /// Bisects the steps; `start` is the state before the first of them.
    fn search(
        &self,
        steps: &[usize],
        start: &S,
        [before, after]: [&Value; 2],
        path: &FieldPath,
        origins: &mut Origins,
    ) {
        match steps {
            _ if !differs(before, after, path) => {}
            [] => {}
            [step] => origins.note(*step, before, after),
            steps => {
                let (first, second) = steps.split_at(steps.len() / 2);
                let middle = self.run(start, first);
                let value = (self.to_value)(&middle);
                self.search(first, start, [before, &value], path, origins);
                self.search(second, &middle, [&value, after], path, origins);
            }
        }
    }
}

fn child<'a>(value: &'a Value, segment: &Segment) -> &'a Value {
    match segment {
        Segment::Field(name) => &value[&**name],
        Segment::Index(index) => &value[*index],
    }
}

/// Returns whether a field differs, or an object or list around it is new or replaced.
fn differs(before: &Value, after: &Value, path: &FieldPath) -> bool {
    let (mut before, mut after) = (before, after);
    for segment in path.segments() {
        let is_entered =
            before.is_object() && after.is_object() || before.is_array() && after.is_array();
        if !is_entered {
            break;
        }
        before = child(before, segment);
        after = child(after, segment);
    }
    before != after
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fragment::Fragment;
    use super::*;

    /// Appends the step to a list; steps of 10 and above fail after they have written.
    fn append(state: &mut Value, step: usize) -> Result<(), ValueError> {
        if let Some(list) = state["list"].as_array_mut() {
            list.push(json!({ "step": step }));
        }
        match step {
            10.. => Err(Fragment::whole("x").error("too large")),
            _ => Ok(()),
        }
    }

    #[test]
    fn failed_step_leaves_nothing_written() {
        let start = json!({"list": []});
        let written = write_all(&start, [1, 10, 2, 3, 11, 12].into_iter(), append);
        let expected = json!({"list": [{"step": 1}, {"step": 2}, {"step": 3}]});
        assert_eq!(written.state, expected);
        assert_eq!(written.steps, [1, 2, 3]);
        let failed: Vec<usize> = written.errors.iter().map(|(step, _)| *step).collect();
        assert_eq!(failed, [10, 11, 12]);
    }

    #[test]
    fn origin_of_field_is_found_by_bisection_and_in_all_origins() {
        let start = json!({"list": [{"step": 0}]});
        let steps = Steps {
            start: &start,
            order: &[1, 2, 3, 4, 5, 6, 7],
            write: &append,
            to_value: &Value::clone,
        };
        for (path, expected) in [
            ("list[5].step", vec![5]),
            // The item around it.
            ("list[2].missing", vec![2]),
            ("list[0]", vec![]),
        ] {
            let path = FieldPath::parse(path);
            for only in [Some(&path), None] {
                let mut origins = Origins::default();
                steps.record_origins(only, &mut origins);
                assert_eq!(origins.of(&path), expected, "{path}");
            }
        }
    }
}
