//! A small grey canvas on which round-nibbed strokes are drawn with soft edges.

use crate::dataset::random::Random;

/// Rows and columns of an image.
pub const SIDE: usize = 28;

/// A point in pixels, y downwards; pixel (0, 0) has its centre at (0.5, 0.5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// Ink per pixel, 0 … 1, row-major.
pub struct Canvas {
    ink: [f32; SIDE * SIDE],
}

impl Canvas {
    /// Without ink.
    pub const fn blank() -> Self {
        Self { ink: [0.0; SIDE * SIDE] }
    }

    /// Draws a straight piece from `a` to `b` with a nib of `radius` pixels; crossing strokes do not
    /// add up. The edge is `softness` pixels wide.
    pub fn line(&mut self, a: Point, b: Point, radius: f32, softness: f32, ink: f32) {
        let reach = radius + softness;
        let (left, right) = pixel_range(a.x.min(b.x) - reach, a.x.max(b.x) + reach);
        let (top, bottom) = pixel_range(a.y.min(b.y) - reach, a.y.max(b.y) + reach);
        for row in top..bottom {
            for column in left..right {
                let centre = Point { x: column as f32 + 0.5, y: row as f32 + 0.5 };
                let outside = distance_to_piece(centre, a, b) - radius;
                let coverage = (0.5 - outside / softness).clamp(0.0, 1.0);
                let pixel = &mut self.ink[row * SIDE + column];
                *pixel = pixel.max(coverage * ink);
            }
        }
    }

    /// Grey bytes with noise of the given standard deviation (in ink) on every pixel.
    pub fn into_bytes(self, noise: f32, random: &mut Random) -> [u8; SIDE * SIDE] {
        self.ink.map(|ink| {
            let noisy = ink + noise * random.about_normal();
            (noisy.clamp(0.0, 1.0) * 255.0).round() as u8
        })
    }
}

/// Pixels whose centres can lie in `low ..= high`, cut to the canvas.
fn pixel_range(low: f32, high: f32) -> (usize, usize) {
    let cut = |value: f32| value.clamp(0.0, SIDE as f32) as usize;
    (cut(low.floor()), cut(high.ceil()))
}

fn distance_to_piece(p: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared > 0.0 {
        (((p.x - a.x) * dx + (p.y - a.y) * dy) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (ex, ey) = (p.x - a.x - along * dx, p.y - a.y - along * dy);
    (ex * ex + ey * ey).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::random::Purpose;

    fn drawn(a: (f32, f32), b: (f32, f32), radius: f32) -> [u8; SIDE * SIDE] {
        let mut canvas = Canvas::blank();
        canvas.line(Point { x: a.0, y: a.1 }, Point { x: b.0, y: b.1 }, radius, 1.0, 1.0);
        canvas.into_bytes(0.0, &mut Random::new(1, Purpose::Strokes, &[]))
    }

    #[test]
    fn a_line_between_pixels_covers_both_rows_alike() {
        let image = drawn((5.0, 10.0), (20.0, 10.0), 1.0);
        for column in 6..19 {
            assert_eq!(image[9 * SIDE + column], 255);
            assert_eq!(image[10 * SIDE + column], 255);
            assert_eq!(image[8 * SIDE + column], 0);
            assert_eq!(image[11 * SIDE + column], 0);
        }
    }

    #[test]
    fn edges_are_soft() {
        // Row 11 has its centre 1.25 pixels from the line: 0.25 outside a nib of radius 1.
        let image = drawn((5.0, 10.25), (20.0, 10.25), 1.0);
        assert_eq!(image[11 * SIDE + 10], 64);
    }

    #[test]
    fn a_point_leaves_a_dot_and_nothing_outside_the_canvas_is_touched() {
        let dot = drawn((14.5, 14.5), (14.5, 14.5), 0.5);
        assert_eq!(dot.iter().filter(|&&pixel| pixel > 0).count(), 1);
        assert!(drawn((-50.0, -50.0), (-40.0, 90.0), 3.0).iter().all(|&pixel| pixel == 0));
    }
}
