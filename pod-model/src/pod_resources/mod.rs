//! Requests and limits of a whole Pod, and what follows from them: its class of
//! quality of service, the `oom_score_adj` of its containers, and the order in
//! which the kubelet evicts it.
//!
//! [`requests`] and [`limits`] give amounts, [`request_formulas`] and
//! [`limit_formulas`] the same with the way to them; [`used`] and [`asked`] are
//! the scheduler's integers. Claims of node-allocatable resources
//! (`DRANodeAllocatableResources`) are off in every known version and left out.

mod actual;
mod aggregate;
mod effective;
mod eviction;
mod formula;
mod formula_sum;
mod formula_text;
mod formulas;
mod list;
mod oom;
mod options;
mod qos;
mod qos_change;
mod rounded;
mod total;
mod walk;

pub use actual::{with_actual_resources, with_allocated_resources};
pub use eviction::{Eviction, eviction};
pub use formula::{Base, ContainersTotal, Formula, Largest, Start, Summand};
pub use formulas::{limit_formulas, request_formulas};
pub use list::Amounts;
pub use oom::{OomReason, OomScoreAdj, OomScores, SANDBOX_OOM_SCORE_ADJ, oom_score_adj};
pub use options::{Options, Side};
pub use qos::{QosClass, computed_qos_class, qos_class};
pub use qos_change::{QosAction, QosChange, QosEdit, qos_change};
pub use rounded::{NonZero, Rounded, asked, non_zero, scored, used};
pub use total::{limits, requests};

pub(crate) use list::{own_limit, own_request};
pub(crate) use total::{is_pod_level_set, limit_list, request_list};
pub(crate) use walk::typed;
