//! Circle packing: circles beside each other without overlap, as close as they come.
//!
//! After W. Wang, H. Wang, G. Dai and H. Wang, "Visualization of large hierarchical data by circle packing" (CHI 2006):
//! the circles on the rim of the heap form a ring, the front; the next circle is laid against two of the front where it
//! comes nearest to the middle, and what it covers leaves the front. Circles are taken in the order given, never
//! by size, so that equal orders give similar pictures; the first one lies near the middle.
//! [`enclose`] finds the smallest circle around them, [`nested`] makes two levels of it. Positions only; draws nothing.

mod enclose;
mod nested;
mod ring;
#[cfg(test)]
mod tests;

pub use enclose::enclosing;
pub use nested::{FILLED, Group, Places, Weights};

/// A circle, in any unit; y grows downwards, as on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Circle {
    /// Of its centre.
    pub x: f64,
    /// Of its centre.
    pub y: f64,
    /// Not negative.
    pub radius: f64,
}

impl Circle {
    /// Whether the point lies inside or on the rim.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        (x - self.x).hypot(y - self.y) <= self.radius
    }

    /// Distance of the centres.
    fn distance(&self, other: &Self) -> f64 {
        (other.x - self.x).hypot(other.y - self.y)
    }

    /// This circle as it lies in the unit circle, put into `outer`.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        Self {
            x: outer.x + self.x * outer.radius,
            y: outer.y + self.y * outer.radius,
            radius: self.radius * outer.radius,
        }
    }
}

/// Circles of these radii beside each other, around the origin; radii that are not positive take no room and lie there.
pub fn siblings(radii: &[f64]) -> Vec<Circle> {
    let real: Vec<usize> =
        (0..radii.len()).filter(|&idx| radii[idx] > 0.0 && radii[idx].is_finite()).collect();
    let mut heap: Vec<Circle> =
        real.iter().map(|&idx| Circle { radius: radii[idx], ..Circle::default() }).collect();
    pile(&mut heap);
    let around = enclosing(&heap);
    let mut placed = vec![Circle::default(); radii.len()];
    for (idx, circle) in real.into_iter().zip(heap) {
        placed[idx] = Circle { x: circle.x - around.x, y: circle.y - around.y, ..circle };
    }
    placed
}

/// Lays the circles one against the other; the first stays where it is.
fn pile(heap: &mut [Circle]) {
    if let [first, second, ..] = heap {
        second.x = first.x + first.radius + second.radius;
        second.y = first.y;
    }
    if heap.len() < 3 {
        return;
    }
    // The third lies on the left of the way from the first to the second, so that the ring 0 → 1 → 2 → 0 has the
    // outside always on its right.
    heap[2] = against(&heap[0], &heap[1], heap[2].radius);
    let mut front = Front::new(heap);
    for circle_idx in 3..heap.len() {
        let (a, b, place) = front.best(heap, circle_idx);
        heap[circle_idx] = place;
        front.join(a, circle_idx);
        front.join(circle_idx, b);
        front.newest = circle_idx;
    }
}

/// A circle that touches both, on the left of the way from `from` to `to`.
fn against(from: &Circle, to: &Circle, radius: f64) -> Circle {
    let apart = from.distance(to);
    if apart <= 0.0 {
        return Circle { x: from.x + from.radius + radius, y: from.y, radius };
    }
    let (along_x, along_y) = ((to.x - from.x) / apart, (to.y - from.y) / apart);
    let (to_from, to_to) = (from.radius + radius, to.radius + radius);
    // Measured from the nearer centre, where less is lost to rounding.
    let (start, near, far, direction) =
        if to_from <= to_to { (from, to_from, to_to, 1.0) } else { (to, to_to, to_from, -1.0) };
    let along = f64::midpoint((near - far) * (near + far) / apart, apart);
    let beside = (near * near - along * along).max(0.0).sqrt();
    Circle {
        x: start.x + direction * along * along_x + beside * along_y,
        y: start.y + direction * along * along_y - beside * along_x,
        radius,
    }
}

/// The centre of gravity.
fn middle(circles: &[Circle]) -> (f64, f64) {
    let (mut x, mut y, mut mass) = (0.0, 0.0, 0.0);
    for circle in circles {
        let own = circle.radius * circle.radius;
        (x, y, mass) = (x + own * circle.x, y + own * circle.y, mass + own);
    }
    if mass > 0.0 { (x / mass, y / mass) } else { (0.0, 0.0) }
}

/// The ring of circles on the rim, by index.
struct Front {
    next: Vec<usize>,
    previous: Vec<usize>,
    /// The circle laid last, which always is on the front.
    newest: usize,
    /// How far circles may reach into each other and still only touch: rounding.
    slack: f64,
}

/// A circle of the front that a new one would overlap.
enum Covered {
    Ahead(usize),
    Behind(usize),
}

impl Front {
    /// The first three circles.
    fn new(heap: &[Circle]) -> Self {
        let largest = heap.iter().map(|circle| circle.radius).fold(0.0, f64::max);
        let none = vec![0; heap.len()];
        let mut front = Self { next: none.clone(), previous: none, newest: 2, slack: 1e-8 * largest };
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            front.join(a, b);
        }
        front
    }

    fn join(&mut self, a: usize, b: usize) {
        self.next[a] = b;
        self.previous[b] = a;
    }

    /// The place nearest to the middle that the next circle, `circle_idx`, can have against two of the front; what lies
    /// between those two leaves the front.
    fn best(&self, heap: &[Circle], circle_idx: usize) -> (usize, usize, Circle) {
        let (x, y) = middle(&heap[..circle_idx]);
        let reach = |circle: &Circle| (circle.x - x).hypot(circle.y - y);
        let radius = heap[circle_idx].radius;
        let mut best = self.place(heap, self.newest, radius);
        let mut a = self.next[self.newest];
        while a != self.newest {
            let found = self.place(heap, a, radius);
            // A hair's difference is rounding and must not decide.
            if reach(&found.2) < reach(&best.2) - self.slack {
                best = found;
            }
            a = self.next[a];
        }
        best
    }

    /// Where a circle comes to lie that is laid against `a` and the next one and evades to where it overlaps none.
    fn place(&self, heap: &[Circle], a: usize, radius: f64) -> (usize, usize, Circle) {
        let (mut a, mut b) = (a, self.next[a]);
        let mut circle = against(&heap[b], &heap[a], radius);
        // Every turn takes at least one circle off the front.
        for _ in 0..heap.len() {
            match self.covered(heap, a, b, &circle) {
                Some(Covered::Ahead(other)) => b = other,
                Some(Covered::Behind(other)) => a = other,
                None => break,
            }
            circle = against(&heap[b], &heap[a], radius);
        }
        (a, b, circle)
    }

    /// The first circle of the front, going away from `a` and `b` to both sides, that `circle` overlaps.
    fn covered(&self, heap: &[Circle], a: usize, b: usize, circle: &Circle) -> Option<Covered> {
        let overlaps =
            |other: usize| heap[other].distance(circle) < heap[other].radius + circle.radius - self.slack;
        let (mut ahead, mut behind) = (self.next[b], self.previous[a]);
        let (mut way_ahead, mut way_behind) = (heap[b].radius, heap[a].radius);
        loop {
            if way_ahead <= way_behind {
                if overlaps(ahead) {
                    return Some(Covered::Ahead(ahead));
                }
                way_ahead += heap[ahead].radius;
                ahead = self.next[ahead];
            } else {
                if overlaps(behind) {
                    return Some(Covered::Behind(behind));
                }
                way_behind += heap[behind].radius;
                behind = self.previous[behind];
            }
            if ahead == self.next[behind] {
                return None;
            }
        }
    }
}
