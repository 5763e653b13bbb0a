//! The track of the epoch slider: test loss as an area, test accuracy as a line, so that what is slid over is the training
//! itself. Epochs that are planned and not trained yet are hatched.

use crate::app::session::OpenRun;
use crate::plot::Rect;
use crate::plot::pen::{Anchor, Face};
use crate::plot::picture::Picture;
use crate::plot::theme::Theme;

/// From the edges to the first and the last epoch.
pub const MARGIN: f64 = 8.0;
/// The bar within the track.
const TOP: f64 = 2.0;
const BOTTOM: f64 = 32.0;
/// Below, the numbers of the epochs.
const LABELS: f64 = 34.0;
/// Least distance of two of them.
const APART: f64 = 30.0;

/// What the track shows of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// Numbers of the epochs on T, as far as they are recorded or planned.
    pub epochs: Vec<u32>,
    /// Test loss and accuracy of those that are recorded.
    pub recorded: Vec<(f64, f64)>,
}

impl Track {
    /// Of a run; what is planned counts while it is not complete.
    pub fn of(run: &OpenRun) -> Self {
        let mut epochs: Vec<u32> = run.epochs.iter().map(|epoch| epoch.metrics.epoch).collect();
        if !run.header.complete {
            let last = epochs.last().copied();
            epochs.extend(run.header.planned_epochs.iter().filter(|&&epoch| Some(epoch) > last));
        }
        let told = |epoch: &crate::protocol::compute::EpochSummary| {
            (f64::from(epoch.metrics.test_loss), f64::from(epoch.metrics.test_accuracy))
        };
        Self { epochs, recorded: run.epochs.iter().map(told).collect() }
    }

    /// Where the epoch with this index stands on a track `width` pixels wide.
    pub fn x(&self, epoch_index: usize, width: f64) -> f64 {
        let steps = self.epochs.len().saturating_sub(1).max(1) as f64;
        MARGIN + (width - 2.0 * MARGIN).max(0.0) * (epoch_index as f64 / steps).min(1.0)
    }

    /// Height of the accuracy line at an epoch.
    pub fn y(&self, epoch_index: usize) -> f64 {
        let accuracy = self.recorded.get(epoch_index).map_or(0.0, |&(_, accuracy)| accuracy);
        let accuracy = if accuracy.is_finite() { accuracy } else { 0.0 };
        BOTTOM - 1.0 - accuracy.clamp(0.0, 1.0) * (BOTTOM - TOP - 3.0)
    }

    /// Which epochs have their number below.
    fn labelled(&self, width: f64) -> Vec<usize> {
        let n = self.epochs.len();
        let most = ((width / APART) as usize).max(2);
        let step =
            [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].into_iter().find(|step| n.div_ceil(*step) <= most);
        let step = step.unwrap_or(n.max(1));
        let last = n.saturating_sub(1);
        let mut places: Vec<usize> =
            (0..n).step_by(step).filter(|&place| last - place >= step.min(last)).collect();
        if n > 0 {
            places.push(last);
        }
        places.dedup();
        places
    }

    /// Without the knob.
    pub fn compose(&self, theme: &Theme, (width, height): (f64, f64)) -> Picture {
        let mut picture = Picture::new(width, height);
        let colours = theme.colours;
        picture.rect(Rect::from_edges(0.0, TOP, width, BOTTOM), colours.sunken);
        let x = |place: usize| self.x(place, width);
        if let Some(last) = self.recorded.len().checked_sub(1) {
            if last + 1 < self.epochs.len() {
                Self::hatch(&mut picture, x(last), width, theme);
            }
            let highest = self.recorded.iter().map(|&(loss, _)| loss).filter(|loss| loss.is_finite());
            let highest = highest.fold(f64::MIN_POSITIVE, f64::max);
            let y = |loss: f64| BOTTOM - (loss / highest).clamp(0.0, 1.0) * (BOTTOM - TOP - 2.0);
            let finite = self.recorded.iter().enumerate().filter(|(_, told)| told.0.is_finite());
            let mut area: Vec<(f64, f64)> = finite.map(|(place, told)| (x(place), y(told.0))).collect();
            if let (Some(&first), Some(&end)) = (area.first(), area.last()) {
                area.extend([(end.0, BOTTOM), (first.0, BOTTOM)]);
                picture.area(&area, colours.spread);
            }
            let line: Vec<(f64, f64)> = (0..=last).map(|place| (x(place), self.y(place))).collect();
            picture.line(&line, colours.accent, 2.0);
        }
        self.label(&mut picture, theme, width);
        picture
    }

    fn hatch(picture: &mut Picture, from: f64, width: f64, theme: &Theme) {
        let mut x = from + 4.0;
        while x < width - 2.0 {
            let lean = (BOTTOM - TOP).min(width - x);
            picture.line(&[(x, BOTTOM), (x + lean * 0.5, TOP)], theme.colours.frame, 1.0);
            x += 6.0;
        }
    }

    fn label(&self, picture: &mut Picture, theme: &Theme, width: f64) {
        let (colours, face) = (theme.colours, Face { size: 11.0, is_bold: false });
        let last = self.epochs.len().saturating_sub(1);
        for place in self.labelled(width) {
            let (anchor, x) = match place {
                0 => (Anchor::LeftTop, self.x(0, width) - 4.0),
                place if place == last => (Anchor::RightTop, self.x(last, width) + 4.0),
                _ => (Anchor::CentreTop, self.x(place, width)),
            };
            let number = self.epochs[place];
            let is_wide = place == 0 && number == 0 && width >= 340.0 && last > 0;
            let text = if is_wide { "0 untrained".to_owned() } else { number.to_string() };
            picture.label(text, (x, LABELS), anchor, colours.muted, face);
        }
        if width > 520.0 && self.recorded.len() > 1 {
            let step = self.x(1, width) - self.x(0, width);
            let x = self.x(0, width) + (step * 0.16).min(60.0);
            picture.label("test loss", (x, 4.0), Anchor::LeftTop, colours.muted, face);
            picture.label("test accuracy", (x + 90.0, 18.0), Anchor::LeftTop, colours.accent, face);
        }
    }

    /// The knob at the chosen epoch, and a hollow one at the epoch that is kept to compare with.
    pub fn knobs(&self, chosen: usize, kept: Option<usize>, theme: &Theme, width: f64) -> Picture {
        let mut picture = Picture::new(width, 46.0);
        let colours = theme.colours;
        if let Some(kept) = kept {
            let at = (self.x(kept, width), self.y(kept).max(8.0));
            picture.dashes(&[(at.0, 1.0), (at.0, 33.0)], colours.text, 1.5);
            picture.dot(at, 7.0, colours.text);
            picture.dot(at, 5.0, colours.background);
        }
        let at = (self.x(chosen, width), self.y(chosen).max(8.0));
        picture.line(&[(at.0, 1.0), (at.0, 33.0)], colours.text, 2.0);
        picture.dot(at, 8.0, colours.background);
        picture.dot(at, 7.0, colours.text);
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::plot::palette::Mode;

    #[test]
    fn a_run_in_training_shows_what_is_still_planned() {
        let mut run = fixture::open_run("a", 3);
        run.header.complete = false;
        let track = Track::of(&run);
        assert_eq!((track.epochs.as_slice(), track.recorded.len()), (&[0, 1, 2, 3, 4, 5][..], 3));
        run.header.complete = true;
        assert_eq!(Track::of(&run).epochs, [0, 1, 2]);
    }

    #[test]
    fn epochs_stand_evenly_between_the_margins() {
        let track = Track { epochs: vec![0, 1, 2, 4, 8], recorded: vec![(2.3, 0.1); 5] };
        for (place, x) in [(0, 8.0), (2, 208.0), (4, 408.0), (9, 408.0)] {
            assert!((track.x(place, 416.0) - x).abs() < 1e-9, "{place}");
        }
        assert!((Track::default().x(0, 100.0) - MARGIN).abs() < 1e-9);
    }

    #[test]
    fn numbers_below_never_lie_on_each_other() {
        for n in [1, 2, 6, 21, 50, 101, 500, 3000] {
            let track = Track { epochs: (0..n).collect(), recorded: vec![] };
            for width in [150.0, 340.0, 1100.0] {
                let places = track.labelled(width);
                assert_eq!((places[0], places[places.len() - 1]), (0, n as usize - 1));
                let apart = places.windows(2).map(|pair| track.x(pair[1], width) - track.x(pair[0], width));
                assert!(
                    apart.fold(f64::MAX, f64::min) >= APART * 0.7 || n <= 2,
                    "{n} at {width}: {places:?}"
                );
            }
        }
    }

    #[test]
    fn losses_that_are_no_numbers_break_nothing() {
        let track = Track { epochs: vec![0, 1], recorded: vec![(f64::NAN, f64::NAN), (f64::INFINITY, 0.5)] };
        let theme = Theme::for_canvas(Mode::Dark, 2.0);
        let svg = track.compose(&theme, (600.0, 46.0)).to_svg(&theme, "");
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert!(track.knobs(1, Some(0), &theme, 600.0).to_svg(&theme, "").contains("<circle"));
    }
}
