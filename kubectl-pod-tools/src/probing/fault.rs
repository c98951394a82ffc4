//! An error of the cluster that ends the run, although it came up inside of an attempt.

use std::sync::{Mutex, PoisonError};

use crate::cluster::ClusterError;
use crate::error::Failure;

/// The first such error.
#[derive(Debug, Default)]
pub(super) struct Fault(Mutex<Option<FaultKind>>);

/// An error, by what it says about the next attempt.
#[derive(Debug)]
pub(super) enum FaultKind {
    /// The user lacks a right, or the credentials are not accepted.
    Refused(Failure),
    /// The Pod does not exist.
    Missing(Failure),
    /// The server cannot be reached, now.
    Unreachable(Failure),
}

impl Fault {
    /// Records an error, unless there is one or it says nothing about other attempts.
    pub(super) fn set(&self, error: ClusterError) {
        let of: fn(Failure) -> FaultKind = if error.is_not_found() {
            FaultKind::Missing
        } else if matches!(error.code(), Some(401 | 403)) {
            FaultKind::Refused
        } else if error.is_about_connection() {
            FaultKind::Unreachable
        } else {
            return;
        };
        let mut fault = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.is_none() {
            *fault = Some(of(error.into()));
        }
    }

    /// Takes the error.
    pub(super) fn take(&self) -> Option<FaultKind> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
