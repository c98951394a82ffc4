//! Candidates for targets. Thousands of trees and typed objects would take many times the memory
//! of their text, so each is read on its turn, by any free thread.

use std::convert::Infallible;
use std::num::NonZero;
use std::sync::Arc;

use pod_model::kinds::group_of;
use pod_model::lookup::LookupKind;
use pod_model::manifest::{LazyManifest, ReadPiece};
use pod_model::{Document, Finding, Severity};

use super::lookup_context::{LocalObject, LookupContext};
use super::object::Object;
use super::target::{Target, TemplateKind};
use crate::cluster::object_name;
use crate::input;
use crate::parallel::in_order;
use crate::render::LocatedFinding;

/// The candidates of a command, with the sources of their look-ups.
pub(crate) struct Loaded {
    pub candidates: Vec<Candidate>,
    /// All candidates of files of which the command line has chosen some, or `None` if none were chosen.
    pub unchosen: Option<Vec<Candidate>>,
    pub lookup_context: LookupContext,
}

/// An object that was named, or a piece of a file that may contain one.
#[derive(Clone)]
pub(crate) enum Candidate {
    /// An object of the cluster.
    Live(Box<Target>),
    /// A piece of a file, which may be invalid.
    Piece(Arc<LazyManifest>, usize),
    /// A document that may answer look-ups, and was read for that.
    Document(Document),
}

/// Result of reading a candidate.
#[derive(Default)]
pub(crate) struct Reading {
    /// Its targets: one, those of a list, or none.
    pub targets: Vec<Target>,
    /// Findings about its objects.
    pub findings: Vec<LocatedFinding>,
    /// Reasons why it cannot be read at all.
    pub broken: Vec<LocatedFinding>,
}

impl Candidate {
    /// Reads the candidate.
    pub(crate) fn read(&self, around: &LookupContext) -> Reading {
        let mut reading = Reading::default();
        match self {
            Self::Live(target) => reading.targets.push((**target).clone()),
            Self::Document(document) => reading.document(document, around),
            Self::Piece(pieces, at) => {
                let ReadPiece {
                    source,
                    documents,
                    errors,
                    ..
                } = pieces.read(*at);
                for document in &documents {
                    reading.document(document, around);
                }
                let broken = errors.into_iter().map(|finding| LocatedFinding {
                    finding,
                    source: Some(Arc::clone(&source)),
                    object: String::new(),
                });
                reading.broken = broken.collect();
            }
        }
        reading
    }
}

impl Reading {
    fn document(&mut self, document: &Document, around: &LookupContext) {
        let mut problems = input::problems(document, around.version.rules);
        if around.version.may_be_newer() {
            input::leave_unknown_to_server(&mut problems);
        }
        let has_error = problems.iter().any(|p| p.severity == Severity::Error);
        let name = document.name().unwrap_or("");
        let (api_version, kind) = (document.api_version(), document.kind());
        let (api_version, word) = (api_version.unwrap_or(""), kind.unwrap_or(""));
        let written = Object::File(document);
        let target = TemplateKind::of(api_version, word, &written).map(|kind| {
            (
                kind.is_built_in(),
                Target::new(&kind, &written, &around.namespace),
            )
        });
        match target {
            Some((_, Ok(target))) => {
                self.findings
                    .extend(placed(document, &target.shown, problems));
                self.targets.push(target);
            }
            Some((true, Err(finding))) => {
                self.findings.extend(placed(document, "", problems));
                if !has_error {
                    self.findings.extend(placed(document, "", vec![*finding]));
                }
            }
            // An object that only resembles one with a Pod template.
            None | Some((false, Err(_))) => {
                let group = group_of(api_version);
                let shown = match word {
                    "" => name.to_owned(),
                    kind => object_name(group, kind, name),
                };
                self.findings.extend(placed(document, &shown, problems));
            }
        }
    }
}

fn placed(document: &Document, object: &str, findings: Vec<Finding>) -> Vec<LocatedFinding> {
    let placed = |finding| LocatedFinding {
        finding,
        source: Some(document.source().clone()),
        object: object.to_owned(),
    };
    document.place(findings).into_iter().map(placed).collect()
}

/// Pieces that a thread reads at a time.
const CHUNK: NonZero<usize> = NonZero::new(64).unwrap();

/// Returns the pieces of inputs.
pub(crate) fn pieces(inputs: Vec<LazyManifest>) -> Vec<Candidate> {
    let inputs = inputs.into_iter().map(Arc::new);
    let pieces = inputs
        .flat_map(|input| (0..input.len()).map(move |at| Candidate::Piece(Arc::clone(&input), at)));
    pieces.collect()
}

/// Splits the inputs into candidates, and collects the objects that answer look-ups.
pub(super) fn candidates(
    inputs: Vec<LazyManifest>,
    kinds: &[LookupKind],
    mut lookup_context: LookupContext,
) -> Loaded {
    let pieces = pieces(inputs);
    let mut candidates = Vec::with_capacity(pieces.len());
    let look = |some: &[Candidate]| {
        some.iter()
            .flat_map(|piece| expand(piece, kinds))
            .collect::<Vec<_>>()
    };
    let Ok(()) = in_order(&pieces, CHUNK, look, |some| {
        candidates.extend(some);
        Ok::<(), Infallible>(())
    });
    for candidate in &candidates {
        if let Candidate::Document(document) = candidate
            && let (Some(kind), Some(name)) = (lookup_kind(document, kinds), document.name())
        {
            let namespace = document.namespace().unwrap_or(&lookup_context.namespace);
            let local_object = LocalObject {
                kind,
                name: name.to_owned(),
                namespace: namespace.to_owned(),
                document: document.clone(),
            };
            lookup_context.local_objects.push(local_object);
        }
    }
    Loaded {
        candidates,
        unchosen: None,
        lookup_context,
    }
}

/// Returns the kind of a document if it is one of the `kinds`. Its group counts, too: other
/// groups than the core have a `Service` or a `Secret`, too.
fn lookup_kind(document: &Document, kinds: &[LookupKind]) -> Option<LookupKind> {
    let (api_version, kind) = (document.api_version()?, document.kind()?);
    let mut kinds = kinds.iter().copied();
    kinds.find(|known| known.kind() == kind && known.api_version() == api_version)
}

/// Reads a piece if it may contain objects of the `kinds`; other pieces stay unread.
fn expand(piece: &Candidate, kinds: &[LookupKind]) -> Vec<Candidate> {
    let Candidate::Piece(pieces, at) = piece else {
        return Vec::new();
    };
    let words: Vec<&str> = kinds.iter().map(LookupKind::kind).collect();
    if pieces.may_be(*at, &words) {
        let read = pieces.read(*at);
        let answers = |document: &Document| lookup_kind(document, kinds).is_some();
        // Trees are kept of what answers look-ups only, and of what stands beside it.
        if read.errors.is_empty() && read.documents.iter().any(answers) {
            let documents = read.documents.into_iter();
            return documents.map(Candidate::Document).collect();
        }
    }
    vec![Candidate::Piece(Arc::clone(pieces), *at)]
}
