//! Circles in a ring around one in the middle, clockwise from the top.

use std::f64::consts::TAU;

use super::Circle;
use crate::plot::color::sin_cos;

/// Circles of the radii `outer` around one of radius `inner` at the origin, all clear of each other, on the smallest
/// circle on which they fit side by side; the first of them is at the top.
pub fn ring(inner: f64, outer: &[f64]) -> Vec<Circle> {
    let largest = outer.iter().copied().fold(0.0, f64::max);
    let pairs = || outer.iter().zip(outer.iter().cycle().skip(1)).map(|(a, b)| a + b);
    // What the angles between neighbours that touch add up to, on a ring of this radius.
    let angle = |pair: f64, radius: f64| 2.0 * (pair / 2.0 / radius).min(1.0).asin();
    let whole = |radius: f64| pairs().map(|pair| angle(pair, radius)).sum::<f64>();
    // So large, the ring is clear of the middle, and any two neighbours fit on it.
    let least = (inner + largest).max(pairs().fold(0.0, f64::max) / 2.0);
    let (mut low, mut high) = (least, least.max(outer.len() as f64 * largest));
    if whole(low) > TAU {
        for _ in 0..60 {
            let radius = f64::midpoint(low, high);
            if whole(radius) > TAU { low = radius } else { high = radius }
        }
        low = high;
    }
    let radius = low;
    // What is left of the turn is shared among the gaps.
    let spare = (TAU - whole(radius)).max(0.0) / outer.len().max(1) as f64;
    // y grows downwards: a quarter turn back is up.
    let mut turn = -90.0;
    let place = |(own, pair): (&f64, f64)| {
        let (sin, cos) = sin_cos(turn);
        let circle = Circle { x: radius * cos, y: radius * sin, radius: *own };
        turn += (angle(pair, radius) + spare).to_degrees();
        circle
    };
    outer.iter().zip(pairs()).map(place).collect()
}
