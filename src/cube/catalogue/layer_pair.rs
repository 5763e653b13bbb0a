//! What a run holds of two layers' channels.

/// Two layers whose channel capacity is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayerPair {
    /// Rows of the matrix.
    pub a: usize,
    /// Columns of the matrix.
    pub b: usize,
}

impl LayerPair {
    /// `<ll>-<mm>`.
    pub fn name(self) -> String {
        format!("{:02}-{:02}", self.a, self.b)
    }

    /// The pair that a folder is named after.
    pub fn parse(name: &str) -> Option<Self> {
        let (a, b) = name.split_once('-')?;
        let pair = Self { a: a.parse().ok()?, b: b.parse().ok()? };
        (pair.name() == name).then_some(pair)
    }
}

/// What is stored of a pair of layers' channels, float32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairArray {
    /// `[T, C_a, C_b]`: I over the sampled pairs of images.
    Capacity,
    /// `[T, C_a, C_b]`: the same with one layer's images in another order.
    Null,
    /// `[T, 2, C_a, C_b]`: what the Miller–Madow correction takes off I, and off its null.
    Excess,
    /// `[T, 4, C_a, C_b]`: over all pairs of images: I, its null, what the correction takes off I, off its null.
    Exact,
}

impl PairArray {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Capacity, Self::Null, Self::Excess, Self::Exact];

    pub(super) const fn group(self) -> &'static str {
        match self {
            Self::Capacity => CAPACITY,
            Self::Null => "capacity_null",
            Self::Excess => "capacity_excess",
            Self::Exact => "capacity_exact",
        }
    }

    /// Matrices of a chunk, where there are several.
    pub(super) const fn matrices(self) -> Option<usize> {
        match self {
            Self::Capacity | Self::Null => None,
            Self::Excess => Some(2),
            Self::Exact => Some(4),
        }
    }
}

/// Group of the channel capacities; what else is stored of pairs of layers has names that begin so.
pub const CAPACITY: &str = "capacity";
