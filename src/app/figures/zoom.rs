//! The part of the epoch axis that is shown: whole epochs, at least one wide.

/// First and last epoch shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    /// First.
    pub first: f64,
    /// Last.
    pub last: f64,
}

impl Zoom {
    /// Between two epochs in any order; `None` for the whole axis, which ends at `end`.
    pub fn between(a: f64, b: f64, end: f64) -> Option<Self> {
        let first = a.min(b).floor().clamp(0.0, (end - 1.0).max(0.0));
        let last = a.max(b).ceil().clamp(first + 1.0, end.max(1.0));
        (first > 0.0 || last < end).then_some(Self { first, last })
    }

    /// What is shown of an axis that ends at `end`.
    pub fn range(zoom: Option<Self>, end: f64) -> (f64, f64) {
        match zoom.filter(|zoom| zoom.first < end) {
            Some(zoom) => (zoom.first, zoom.last.min(end).max(zoom.first + 1.0)),
            None => (0.0, end),
        }
    }

    /// Half as many epochs (`factor` 0.5) or twice as many (2), around one of them.
    pub fn by(zoom: Option<Self>, factor: f64, around: f64, end: f64) -> Option<Self> {
        let (first, last) = Self::range(zoom, end);
        let around = around.clamp(first, last);
        let half = factor * (last - first) / 2.0;
        // At an end of the axis the other side takes what there is no room for.
        let middle = around.clamp(half.min(end / 2.0), (end - half).max(end / 2.0));
        if half < 0.5 { zoom } else { Self::between(middle - half, middle + half, end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "what a chart holds")]
    fn zoom(first: f64, last: f64) -> Option<Zoom> {
        Some(Zoom { first, last })
    }

    #[test]
    fn a_selection_is_widened_to_whole_epochs() {
        assert_eq!(Zoom::between(4.7, 2.2, 10.0), zoom(2.0, 5.0));
        assert_eq!(Zoom::between(3.2, 3.4, 10.0), zoom(3.0, 4.0));
        assert_eq!(Zoom::between(10.0, 10.0, 10.0), zoom(9.0, 10.0));
    }

    #[test]
    fn all_of_the_axis_is_no_zoom() {
        assert_eq!(Zoom::between(-3.0, 99.0, 10.0), None);
        assert_eq!(Zoom::range(None, 10.0), (0.0, 10.0));
        assert_eq!(Zoom::between(0.0, 0.5, 1.0), None);
    }

    #[test]
    fn a_shorter_run_shows_what_it_has() {
        assert_eq!(Zoom::range(zoom(2.0, 50.0), 10.0), (2.0, 10.0));
        assert_eq!(Zoom::range(zoom(20.0, 50.0), 10.0), (0.0, 10.0));
    }

    #[test]
    fn keys_zoom_in_around_an_epoch_and_out_again() {
        assert_eq!(Zoom::by(None, 0.5, 10.0, 20.0), zoom(5.0, 15.0));
        assert_eq!(Zoom::by(None, 0.5, 0.0, 20.0), zoom(0.0, 10.0));
        assert_eq!(Zoom::by(None, 0.5, 20.0, 20.0), zoom(10.0, 20.0));
        assert_eq!(Zoom::by(zoom(5.0, 15.0), 2.0, 10.0, 20.0), None);
        assert_eq!(Zoom::by(zoom(3.0, 4.0), 0.5, 3.0, 20.0), zoom(3.0, 4.0), "one epoch is the least");
    }
}
