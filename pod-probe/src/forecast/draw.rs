//! Values of what is left to chance in one run.

use std::time::Duration;

/// Chance of one run: some values spread evenly over all runs, and a stream of others.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    run: u64,
    state: u64,
}

/// A value that is spread evenly over the runs: no two runs have nearly the same one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spread {
    /// Time from the start of the workers to the start of the container.
    Workers,
    /// Part of a second after which the container starts.
    Second,
    /// Time of the kubelet's look at the containers.
    Relist,
    /// Time of the kubelet's look at its queue.
    Queue,
}

impl Draw {
    pub(super) fn of(run: u64) -> Self {
        let mut draw = Self { run, state: run };
        // The streams of neighbours would be shifts of each other.
        draw.state = draw.next() ^ (run << 32);
        draw
    }

    /// Returns the run's value below a limit: an additive recurrence, whose points lie evenly in all
    /// of its dimensions together.
    pub(super) fn spread(&self, value: Spread, limit: Duration) -> Duration {
        // Powers of the inverse of the positive root of x^5 = x + 1.
        const STEPS: [f64; 4] = [
            0.856_674_883_854_502_9,
            0.733_891_856_627_126,
            0.628_706_721_056_385,
            0.538_597_257_226_163,
        ];
        #[expect(clippy::cast_precision_loss, reason = "a few hundred runs")]
        let at = (0.5 + self.run as f64 * STEPS[value as usize]).fract();
        limit.mul_f64(at)
    }

    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number of at least 0 and below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn between(&mut self, least: Duration, most: Duration) -> Duration {
        least + (most - least).mul_f64(self.unit())
    }

    pub(super) fn coin(&mut self) -> bool {
        self.next() & 1 == 0
    }
}
