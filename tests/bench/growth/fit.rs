//! The exponent of a growth.

use crate::cost::Cost;

/// Measurement of one size.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub n: usize,
    pub cost: Cost,
}

/// Measurements of all sizes, and of an empty input.
pub(crate) struct Growth {
    pub start: Cost,
    pub points: Vec<Point>,
}

/// Less than this above an empty input is not told from noise.
const LEAST_SECONDS: f64 = 0.004;
const LEAST_KIB: f64 = 2_048.0;

impl Growth {
    /// The largest size.
    pub(crate) fn last(&self) -> Point {
        *self.points.last().unwrap()
    }

    /// The exponent of the time; `None` if it does not grow.
    pub(crate) fn time(&self) -> Option<f64> {
        let start = self.start.seconds;
        self.exponent(LEAST_SECONDS, |cost| cost.seconds - start)
    }

    /// The exponent of the memory; `None` if it does not grow.
    pub(crate) fn memory(&self) -> Option<f64> {
        let start = self.start.peak_kib as f64;
        self.exponent(LEAST_KIB, |cost| cost.peak_kib as f64 - start)
    }

    /// Least squares over the upper half of the sizes.
    fn exponent(&self, least: f64, of: impl Fn(&Cost) -> f64) -> Option<f64> {
        let upper = &self.points[self.points.len() / 2..];
        let logarithms: Vec<(f64, f64)> = upper
            .iter()
            .map(|point| (point.n as f64, of(&point.cost)))
            .filter(|(_, cost)| *cost >= least)
            .map(|(n, cost)| (n.ln(), cost.ln()))
            .collect();
        if logarithms.len() < 2 {
            return None;
        }
        let count = logarithms.len() as f64;
        let mean_x = logarithms.iter().map(|(x, _)| x).sum::<f64>() / count;
        let mean_y = logarithms.iter().map(|(_, y)| y).sum::<f64>() / count;
        let above: f64 = logarithms
            .iter()
            .map(|(x, y)| (x - mean_x) * (y - mean_y))
            .sum();
        let below: f64 = logarithms.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        Some(above / below)
    }
}
