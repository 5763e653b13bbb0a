//! The measures by name; [`super::About`] says what each is.

use serde::{Deserialize, Serialize};

/// Everything that can be asked of a run but the cells themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// H of a layer's outputs (paper 4.4.1), `[K+1]`: per class, last = all images.
    InterSample,
    /// h of each channel (paper 4.4.2), `[C, K+1]`: per class, last = all images.
    IntraSample,
    /// Whether each channel is alive, constant or dead, `[C]` codes.
    ChannelState,
    /// I of all channels of two layers (paper Eq. 3), `[C_a, C_b]`.
    Capacity,
    /// H(a|b) of all channels of two layers, `[C_a, C_b]`.
    Conditional,
    /// I of two whole layers (paper 4.3), with what each leaves open and I by chance, `[4]`.
    LayerInformation,
    /// H(a|b) of two whole layers.
    LayerConditional,
    /// What a simple reader can tell about the label, `[5]`.
    Readable,
    /// H − log2 N of the inter-sample entropy.
    Spread,
    /// What the distance of two images tells about whether they are of one class, `[4]`.
    SameClass,
    /// Intrinsic dimension by the two nearest neighbours (Facco et al. 2017).
    Dimension,
    /// Neural collapse, `[4]`.
    Collapse,
    /// Linear CKA of two whole layers.
    Cka,
    /// H(label|y=j) of the confusion matrix (paper 5.2), `[K]`.
    LabelGivenPredicted,
    /// H(y|label=i) of the confusion matrix (paper 5.2), `[K]`.
    PredictedGivenLabel,
    /// Share of the test set predicted right.
    Accuracy,
    /// Cross-entropy on the test set.
    Loss,
    /// Counts on the test set, `[K, K]`, rows actual.
    Confusion,
    /// The confusion matrix as Shannon's channel, `[6]`.
    LabelChannel,
}
