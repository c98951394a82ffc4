//! Kinds of values that complete an argument. They are added to arguments;
//! only the program that completes command lines looks them up.

use clap::builder::ArgExt;

/// Kind of values that complete an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompletionKind {
    /// No values.
    Nothing,
    /// Images that the namespace's Pods use.
    Images,
    /// ConfigMaps and Secrets, as `configmap/NAME` and `secret/NAME`.
    Sources,
    /// Keys of ConfigMaps and Secrets, behind `VAR=`.
    Keys,
    /// Labels of nodes, as `key=value`.
    NodeLabels,
    /// Names of the objects of a type, named in the plural.
    Names(&'static str),
    /// Targets of `wait`: objects of any type.
    WaitTargets,
    /// Targets of `explain-*`: objects with a Pod template.
    ExplainTargets,
    /// Targets of `explain-job`: Jobs, `CronJobs` and Pods; names alone are those of Jobs.
    Jobs,
    /// `TYPE/NAME` of an object with a Pod template.
    PodTemplates,
    /// Values of `wait --for`.
    Conditions,
}

impl ArgExt for CompletionKind {}
