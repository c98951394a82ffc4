//! One bound of a `LimitRange`, and the API's message about it.
//!
//! Upstream: `minConstraint`, `maxConstraint`, `limitRequestRatioConstraint` in
//! `k8s.io/kubernetes/plugin/pkg/admission/limitranger`.

use std::collections::BTreeMap;

use crate::quantity::Quantity;

pub(super) type Amounts = BTreeMap<String, Quantity>;

/// The largest value whose thousandths can be counted. Upstream: `MaxMilliValue`.
const MAX_MILLI_VALUE: i64 = i64::MAX / 1000;

/// Request, limit and bound as numbers of one unit: thousandths, or units where one of them is too large.
struct Compared {
    request: i64,
    limit: i64,
    bound: i64,
}

/// Upstream: `requestLimitEnforcedValues`.
fn compared(request: Option<&Quantity>, limit: Option<&Quantity>, bound: &Quantity) -> Compared {
    let all = |value: fn(&Quantity) -> i64| Compared {
        request: request.map_or(0, value),
        limit: limit.map_or(0, value),
        bound: value(bound),
    };
    let units = all(Quantity::value);
    if [units.request, units.limit, units.bound]
        .iter()
        .all(|own| *own <= MAX_MILLI_VALUE)
    {
        all(Quantity::milli_value)
    } else {
        units
    }
}

/// Returns the message if an amount is below a minimum.
pub(super) fn least(
    of: &str,
    name: &str,
    bound: &Quantity,
    requests: &Amounts,
    limits: &Amounts,
) -> Option<String> {
    let (request, limit) = (requests.get(name), limits.get(name));
    let numbers = compared(request, limit, bound);
    let start = format!("minimum {name} usage per {of} is {bound}");
    match (request, limit) {
        (None, _) => Some(format!("{start}.  No request is specified")),
        (Some(request), _) if numbers.request < numbers.bound => {
            Some(format!("{start}, but request is {request}"))
        }
        (_, Some(limit)) if numbers.limit < numbers.bound => {
            Some(format!("{start}, but limit is {limit}"))
        }
        _ => None,
    }
}

/// Returns the message if an amount is above a maximum.
pub(super) fn most(
    of: &str,
    name: &str,
    bound: &Quantity,
    requests: &Amounts,
    limits: &Amounts,
) -> Option<String> {
    let (request, limit) = (requests.get(name), limits.get(name));
    let numbers = compared(request, limit, bound);
    let start = format!("maximum {name} usage per {of} is {bound}");
    match (limit, request) {
        (None, _) => Some(format!("{start}.  No limit is specified")),
        (Some(limit), _) if numbers.limit > numbers.bound => {
            Some(format!("{start}, but limit is {limit}"))
        }
        (_, Some(request)) if numbers.request > numbers.bound => {
            Some(format!("{start}, but request is {request}"))
        }
        _ => None,
    }
}

/// Returns the message if a limit is too large a multiple of its request.
#[expect(
    clippy::cast_precision_loss,
    reason = "upstream's arithmetic, whose quotient is a `float64`"
)]
pub(super) fn ratio(
    of: &str,
    name: &str,
    bound: &Quantity,
    requests: &Amounts,
    limits: &Amounts,
) -> Option<String> {
    let (request, limit) = (requests.get(name), limits.get(name));
    let numbers = compared(request, limit, bound);
    let start = format!("{name} max limit to request ratio per {of} is {bound}");
    if request.is_none() || numbers.request == 0 {
        return Some(format!(
            "{start}, but no request is specified or request is 0"
        ));
    }
    if limit.is_none() || numbers.limit == 0 {
        return Some(format!("{start}, but no limit is specified or limit is 0"));
    }
    let shown = numbers.limit as f64 / numbers.request as f64;
    let (observed, allowed) = if bound.value() <= MAX_MILLI_VALUE {
        (shown * 1000.0, bound.milli_value() as f64)
    } else {
        (shown, bound.value() as f64)
    };
    (observed > allowed).then(|| format!("{start}, but provided ratio is {shown:.6}"))
}
