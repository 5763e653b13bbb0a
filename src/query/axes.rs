//! The axes of an answer: what each index stands for, and how values are laid out in memory.

use crate::measure::Measure;

/// One axis of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// `class`, `predicted`, `actual`, `image`, `layer`, `channel`, `channel_a`, `channel_b`, `epoch`,
    /// `row`, `column`, `value` (the values of one result).
    pub name: &'static str,
    /// The class, image, layer, channel, epoch number, row or column at each index of the axis.
    pub coordinates: Vec<usize>,
    /// The same in words: class and layer names, else the number.
    pub labels: Vec<String>,
}

impl Axis {
    /// An axis labelled by its numbers.
    pub(super) fn numbered(name: &'static str, coordinates: Vec<usize>) -> Self {
        let labels = coordinates.iter().map(usize::to_string).collect();
        Self { name, coordinates, labels }
    }

    /// Number of indices.
    pub fn len(&self) -> usize {
        self.coordinates.len()
    }

    /// Whether there is no index.
    pub fn is_empty(&self) -> bool {
        self.coordinates.is_empty()
    }
}

/// What is picked on an axis of the cube, and whether the answer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    pub axis: Axis,
    /// One index, not shown.
    pub fixed: bool,
}

impl Pick {
    pub fn shown(axis: Axis) -> Self {
        Self { axis, fixed: false }
    }

    /// The values of a result that a query of the measure gives: an axis where there are several.
    pub fn parts(measure: Measure) -> Self {
        let about = measure.about();
        let labels = about.parts.iter().take(about.shown).map(|&part| part.to_owned()).collect();
        let axis = Axis { name: "value", coordinates: (0..about.shown).collect(), labels };
        Self { axis, fixed: about.shown == 1 }
    }

    /// What is picked with its place along the axis.
    pub fn indexed(&self) -> impl Iterator<Item = (usize, usize)> {
        self.axis.coordinates.iter().copied().enumerate()
    }
}

/// Row-major layout of an answer over some axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout<const N: usize> {
    /// The axes that the answer shows.
    pub axes: Vec<Axis>,
    /// Distance in values between neighbours along each of the `N` axes; 0 along a fixed one.
    pub strides: [usize; N],
    /// Values in all, saturating.
    pub len: usize,
}

impl<const N: usize> Layout<N> {
    /// The first axis varies slowest.
    pub fn of(picks: [&Pick; N]) -> Self {
        let mut strides = [0; N];
        let mut len: usize = 1;
        for (stride, pick) in strides.iter_mut().zip(picks).rev() {
            if !pick.fixed {
                *stride = len;
                len = len.saturating_mul(pick.axis.len());
            }
        }
        let axes = picks.iter().filter(|pick| !pick.fixed).map(|pick| pick.axis.clone()).collect();
        Self { axes, strides, len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_axis_takes_no_room() {
        let long = Pick::shown(Axis::numbered("layer", vec![4, 5]));
        let fixed = Pick { axis: Axis::numbered("channel", vec![7]), fixed: true };
        let last = Pick::shown(Axis::numbered("epoch", vec![0, 1, 2]));
        let layout = Layout::of([&long, &fixed, &last]);
        assert_eq!((layout.strides, layout.len), ([3, 0, 1], 6));
        assert_eq!(layout.axes, [long.axis, last.axis]);
    }

    #[test]
    fn with_all_fixed_there_is_one_value() {
        let fixed = Pick { axis: Axis::numbered("epoch", vec![7]), fixed: true };
        assert_eq!(Layout::of([&fixed]), Layout { axes: vec![], strides: [0], len: 1 });
    }
}
