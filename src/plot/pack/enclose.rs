//! The smallest circle around circles.
//!
//! It touches at most three of them from inside. Those three are found by growing: whenever a circle lies outside,
//! the new one must touch it, together with at most two of those touched before.

use super::Circle;

/// How much of its radius a circle may stick out before it counts as outside: rounding.
const SLACK: f64 = 1e-10;

/// The smallest circle that holds all of `circles`; a point at the origin around none.
pub fn enclosing(circles: &[Circle]) -> Circle {
    let mut touched: Vec<Circle> = Vec::with_capacity(3);
    let mut around = Circle::default();
    let mut idx = 0;
    // Every growth gives a larger circle, so this ends; the bound is against rounding alone.
    let mut growths = 20 * circles.len() + 20;
    while let Some(circle) = circles.get(idx) {
        let is_inside = !touched.is_empty() && holds(&around, circle);
        match grown(&touched, circle).filter(|_| !is_inside && growths > 0) {
            Some((larger, by)) => {
                (around, touched, idx) = (larger, by, 0);
                growths -= 1;
            }
            None => idx += 1,
        }
    }
    let reach = |circle: &Circle| around.distance(circle) + circle.radius;
    Circle { radius: circles.iter().map(reach).fold(0.0, f64::max), ..around }
}

fn holds(outer: &Circle, inner: &Circle) -> bool {
    outer.distance(inner) + inner.radius <= outer.radius * (1.0 + SLACK)
}

/// The smallest circle around `touched` and `circle` that touches `circle`, and all that it touches.
fn grown(touched: &[Circle], circle: &Circle) -> Option<(Circle, Vec<Circle>)> {
    let mut best: Option<(Circle, Vec<Circle>)> = None;
    let mut offer = |outer: Circle, by: Vec<Circle>| {
        let is_smaller = best.as_ref().is_none_or(|(other, _)| outer.radius < other.radius);
        if is_smaller && holds(&outer, circle) && touched.iter().all(|inner| holds(&outer, inner)) {
            best = Some((outer, by));
        }
    };
    offer(*circle, vec![*circle]);
    for (idx, one) in touched.iter().enumerate() {
        offer(around_two(one, circle), vec![*one, *circle]);
        for other in &touched[idx + 1..] {
            for outer in around_three(one, other, circle) {
                offer(outer, vec![*one, *other, *circle]);
            }
        }
    }
    best
}

/// The smallest circle around two.
fn around_two(a: &Circle, b: &Circle) -> Circle {
    let apart = a.distance(b);
    if apart + b.radius <= a.radius {
        return *a;
    }
    if apart + a.radius <= b.radius {
        return *b;
    }
    let radius = (apart + a.radius + b.radius) / 2.0;
    let share = (radius - a.radius) / apart;
    Circle { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, radius }
}

/// The circles that touch three from outside of them: at most two.
///
/// With the first centre as origin, its equation taken from the two others leaves equations that are linear in the
/// centre (x, y) and the radius R; the centre in terms of R, put into the first equation, leaves a quadratic one.
fn around_three(a: &Circle, b: &Circle, c: &Circle) -> Vec<Circle> {
    let line = |other: &Circle| {
        let (dx, dy) = (other.x - a.x, other.y - a.y);
        let constant = (dx * dx + dy * dy + a.radius * a.radius - other.radius * other.radius) / 2.0;
        (dx, dy, constant, other.radius - a.radius)
    };
    let (bx, by, b0, b1) = line(b);
    let (cx, cy, c0, c1) = line(c);
    let det = bx * cy - by * cx;
    let size = (bx.abs() + by.abs()) * (cx.abs() + cy.abs());
    if det.abs() <= 1e-12 * size {
        // In a row: two of them decide.
        return Vec::new();
    }
    // x = x0 + x1·R, y = y0 + y1·R
    let (x0, x1) = ((b0 * cy - by * c0) / det, (b1 * cy - by * c1) / det);
    let (y0, y1) = ((bx * c0 - b0 * cx) / det, (bx * c1 - b1 * cx) / det);
    let square = x1 * x1 + y1 * y1 - 1.0;
    let half = x0 * x1 + y0 * y1 + a.radius;
    let constant = x0 * x0 + y0 * y0 - a.radius * a.radius;
    let largest = a.radius.max(b.radius).max(c.radius);
    let real = |radius: &f64| radius.is_finite() && *radius >= largest * (1.0 - SLACK);
    let circle = |radius: f64| Circle { x: a.x + x0 + x1 * radius, y: a.y + y0 + y1 * radius, radius };
    roots(square, half, constant).into_iter().filter(real).map(circle).collect()
}

/// Where `square·r² + 2·half·r + constant = 0`.
fn roots(square: f64, half: f64, constant: f64) -> [f64; 2] {
    let inner = (half * half - square * constant).max(0.0).sqrt();
    // The form that adds magnitudes; the other root follows from the product of both.
    let sum = -(half + half.signum() * inner);
    [sum / square, constant / sum]
}
