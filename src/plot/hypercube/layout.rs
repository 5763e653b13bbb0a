//! Where the slabs of the block are, and which of them a point belongs to.

use crate::plot::Rect;

/// A point in CSS pixels.
pub type Point = (f64, f64);

/// Share of the width that the depth takes to the right, and of the height upwards.
const DEPTH: (f64, f64) = (0.24, 0.26);
/// Share of a slab's pitch that is left free before the next one.
const GAP: f64 = 0.45;
/// Height of a slab with the fewest channels, as a share of the highest.
const LOWEST: f64 = 0.22;

/// A part of an axis, both ends between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

impl Span {
    /// The whole axis.
    pub const ALL: Self = Self { from: 0.0, to: 1.0 };

    /// From the first to the last of `picked`, of `n` indices; the whole axis where nothing is picked. Thin spans
    /// are widened to `least` so that they can be seen.
    pub fn of(picked: &[usize], n: usize, least: f64) -> Self {
        let (Some(&first), Some(&last), true) = (picked.iter().min(), picked.iter().max(), n > 0) else {
            return Self::ALL;
        };
        let (from, to) = (first as f64 / n as f64, (last + 1) as f64 / n as f64);
        let missing = (least - (to - from)).max(0.0) / 2.0;
        let from = (from - missing).clamp(0.0, (1.0 - least).max(0.0));
        Self { from, to: (to + missing).clamp(least.min(1.0), 1.0) }
    }
}

/// The three visible faces of a box, each with its corners in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faces {
    /// Towards the viewer.
    pub front: [Point; 4],
    /// To the right.
    pub side: [Point; 4],
    /// Upwards.
    pub top: [Point; 4],
}

/// The block in a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct HypercubeLayout {
    /// Room of the block without its labels.
    pub frame: Rect,
    /// Of each slab, 0 … 1 of the front's height.
    heights: Vec<f64>,
    /// Left end of the first slab, bottom of all fronts.
    origin: Point,
    /// From a slab to the next.
    pitch: f64,
    /// Of a slab along L.
    thickness: f64,
    /// Of the highest slab.
    height: f64,
    /// How far the last image lies to the right and upwards of the first.
    depth: Point,
}

impl HypercubeLayout {
    /// A slab for each layer, as high as the layer has channels (on a square-root scale), within `frame`.
    pub fn new(channels: &[usize], frame: Rect) -> Self {
        let most = channels.iter().copied().max().unwrap_or(1).max(1) as f64;
        let height_of = |&channels: &usize| (channels as f64 / most).sqrt().max(LOWEST);
        let depth = (frame.width * DEPTH.0, frame.height * DEPTH.1);
        // The last slab has no gap behind it.
        let pitch = (frame.width - depth.0) / (channels.len() as f64 - GAP).max(1.0 - GAP);
        Self {
            frame,
            heights: channels.iter().map(height_of).collect(),
            origin: (frame.x, frame.bottom()),
            pitch,
            thickness: pitch * (1.0 - GAP),
            height: frame.height - depth.1,
            depth,
        }
    }

    /// Number of slabs.
    pub fn len(&self) -> usize {
        self.heights.len()
    }

    /// Whether there is no slab.
    pub fn is_empty(&self) -> bool {
        self.heights.is_empty()
    }

    /// Where a point of a slab is seen: `along` its thickness, `up` its own height, `deep` into the images,
    /// each 0 … 1.
    pub fn project(&self, slab: usize, along: f64, up: f64, deep: f64) -> Point {
        let height = self.heights.get(slab).copied().unwrap_or(0.0) * self.height;
        let x = self.origin.0 + slab as f64 * self.pitch + along * self.thickness + deep * self.depth.0;
        (x, self.origin.1 - up * height - deep * self.depth.1)
    }

    /// A part of a slab: these channels of these images.
    pub fn faces(&self, slab: usize, up: Span, deep: Span) -> Faces {
        let at = |along, up, deep| self.project(slab, along, up, deep);
        let (near, far, low, high) = (deep.from, deep.to, up.from, up.to);
        Faces {
            front: [at(0.0, low, near), at(1.0, low, near), at(1.0, high, near), at(0.0, high, near)],
            side: [at(1.0, low, near), at(1.0, low, far), at(1.0, high, far), at(1.0, high, near)],
            top: [at(0.0, high, near), at(1.0, high, near), at(1.0, high, far), at(0.0, high, far)],
        }
    }

    /// The slab that is seen at a point.
    pub fn slab_at(&self, point: Point) -> Option<usize> {
        let is_seen = |&slab: &usize| {
            let Faces { front, side, top } = self.faces(slab, Span::ALL, Span::ALL);
            [front, side, top].iter().any(|face| contains(face, point))
        };
        // Later slabs stand before earlier ones.
        (0..self.len()).rev().find(is_seen)
    }

    /// The slab that a drag at `x` stands at: the one whose front is nearest, at whatever height.
    pub fn nearest(&self, x: f64) -> usize {
        let slab = (x - self.origin.0 - self.thickness / 2.0) / self.pitch;
        (slab.round().max(0.0) as usize).min(self.len().saturating_sub(1))
    }

    /// The channel of a slab, of `n`, at a height on its front; outside it the nearest.
    pub fn channel_at(&self, slab: usize, y: f64, n: usize) -> usize {
        let height = self.heights.get(slab).copied().unwrap_or(1.0) * self.height;
        let up = if height > 0.0 { (self.origin.1 - y) / height } else { 0.0 };
        ((up * n as f64).max(0.0) as usize).min(n.saturating_sub(1))
    }
}

/// Whether a point lies in a convex polygon or on its border.
fn contains(corners: &[Point], (x, y): Point) -> bool {
    let turn = |index: usize| {
        let ((ax, ay), (bx, by)) = (corners[index], corners[(index + 1) % corners.len()]);
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    };
    let turns = (0..corners.len()).map(turn);
    turns.clone().all(|turn| turn >= -1e-9) || turns.into_iter().all(|turn| turn <= 1e-9)
}
