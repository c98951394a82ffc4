//! The order of events in a course, which the slack of their ranges must not turn round.

use std::time::Duration;

use super::event::Event;
use super::happening::{Happening, Kind};
use super::reason::Reason;

/// Keeps the consequences of a kill behind it: the slack of a wider range would put them before.
/// The events of an instance are in the order of its course.
pub(super) fn follow_causes(events: &mut [Event]) {
    for index in 1..events.len() {
        let (before, rest) = events.split_at_mut(index);
        let (Some(cause), Some(event)) = (before.last(), rest.first_mut()) else {
            continue;
        };
        // An event of some runs alone may have another cause in others.
        let is_same = (cause.container, cause.instance) == (event.container, event.instance)
            && cause.is_certain
            && event.is_certain;
        let is_stop = |happening| {
            matches!(
                happening,
                Happening::Kill(_) | Happening::SigTerm | Happening::SigKill
            )
        };
        let follows = matches!(
            event.happening,
            Happening::SigTerm | Happening::SigKill | Happening::Ended
        );
        if is_same && is_stop(cause.happening) && follows {
            event.earliest = event.earliest.max(cause.earliest.min(event.latest));
        }
    }
}

/// Keeps what an instance does behind its start, its start behind the end of the one before, and the answer
/// that makes it ready behind the first probe. All hold in each run: only the slack of a wider range says otherwise.
/// The events of a container are in the order of its instances.
pub(super) fn follow_instances(events: &mut [Event]) {
    let of = |event: &Event| (event.container, event.instance);
    let mut ended: Option<((usize, u32), Duration)> = None;
    for own in events.chunk_by_mut(|event, next| of(event) == of(next)) {
        let earliest = |happening| {
            let mut all = own.iter().filter(|event| event.happening == happening);
            all.next().map(|event| event.earliest)
        };
        let (restart, end) = (earliest(Happening::Restart), earliest(Happening::Ended));
        let Some((container, instance)) = own.first().map(of) else {
            continue;
        };
        let before = ended.filter(|(of, _)| *of == (container, instance.wrapping_sub(1)));
        let start = restart.max(before.map(|(_, at)| at)).unwrap_or_default();
        let asked = earliest(Happening::FirstProbe(Kind::Readiness));
        for event in own {
            // A container whose worker has ended is ready without an answer.
            let is_answer = matches!(event.reason, Reason::Threshold { .. });
            let from = match event.happening {
                Happening::Ready if is_answer => asked.map_or(start, |asked| asked.max(start)),
                _ => start,
            };
            event.earliest = event.earliest.max(from.min(event.latest));
        }
        ended = end.map(|at| ((container, instance), at.max(start)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::ProbeKind;
    use crate::verdict::Verdict;

    #[test]
    fn an_instance_does_nothing_before_it_starts_nor_starts_before_the_end_of_the_last() {
        let event = |instance, happening, earliest, latest| Event {
            container: 0,
            instance,
            happening,
            occurrence: 0,
            earliest: Duration::from_secs(earliest),
            latest: Duration::from_secs(latest),
            is_certain: false,
            reason: Reason::NotRunning,
        };
        let mut events = [
            event(0, Happening::Ended, 40, 50),
            event(1, Happening::Unready, 10, 90),
            event(1, Happening::Restart, 38, 55),
            event(2, Happening::Unready, 10, 90),
        ];
        follow_instances(&mut events);
        let earliest = events.map(|event| event.earliest.as_secs());
        assert_eq!(earliest, [40, 40, 40, 10]);
        let mut asked = [
            event(0, Happening::FirstProbe(Kind::Readiness), 120, 180),
            event(0, Happening::Ready, 80, 200),
        ];
        let unasked = {
            follow_instances(&mut asked);
            asked[1].earliest.as_secs()
        };
        asked[1].reason = Reason::Threshold {
            probe: ProbeKind::Readiness,
            verdict: Verdict::Success,
            threshold: 1,
            period: Duration::from_secs(10),
            timeout: Duration::from_secs(1),
        };
        follow_instances(&mut asked);
        assert_eq!((unasked, asked[1].earliest.as_secs()), (80, 120));
        let mut late = [
            event(1, Happening::Restart, 90, 120),
            event(1, Happening::Unready, 20, 40),
        ];
        follow_instances(&mut late);
        assert!(
            late.iter().all(|own| own.earliest <= own.latest),
            "{late:?}"
        );
    }
}
