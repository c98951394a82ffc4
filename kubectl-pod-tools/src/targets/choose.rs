//! Choice among the objects of files, by name and by selectors.

use std::collections::HashMap;
use std::convert::Infallible;
use std::num::NonZero;

use pod_model::Document;

use super::candidate::Candidate;
use super::choice::{
    Choice, ComparedFields, Eligible, Namespaces, documents, refuse_without_template,
};
use super::spec::TargetRef;
use crate::error::Failure;
use crate::parallel::in_order;
use crate::ui::Ui;

/// Candidates that a thread matches at a time.
const CHUNK: NonZero<usize> = NonZero::new(64).unwrap();

/// Returns the documents of pieces that the references name or select.
///
/// # Errors
/// A name that no document has, selectors that match nothing or compare unsupported fields.
pub(crate) fn choose_documents(
    candidates: &[Candidate],
    refs: &[TargetRef],
    namespaces: &Namespaces<'_>,
    ui: &Ui,
) -> Result<Vec<Document>, Failure> {
    let chosen = choose(candidates, refs, Eligible::All, namespaces, ui)?;
    let documents = chosen.into_iter().filter_map(|candidate| match candidate {
        Candidate::Document(document) => Some(document),
        Candidate::Live(_) | Candidate::Piece(..) => None,
    });
    Ok(documents.collect())
}

/// Returns the candidates that the references name or select. With `-n`, objects of other
/// namespaces are not chosen. Candidates that cannot be read are returned, too, so that they are
/// reported.
///
/// # Errors
/// A name that no object has, an object that is not eligible, selectors that match nothing or
/// compare unsupported fields.
pub(super) fn choose(
    candidates: &[Candidate],
    refs: &[TargetRef],
    eligible: Eligible,
    namespaces: &Namespaces<'_>,
    ui: &Ui,
) -> Result<Vec<Candidate>, Failure> {
    let mut choices = Vec::new();
    for target in refs {
        choices.extend(Choice::of(target, eligible, candidates)?);
    }
    let index = ChoiceIndex::new(&choices);
    let mut found = vec![false; choices.len()];
    let (mut chosen, mut is_broken, mut incomplete) = (Vec::new(), false, 0);
    let mut fields = ComparedFields::default();
    let look = |some: &[Candidate]| {
        let mut matches = Matches::default();
        for candidate in some {
            matches.add(candidate, &index, namespaces);
        }
        matches
    };
    let Ok(()) = in_order(candidates, CHUNK, look, |matches| {
        for at in matches.found {
            found[at] = true;
        }
        chosen.extend(matches.chosen);
        is_broken |= matches.is_broken;
        incomplete += matches.incomplete;
        fields.merge(matches.fields);
        Ok::<(), Infallible>(())
    });
    fields.check()?;
    if incomplete > 0 {
        let s = if incomplete == 1 { "" } else { "s" };
        ui.warning(&format!(
            "{incomplete} object{s} left out: without the fields that --field-selector compares"
        ));
    }
    let missing = choices.iter().zip(&found).find(|(choice, found)| {
        // One selector may have several types.
        !**found && choice.name.is_some()
    });
    let nothing = chosen.is_empty().then(|| choices.first()).flatten();
    // An object that cannot be read may be the missing one.
    if let Some(choice) = missing.map(|(choice, _)| choice).or(nothing)
        && !is_broken
    {
        return Err(choice.not_found(namespaces.only));
    }
    let ineligible = chosen.iter().find_map(|candidate| match candidate {
        Candidate::Document(document) => refuse_without_template(document),
        _ => None,
    });
    match ineligible {
        Some(failure) if eligible == Eligible::WithPodTemplate => Err(failure),
        _ => Ok(chosen),
    }
}

/// Choices by name: thousands of names are not compared with each of thousands of objects.
struct ChoiceIndex<'a> {
    by_name: HashMap<&'a str, Vec<(usize, &'a Choice)>>,
    /// Choices by selectors.
    selecting: Vec<(usize, &'a Choice)>,
}

impl<'a> ChoiceIndex<'a> {
    fn new(choices: &'a [Choice]) -> Self {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        let mut selecting = Vec::new();
        for (at, choice) in choices.iter().enumerate() {
            match &choice.name {
                Some(name) => by_name.entry(name.as_str()).or_default().push((at, choice)),
                None => selecting.push((at, choice)),
            }
        }
        Self { by_name, selecting }
    }

    /// Returns the choices that may choose a document, with their numbers.
    fn of(&self, document: &Document) -> impl Iterator<Item = (usize, &'a Choice)> {
        let named = document.name().and_then(|name| self.by_name.get(name));
        named.into_iter().flatten().chain(&self.selecting).copied()
    }
}

/// Result of matching candidates.
#[derive(Default)]
struct Matches {
    chosen: Vec<Candidate>,
    /// Indexes of the choices that an object matches.
    found: Vec<usize>,
    is_broken: bool,
    /// Number of objects that lack the fields that are compared.
    incomplete: usize,
    fields: ComparedFields,
}

impl Matches {
    fn add(&mut self, candidate: &Candidate, index: &ChoiceIndex<'_>, namespaces: &Namespaces<'_>) {
        let Ok(documents) = documents(candidate) else {
            self.is_broken = true;
            self.chosen.push(candidate.clone());
            return;
        };
        for document in documents {
            let mut is_chosen = false;
            for (at, choice) in index.of(&document) {
                match choice.matches(&document, namespaces, &mut self.fields) {
                    Some(true) => {
                        is_chosen = true;
                        self.found.push(at);
                    }
                    Some(false) => {}
                    None => self.incomplete += 1,
                }
            }
            if is_chosen {
                self.chosen.push(Candidate::Document(document));
            }
        }
    }
}
