//! What is picked on one axis: all, an index, a range or a set, as written and not yet checked.

use crate::ordering::sort_by;
use std::fmt;

/// `first..last`, both included; `first ≤ last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndexRange {
    first: u32,
    last: u32,
}

impl IndexRange {
    /// `None` when `last` lies before `first`.
    pub fn new(first: u32, last: u32) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The smallest index in it.
    pub fn first(self) -> u32 {
        self.first
    }

    /// The greatest index in it.
    pub fn last(self) -> u32 {
        self.last
    }
}

/// A set of at least one index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndexSet(Vec<u32>);

impl IndexSet {
    /// `None` when there is no index; order and repetition mean nothing in a set.
    pub fn new(indices: impl IntoIterator<Item = u32>) -> Option<Self> {
        let mut indices: Vec<u32> = indices.into_iter().collect();
        sort_by(&mut indices, Ord::cmp);
        indices.dedup();
        (!indices.is_empty()).then_some(Self(indices))
    }

    /// Ascending, each once.
    pub fn indices(&self) -> &[u32] {
        &self.0
    }
}

/// What is picked on an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Selector {
    /// `-`
    All,
    /// `3`: the only selector that fixes the axis.
    Index(u32),
    /// `1..4`
    Range(IndexRange),
    /// `{1,3,8}`
    Set(IndexSet),
}

impl Selector {
    /// Whether it names one index, so that the answer has no such axis.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Index(_))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("-"),
            Self::Index(index) => write!(f, "{index}"),
            Self::Range(range) => write!(f, "{}..{}", range.first, range.last),
            Self::Set(set) => {
                let indices: Vec<String> = set.0.iter().map(u32::to_string).collect();
                write!(f, "{{{}}}", indices.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_no_order_and_no_repetition() {
        assert_eq!(IndexSet::new([8, 1, 3, 1]), IndexSet::new([1, 3, 8]));
        assert_eq!(IndexSet::new([]), None);
    }

    #[test]
    fn a_range_does_not_run_backwards() {
        assert_eq!(IndexRange::new(4, 3), None);
        assert!(IndexRange::new(4, 4).is_some());
    }

    #[test]
    fn only_an_index_fixes_an_axis() {
        let one = Selector::Set(IndexSet::new([3]).unwrap());
        assert!(Selector::Index(3).is_fixed() && !one.is_fixed() && !Selector::All.is_fixed());
    }
}
