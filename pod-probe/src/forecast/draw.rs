//! Values of what is left to chance in one run.

use super::plan::PodPlan;
use super::time::{MILLISECOND, SECOND, Time};

/// Distance of two times that nearly coincide, in seconds.
const NEAR: f64 = 0.03;
/// To create and start the first container, where phases are to coincide, in seconds.
const START: f64 = 0.175;

/// From the start of a program that is ready at once to the moment when it listens.
const LISTEN: Time = 300 * MILLISECOND;

/// Preference of a run for parts of the ranges of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bias {
    /// All parts are equally likely.
    Even,
    /// Both ends are likely: what follows from several values together reaches its own ends.
    Ends,
    /// The lower end is likely.
    Low,
    /// The upper end is likely.
    High,
}

/// Chance of one run: phases spread evenly over all runs, and a stream of other values.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    run: u64,
    state: u64,
    bias: Bias,
}

/// Phases of the kubelet's clocks to each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phases {
    /// Part of a second at which the workers start.
    pub(super) second: Time,
    /// From there to the creation of the first container.
    pub(super) pause: Time,
    /// From there to the container's start; drawn later if absent.
    pub(super) start: Option<Time>,
    /// From its creation to the next look at the containers.
    pub(super) relist: Time,
    /// Part of a second at which the queue of Pods is looked at.
    pub(super) queue: Time,
    /// From the start of a program to the moment when it listens.
    pub(super) listens_after: Time,
}

impl Draw {
    pub(super) fn of(run: u64) -> Self {
        let bias = match run % 8 {
            1 | 5 => Bias::Ends,
            2 => Bias::Low,
            6 => Bias::High,
            _ => Bias::Even,
        };
        let mut draw = Self {
            run,
            state: run,
            bias,
        };
        // The streams of neighbours would be shifts of each other.
        draw.state = draw.next() ^ (run << 32);
        draw
    }

    /// Returns the run's phases. In half of the runs some of them nearly coincide: what can happen
    /// in either order then does.
    pub(super) fn phases(&mut self, plan: &PodPlan) -> Phases {
        let longest = plan.longest_period().as_secs_f64();
        let mut second = self.spread(0);
        let mut pause = 0.3 + 4.0 * longest * self.spread(1);
        let mut relist = self.spread(2);
        let mut start = None;
        if self.run % 4 >= 2 {
            if self.coin() || self.coin() {
                start = Some(of_seconds(START));
                pause = self.pause_to_meet(plan).unwrap_or(pause.ceil()) - START;
                pause += if self.coin() {
                    self.near()
                } else {
                    self.even()
                };
            }
            let started = (second + pause + START).fract();
            if self.coin() {
                // The start is cut to a whole second: it loses nearly nothing, or nearly all.
                second = (second - started + self.near()).rem_euclid(1.0);
            }
            if self.coin() {
                relist = START + NEAR + self.near();
            }
        }
        let listens_after = if self.run % 8 == 4 {
            part(LISTEN, self.even())
        } else {
            0
        };
        Phases {
            second: of_seconds(second),
            pause: of_seconds(pause),
            start,
            relist: of_seconds(relist),
            queue: of_seconds(self.spread(3)),
            listens_after,
        }
    }

    /// Returns a time from the start of the workers to that of a container, after which a tick of one
    /// of its probes comes when the initial delay is over.
    fn pause_to_meet(&mut self, plan: &PodPlan) -> Option<f64> {
        let probes = || plan.containers.iter().flat_map(|own| &own.probes);
        let chosen = self.below(probes().count());
        let probe = probes().nth(chosen)?;
        let (period, delay) = (
            probe.period.as_secs_f64(),
            probe.initial_delay.as_secs_f64(),
        );
        Some((-delay).rem_euclid(period) + period)
    }

    /// Returns a number of at least 0 and below 1, by an additive recurrence: its points lie evenly in
    /// all four dimensions together.
    fn spread(&self, dimension: usize) -> f64 {
        // Powers of the inverse of the positive root of x^5 = x + 1.
        const STEPS: [f64; 4] = [
            0.856_674_883_854_502_9,
            0.733_891_856_627_126,
            0.628_706_721_056_385,
            0.538_597_257_226_163,
        ];
        #[expect(clippy::cast_precision_loss, reason = "a few hundred runs")]
        let run = self.run as f64;
        (0.5 + run * STEPS[dimension]).fract()
    }

    fn near(&mut self) -> f64 {
        (self.even() * 2.0 - 1.0) * NEAR
    }

    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
    fn even(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a number of at least 0 and below 1.
    pub(super) fn unit(&mut self) -> f64 {
        let even = self.even();
        let is_high = match self.bias {
            Bias::Even => return even,
            Bias::Low => false,
            Bias::High => true,
            Bias::Ends => self.coin(),
        };
        let near_zero = even * even * even;
        if is_high { 1.0 - near_zero } else { near_zero }
    }

    pub(super) fn between(&mut self, least: Time, most: Time) -> Time {
        least + part(most.saturating_sub(least), self.unit())
    }

    /// Returns a time between two, which now and then ends together with a whole second, or with a look
    /// at the containers.
    pub(super) fn between_near(
        &mut self,
        (least, most): (Time, Time),
        now: Time,
        look: Time,
    ) -> Time {
        if self.one_of(4) {
            let meets = if self.coin() { look } else { 0 };
            let near = of_seconds(1.0 + self.near());
            // From now to the next such time.
            let takes =
                (meets % SECOND + 2 * SECOND + near - (now + least) % SECOND) % SECOND + least;
            if takes <= most {
                return takes;
            }
        }
        self.between(least, most)
    }

    /// Returns true in one of so many cases.
    fn one_of(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(super) fn coin(&mut self) -> bool {
        self.next() & 1 == 0
    }

    /// Returns a number below a limit, which is small.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let most = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % most).unwrap_or_default()
    }
}

/// Returns a part of a time; the part is at least 0.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of a microsecond makes no difference"
)]
pub(super) fn part(of: Time, part: f64) -> Time {
    (of as f64 * part) as Time
}

fn of_seconds(seconds: f64) -> Time {
    part(SECOND, seconds)
}
