//! A hand: turns the skeleton of a digit into a path on the canvas that no two images share.

use super::canvas::{Canvas, Point, SIDE};
use super::glyphs::{Stroke, Style};
use crate::dataset::random::Random;

/// Straight pieces per span between two skeleton points.
const PIECES: usize = 6;
const TURN: f32 = std::f32::consts::TAU;

/// How one image is written: placed, bent and inked.
pub struct Pen {
    /// Linear map from the digit's box (−0.5 … 0.5) to pixels.
    matrix: [[f32; 2]; 2],
    /// Centre of the digit in pixels.
    centre: Point,
    /// A slow wave across the box, along x and along y.
    waves: [Wave; 2],
    /// Standard deviation of skeleton points, in boxes.
    jitter: f32,
    radius: f32,
    softness: f32,
    ink: f32,
    /// How much the nib's radius swings along a stroke, as a share.
    pressure: f32,
}

#[derive(Clone, Copy)]
struct Wave {
    amplitude: f32,
    frequency: f32,
    phase: f32,
}

impl Wave {
    fn draw(amplitude: f32, random: &mut Random) -> Self {
        Self {
            amplitude: amplitude * random.about_normal(),
            frequency: random.between(0.5, 1.3),
            phase: random.unit(),
        }
    }

    fn at(self, position: f32) -> f32 {
        self.amplitude * libm::sinf(TURN * (self.frequency * position + self.phase))
    }
}

impl Pen {
    /// Draws how the next image is written.
    pub fn pick(random: &mut Random) -> Self {
        let half = SIDE as f32 / 2.0;
        Self {
            matrix: placing(random),
            centre: Point { x: half + 1.5 * random.about_normal(), y: half + 1.3 * random.about_normal() },
            waves: [Wave::draw(0.03, random), Wave::draw(0.03, random)],
            jitter: random.between(0.012, 0.04),
            radius: random.between(0.65, 1.75),
            softness: random.between(1.0, 1.7),
            ink: random.between(0.7, 1.0),
            pressure: random.between(0.0, 0.3),
        }
    }

    /// Writes all strokes of a style.
    pub fn write(&self, style: Style, canvas: &mut Canvas, random: &mut Random) {
        // A pen that is lifted comes down a little off the place meant.
        for stroke in style {
            let offset = [0.015 * random.about_normal(), 0.015 * random.about_normal()];
            self.stroke(stroke, offset, canvas, random);
        }
    }

    fn stroke(&self, stroke: Stroke, offset: [f32; 2], canvas: &mut Canvas, random: &mut Random) {
        let wave = Wave { amplitude: self.pressure, ..Wave::draw(1.0, random) };
        let mut position = 0.0;
        for run in smooth_runs(&self.jittered(stroke, offset, random)) {
            for (from, to) in pieces(&run) {
                let radius = self.radius * (1.0 + wave.at(position));
                canvas.line(self.place(from), self.place(to), radius, self.softness, self.ink);
                position += 0.25 / PIECES as f32;
            }
        }
    }

    /// Skeleton points around the box's centre, each moved a little; a corner stays one point.
    fn jittered(&self, stroke: Stroke, offset: [f32; 2], random: &mut Random) -> Vec<(Point, bool)> {
        let mut points: Vec<(Point, bool)> = Vec::with_capacity(stroke.len());
        for (index, &(x, y)) in stroke.iter().enumerate() {
            if index > 0 && stroke[index - 1] == (x, y) {
                if let Some(corner) = points.last_mut() {
                    corner.1 = true;
                }
                continue;
            }
            let x = f32::from(x) / 100.0 - 0.5 + offset[0] + self.jitter * random.about_normal();
            let y = f32::from(y) / 100.0 - 0.5 + offset[1] + self.jitter * random.about_normal();
            points.push((Point { x, y }, false));
        }
        points
    }

    /// From the box to the canvas.
    fn place(&self, p: Point) -> Point {
        let (x, y) = (p.x + self.waves[0].at(p.y), p.y + self.waves[1].at(p.x));
        let [[a, b], [c, d]] = self.matrix;
        Point { x: self.centre.x + a * x + b * y, y: self.centre.y + c * x + d * y }
    }
}

/// Rotation · slant · scale, drawn at random.
fn placing(random: &mut Random) -> [[f32; 2]; 2] {
    let height = 19.0 * (1.0 + 0.13 * random.about_normal()).clamp(0.6, 1.25);
    let width = height * (0.92 + 0.14 * random.about_normal()).clamp(0.5, 1.3);
    let slant = 0.16 * random.about_normal() - 0.08;
    let (sin, cos) = libm::sincosf(0.15 * random.about_normal());
    // A point (x, y) of the box goes to (width·x + slant·height·y, height·y), then is turned.
    let shear = slant * height;
    [[cos * width, cos * shear - sin * height], [sin * width, sin * shear + cos * height]]
}

/// The parts of a path between its corners; each is at least one span long.
fn smooth_runs(points: &[(Point, bool)]) -> Vec<Vec<Point>> {
    let mut runs = Vec::new();
    let mut run = Vec::new();
    for &(point, corner) in points {
        run.push(point);
        if corner && run.len() > 1 {
            runs.push(std::mem::replace(&mut run, vec![point]));
        }
    }
    if run.len() > 1 {
        runs.push(run);
    }
    runs
}

/// A Catmull–Rom curve through the points as straight pieces.
fn pieces(points: &[Point]) -> Vec<(Point, Point)> {
    let last = points.len() - 1;
    let mut pieces = Vec::with_capacity(last * PIECES);
    for span in 0..last {
        let around = [span.saturating_sub(1), span, span + 1, (span + 2).min(last)].map(|i| points[i]);
        let mut from = points[span];
        for step in 1..=PIECES {
            let to = catmull_rom(around, step as f32 / PIECES as f32);
            pieces.push((from, to));
            from = to;
        }
    }
    pieces
}

/// The uniform Catmull–Rom spline between the second and the third point, `t` in 0 … 1.
fn catmull_rom(points: [Point; 4], t: f32) -> Point {
    let along = |[a, b, c, d]: [f32; 4]| {
        let linear = c - a;
        let square = 2.0 * a - 5.0 * b + 4.0 * c - d;
        let cube = 3.0 * (b - c) + d - a;
        0.5 * (2.0 * b + t * (linear + t * (square + t * cube)))
    };
    Point { x: along(points.map(|p| p.x)), y: along(points.map(|p| p.y)) }
}

/// Now and then something on the paper that is no part of the digit: a stray stroke or specks.
pub fn clutter(canvas: &mut Canvas, random: &mut Random) {
    if random.chance(0.15) {
        let from = edge_point(random);
        let to = Point { x: from.x + 3.0 * random.about_normal(), y: from.y + 3.0 * random.about_normal() };
        canvas.line(from, to, random.between(0.4, 1.0), 1.2, random.between(0.3, 0.9));
    }
    if random.chance(0.15) {
        for _ in 0..=random.below(3) {
            let speck = Point { x: random.between(0.0, SIDE as f32), y: random.between(0.0, SIDE as f32) };
            canvas.line(speck, speck, random.between(0.3, 0.7), 1.0, random.between(0.3, 0.8));
        }
    }
}

/// A point within four pixels of the canvas' edge.
fn edge_point(random: &mut Random) -> Point {
    let side = SIDE as f32;
    let (along, depth) = (random.between(0.0, side), random.between(0.0, 4.0));
    match random.below(4) {
        0 => Point { x: along, y: depth },
        1 => Point { x: along, y: side - depth },
        2 => Point { x: depth, y: along },
        _ => Point { x: side - depth, y: along },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Point = Point { x: 0.0, y: 0.0 };
    const B: Point = Point { x: 1.0, y: 2.0 };
    const C: Point = Point { x: 3.0, y: 1.0 };

    #[test]
    fn a_curve_goes_through_every_skeleton_point() {
        let curve = pieces(&[A, B, C]);
        assert_eq!(curve.len(), 2 * PIECES);
        assert_eq!(curve[0].0, A);
        assert_eq!(curve[PIECES].0, B);
        assert_eq!(curve[2 * PIECES - 1].1, C);
        assert!(curve.windows(2).all(|pair| pair[0].1 == pair[1].0));
    }

    #[test]
    fn a_curve_through_two_points_is_straight() {
        for (_, to) in pieces(&[A, B]) {
            assert!((to.y - 2.0 * to.x).abs() < 1e-6);
        }
    }

    #[test]
    fn a_corner_ends_one_smooth_run_and_begins_the_next() {
        assert_eq!(smooth_runs(&[(A, false), (B, true), (C, false)]), [vec![A, B], vec![B, C]]);
        assert_eq!(smooth_runs(&[(A, false), (B, false), (C, true)]), [vec![A, B, C]]);
    }
}
