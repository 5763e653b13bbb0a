//! The measures of the query language as the query view offers them.

/// What is asked of the slices, or that the slice itself is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// `H(slice)`
    InterSample,
    /// `h(slice)`
    IntraSample,
    /// `I(a; b)`
    Capacity,
    /// `H(a | b)`
    Conditional,
    /// `I(a; b)` of whole layers, `*` on C
    LayerInformation,
    /// `H(a | b)` of whole layers, `*` on C
    LayerConditional,
    /// `dCNN(…)`: the cells.
    Cells,
    /// `H(label|y=i)@T`
    LabelGivenPredicted,
    /// `H(y|label=i)@T`
    PredictedGivenLabel,
    /// `accuracy(T)`
    Accuracy,
    /// `loss(T)`
    Loss,
    /// `confusion(T)`
    Confusion,
}

impl Measure {
    /// In the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::InterSample,
        Self::IntraSample,
        Self::Capacity,
        Self::Conditional,
        Self::LayerInformation,
        Self::LayerConditional,
        Self::Cells,
        Self::LabelGivenPredicted,
        Self::PredictedGivenLabel,
        Self::Accuracy,
        Self::Loss,
        Self::Confusion,
    ];

    /// In the notation, short; also its name in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::InterSample => "H(a)",
            Self::IntraSample => "h(a)",
            Self::Capacity => "I(a; b)",
            Self::Conditional => "H(a | b)",
            Self::LayerInformation => "I(layer; layer)",
            Self::LayerConditional => "H(layer | layer)",
            Self::Cells => "dCNN",
            Self::LabelGivenPredicted => "H(label|y)",
            Self::PredictedGivenLabel => "H(y|label)",
            Self::Accuracy => "accuracy",
            Self::Loss => "loss",
            Self::Confusion => "confusion",
        }
    }

    /// The measure called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::InterSample => "inter-sample entropy of a layer",
            Self::IntraSample => "intra-sample entropy of channels",
            Self::Capacity => "channel capacity of two layers",
            Self::Conditional => "conditional entropy of two layers",
            Self::LayerInformation => "mutual information of two whole layers",
            Self::LayerConditional => "what one whole layer leaves open about another",
            Self::Cells => "the cells themselves",
            Self::LabelGivenPredicted => "what a prediction leaves open",
            Self::PredictedGivenLabel => "how a class's predictions scatter",
            Self::Accuracy => "share of the test set predicted right",
            Self::Loss => "cross-entropy on the test set",
            Self::Confusion => "confusion matrix on the test set",
        }
    }

    /// Whether it is of a slice of the cube, and not of the confusion matrix or the losses.
    pub fn has_slice(self) -> bool {
        self.has_two_slices() || matches!(self, Self::InterSample | Self::IntraSample | Self::Cells)
    }

    /// Whether it compares two layers: their channels, or the layers as wholes.
    pub fn has_two_slices(self) -> bool {
        self.is_of_whole_layers() || matches!(self, Self::Capacity | Self::Conditional)
    }

    /// Whether it compares layers as wholes: no channel is picked.
    pub fn is_of_whole_layers(self) -> bool {
        matches!(self, Self::LayerInformation | Self::LayerConditional)
    }

    /// Whether classes are picked for it without a slice.
    pub fn has_classes(self) -> bool {
        matches!(self, Self::LabelGivenPredicted | Self::PredictedGivenLabel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_called_by_their_names() {
        for measure in Measure::ALL {
            assert_eq!(Measure::from_name(measure.name()), Some(measure));
        }
        assert_eq!(Measure::from_name("entropy"), None);
    }
}
