//! Two runs side by side: which, at which epochs, and whether their sliders move together.

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left, and what is taken away in a difference.
    A,
    /// Right, and what it is taken away from.
    B,
}

impl Side {
    /// The one beside it.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// `A` or `B`.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// What stands on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    runs: [Option<String>; 2],
    /// Index on T; `None` for the newest.
    epochs: [Option<usize>; 2],
    /// Whether both sliders show the same epoch, as far as both runs have it.
    pub is_linked: bool,
    /// Whether B − A is shown in place of both.
    pub is_difference: bool,
}

impl Default for Sides {
    fn default() -> Self {
        Self { runs: [None, None], epochs: [None; 2], is_linked: true, is_difference: false }
    }
}

impl Sides {
    /// The run that was put on a side.
    pub fn run(&self, side: Side) -> Option<&str> {
        self.runs[side as usize].as_deref()
    }

    /// Puts a run on a side, at its newest epoch.
    pub fn put(&mut self, side: Side, run: String) {
        self.runs[side as usize] = Some(run);
        self.epochs[side as usize] = None;
    }

    /// A run is no longer there.
    pub fn forget(&mut self, run: &str) {
        for place in self.runs.iter_mut().filter(|place| place.as_deref() == Some(run)) {
            *place = None;
        }
    }

    /// Index of the epoch on a side whose run has `recorded` epochs.
    pub fn epoch_index(&self, side: Side, recorded: usize) -> usize {
        let last = recorded.saturating_sub(1);
        self.epochs[side as usize].map_or(last, |index| index.min(last))
    }

    /// Moves a side to an epoch, and with it the other side, if they are linked, to the same epoch or the nearest
    /// that is recorded. `own` and `other` are both runs' recorded epoch numbers.
    pub fn pick_epoch(&mut self, side: Side, epoch_index: usize, own: &[u32], other: &[u32]) {
        let epoch_index = epoch_index.min(own.len().saturating_sub(1));
        self.epochs[side as usize] = Some(epoch_index);
        let Some(&epoch) = own.get(epoch_index).filter(|_| self.is_linked) else { return };
        let nearest = (0..other.len()).min_by_key(|&index| other[index].abs_diff(epoch));
        self.epochs[side.other() as usize] = nearest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_follows_by_epoch_number_not_by_index() {
        let mut sides = Sides::default();
        sides.pick_epoch(Side::A, 4, &[0, 1, 2, 3, 4, 5], &[0, 2, 4, 8]);
        assert_eq!((sides.epoch_index(Side::A, 6), sides.epoch_index(Side::B, 4)), (4, 2));
        sides.pick_epoch(Side::B, 3, &[0, 2, 4, 8], &[0, 1, 2, 3, 4, 5]);
        assert_eq!(sides.epoch_index(Side::A, 6), 5, "the nearest that is recorded");
    }

    #[test]
    fn a_side_follows_its_newest_epoch_until_it_is_moved() {
        let mut sides = Sides::default();
        assert_eq!((sides.epoch_index(Side::A, 3), sides.epoch_index(Side::A, 4)), (2, 3));
        sides.pick_epoch(Side::A, 1, &[0, 1, 2], &[]);
        assert_eq!(sides.epoch_index(Side::A, 4), 1);
        sides.put(Side::A, "b".to_owned());
        assert_eq!(sides.epoch_index(Side::A, 4), 3);
        sides.forget("b");
        assert_eq!(sides.run(Side::A), None);
    }
}
