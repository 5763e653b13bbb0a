//! What is to be said of each measure.

use super::about::{About, Form, Needs, Pass, Unit};
use super::measures::Measure;
use super::settings::Setting;

const LAYER_PARTS: [&str; 4] = ["I(a; b)", "H(a | b)", "H(b | a)", "I by chance"];

/// Fewer images say nothing about a dimension.
const LEAST_FOR_DIMENSION: usize = 31;

/// What most measures are: of a layer, over pairs of images, one number of bits.
const COMMON: About = About {
    measure: Measure::InterSample,
    name: "",
    function: "",
    between: "",
    array: "",
    words: "",
    gloss: "",
    form: Form::Layer,
    unit: Unit::Bit,
    needs: Needs::Pairs,
    parts: &["value"],
    shown: 1,
    least_images: 2,
    settings: &[],
    has_classes_apart: false,
    pass: None,
};

/// What follows from the predictions on the test set.
const PREDICTED: About = About { form: Form::Class, needs: Needs::Predictions, least_images: 0, ..COMMON };

/// In the order of [`Measure`].
static LIST: [About; 19] = [
    About {
        measure: Measure::InterSample,
        name: "H(a)",
        function: "H",
        words: "inter-sample entropy of a layer",
        gloss: "How evenly the images are spread: high where all are equally far apart, low where they form clusters.",
        settings: &[Setting::K, Setting::Rho],
        has_classes_apart: true,
        pass: Some(Pass::Layer),
        ..COMMON
    },
    About {
        measure: Measure::IntraSample,
        name: "h(a)",
        function: "h",
        words: "intra-sample entropy of channels",
        gloss: "How varied the values within one feature map are, on the average of the images.",
        form: Form::Channel,
        needs: Needs::Cells,
        least_images: 1,
        settings: &[Setting::Bins, Setting::Range],
        has_classes_apart: true,
        pass: Some(Pass::Layer),
        ..COMMON
    },
    About {
        measure: Measure::ChannelState,
        name: "state(a)",
        function: "state",
        words: "state of channels",
        gloss: "Whether a channel is alive (0), the same for every image (1), or zero throughout (2).",
        form: Form::Channel,
        unit: Unit::Number,
        needs: Needs::Cells,
        least_images: 1,
        pass: Some(Pass::Layer),
        ..COMMON
    },
    About {
        measure: Measure::Capacity,
        name: "I(a; b)",
        function: "I",
        between: "; ",
        words: "channel capacity of two layers",
        gloss: "What the distances between images in one channel tell about those in another: their mutual information.",
        form: Form::ChannelPair,
        settings: &[Setting::Bins, Setting::Pairs],
        ..COMMON
    },
    About {
        measure: Measure::Conditional,
        name: "H(a | b)",
        function: "H",
        between: " | ",
        words: "conditional entropy of two layers",
        gloss: "What is left open about the distances in one channel when those in another are known.",
        form: Form::ChannelPair,
        settings: &[Setting::Bins, Setting::Pairs],
        ..COMMON
    },
    About {
        measure: Measure::LayerInformation,
        name: "I(layer; layer)",
        function: "I",
        between: "; ",
        array: "layer_information",
        words: "mutual information of two whole layers",
        gloss: "What the distances between images in one layer tell about those in another.",
        form: Form::LayerPair,
        parts: &LAYER_PARTS,
        settings: &[Setting::Bins],
        ..COMMON
    },
    About {
        measure: Measure::LayerConditional,
        name: "H(layer | layer)",
        function: "H",
        between: " | ",
        words: "what one whole layer leaves open about another",
        gloss: "What is left open about the distances between images in one layer when those in another are known.",
        form: Form::LayerPair,
        settings: &[Setting::Bins],
        ..COMMON
    },
    About {
        measure: Measure::Readable,
        name: "readable",
        function: "readable",
        array: "readable",
        words: "readable about the label",
        gloss: "What the five nearest images in a layer tell about an image's class: how easy its class is to read there, a lower bound of what the layer holds.",
        parts: &["I(label; guess)", "H(label)", "I by chance", "deviation of chance", "share guessed right"],
        shown: 3,
        pass: Some(Pass::Outputs),
        ..COMMON
    },
    About {
        measure: Measure::Spread,
        name: "spread",
        function: "spread",
        words: "spread of the images",
        gloss: "The inter-sample entropy less log2 N: two to this power is how many near neighbours an image has.",
        settings: &[Setting::K, Setting::Rho],
        ..COMMON
    },
    About {
        measure: Measure::SameClass,
        name: "same class",
        function: "sameclass",
        array: "same_class",
        words: "same-class information",
        gloss: "What the distance between two images in a layer tells about whether they are of one class.",
        parts: &["I(distance; same class)", "H(same class)", "I by chance", "H(distance)"],
        shown: 3,
        settings: &[Setting::Bins],
        pass: Some(Pass::Outputs),
        ..COMMON
    },
    About {
        measure: Measure::Dimension,
        name: "dimension",
        function: "dimension",
        array: "dimension",
        words: "intrinsic dimension (TwoNN)",
        gloss: "In how many directions the images vary around each other in a layer.",
        unit: Unit::Number,
        least_images: LEAST_FOR_DIMENSION,
        pass: Some(Pass::Outputs),
        ..COMMON
    },
    About {
        measure: Measure::Collapse,
        name: "collapse",
        function: "collapse",
        array: "neural_collapse",
        words: "neural collapse",
        gloss: "How far the images of each class have drawn together around their mean, and the means apart evenly: all near 0, and accuracy 1, when collapsed.",
        unit: Unit::Number,
        parts: &["within / between", "norms", "angles", "accuracy"],
        shown: 4,
        pass: Some(Pass::Outputs),
        ..COMMON
    },
    About {
        measure: Measure::Cka,
        name: "CKA(a; b)",
        function: "CKA",
        between: "; ",
        array: "cka",
        words: "similarity of two whole layers (CKA)",
        gloss: "How alike two layers see the images, whatever their sizes: 1 for layers equal up to rotation and scale, about 0 for unrelated ones.",
        form: Form::LayerPair,
        unit: Unit::Number,
        least_images: 4,
        ..COMMON
    },
    About {
        measure: Measure::LabelGivenPredicted,
        name: "H(label|y)",
        function: "H(label|y",
        words: "what a prediction leaves open",
        gloss: "The doubt about an image's class that is left when the network's answer is known.",
        ..PREDICTED
    },
    About {
        measure: Measure::PredictedGivenLabel,
        name: "H(y|label)",
        function: "H(y|label",
        words: "how a class's predictions scatter",
        gloss: "How many different answers the network gives to images of one class.",
        ..PREDICTED
    },
    About {
        measure: Measure::Accuracy,
        name: "accuracy",
        function: "accuracy",
        words: "share of the test set predicted right",
        gloss: "The share of test images whose class the network gets right.",
        form: Form::Epoch,
        unit: Unit::Share,
        ..PREDICTED
    },
    About {
        measure: Measure::Loss,
        name: "loss",
        function: "loss",
        words: "cross-entropy on the test set",
        gloss: "How surprised the network is by the right answer.",
        form: Form::Epoch,
        unit: Unit::Nat,
        ..PREDICTED
    },
    About {
        measure: Measure::Confusion,
        name: "confusion",
        function: "confusion",
        words: "confusion matrix on the test set",
        gloss: "How many test images of each class were taken for each class.",
        form: Form::Confusion,
        unit: Unit::Count,
        ..PREDICTED
    },
    About {
        measure: Measure::LabelChannel,
        name: "label channel",
        function: "labelchannel",
        words: "the confusion matrix as a channel",
        gloss: "What the answer tells about the label as the test set is, and the most it could tell of any mix of classes: Shannon's capacity.",
        form: Form::Epoch,
        parts: &["H(label)", "H(y)", "I(label; y)", "H(label|y)", "H(y|label)", "capacity"],
        shown: 6,
        ..PREDICTED
    },
];

impl Measure {
    /// All of them, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        LIST.iter().map(|about| about.measure)
    }

    /// What the list says of it.
    pub fn about(self) -> &'static About {
        &LIST[self as usize]
    }

    /// The measure called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|measure| measure.about().name == name)
    }

    /// The measure of single channels that comes nearest to one of whole layers.
    #[must_use]
    pub fn of_channels(self) -> Self {
        match self.about().form {
            Form::Layer => Self::IntraSample,
            Form::LayerPair if self == Self::LayerConditional => Self::Conditional,
            Form::LayerPair => Self::Capacity,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_stands_in_its_place() {
        for (place, about) in LIST.iter().enumerate() {
            assert_eq!(about.measure as usize, place, "{}", about.name);
            assert_eq!(about.measure.about(), about);
        }
    }

    #[test]
    fn measures_are_called_by_their_names() {
        for measure in Measure::all() {
            assert_eq!(Measure::from_name(measure.about().name), Some(measure));
        }
        assert_eq!(Measure::from_name("entropy"), None);
    }

    #[test]
    fn every_measure_says_what_it_is() {
        for About { name, words, gloss, parts, shown, .. } in &LIST {
            assert!(!name.is_empty() && !words.is_empty() && gloss.ends_with('.'), "{name}");
            assert!(*shown >= 1 && *shown <= parts.len(), "{name}");
        }
    }
}
