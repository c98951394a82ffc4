//! Requests and limits: what a `resourceFieldRef` reads, and what LimitRanges
//! give to a Pod that is created.

mod field_ref;
mod limit_ranges;

pub use field_ref::{
    ResourceOrigin, ResourceValue, Substitutes, depends_on_limit_ranges, depends_on_node,
    resource_field_value,
};
pub use limit_ranges::LimitRangeDefaults;
