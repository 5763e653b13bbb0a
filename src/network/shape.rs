//! Shapes, names and sizes of a network's layers, worked out before anything is built.
//!
//! A convolution pads "same" (output side = ⌈side / stride⌉); a pool takes whole blocks only
//! (output side = ⌊side / size⌋), as PyTorch does. A dense layer is one channel of `units` values.

use super::{LayerSpec, NetworkSpec};
use crate::dataset::ImageShape;

/// Most values of one layer for one image, and most parameters of one layer: beyond this no
/// browser could hold it, and counting could overflow.
const MAX_VALUES: u64 = 1 << 26;

/// Most layers, the class probabilities included: they have two digits in a run file.
pub const MAX_LAYERS: usize = 99;
/// Most channels of a layer, so that two layers' channel capacities stay below 2^24 values.
pub const MAX_CHANNELS: usize = 4096;

/// Why a network is impossible; `layer` is its index, 1 first.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// The input image has no pixel.
    #[error("The input has a side or channel count of zero.")]
    EmptyInput,
    /// Zero channels, units, classes, stride or pool size.
    #[error("Layer {layer}: {quantity} must be at least 1.")]
    Zero {
        /// Layer index.
        layer: usize,
        /// `channels`, `units`, …
        quantity: &'static str,
    },
    /// "Same" padding needs a middle pixel.
    #[error("Layer {layer}: the kernel must be odd to keep the map's size, it is {kernel}.")]
    EvenKernel {
        /// Layer index.
        layer: usize,
        /// Side of the kernel.
        kernel: usize,
    },
    /// A kernel larger than the map.
    #[error("Layer {layer}: a {kernel}×{kernel} kernel does not fit {height}×{width} maps.")]
    KernelTooLarge {
        /// Layer index.
        layer: usize,
        /// Side of the kernel.
        kernel: usize,
        /// Rows of the map.
        height: usize,
        /// Columns of the map.
        width: usize,
    },
    /// No whole block fits.
    #[error("Layer {layer}: a {size}×{size} pool does not fit {height}×{width} maps.")]
    PoolTooLarge {
        /// Layer index.
        layer: usize,
        /// Side of the block.
        size: usize,
        /// Rows of the map.
        height: usize,
        /// Columns of the map.
        width: usize,
    },
    /// A skip connection from before the input.
    #[error("Layer {layer}: a skip over {skip} layers begins before the input.")]
    SkipTooLong {
        /// Layer index.
        layer: usize,
        /// Layers skipped.
        skip: usize,
    },
    /// A skip connection between maps that cannot be added.
    #[error(
        "Layer {layer}: the skip adds {from} to {to}; both need the same height and width, \
         and the first no more channels than the second."
    )]
    SkipMismatch {
        /// Layer index.
        layer: usize,
        /// `channels×height×width` where the skip begins.
        from: String,
        /// The same where it ends.
        to: String,
    },
    /// A dropout outside [0, 1).
    #[error("Layer {layer}: dropout must be at least 0 and below 1, it is {dropout}.")]
    BadDropout {
        /// Layer index.
        layer: usize,
        /// As given.
        dropout: f64,
    },
    /// A convolution or pool where no map is left.
    #[error("Layer {layer}: a {kind} needs feature maps, but a dense layer came before it.")]
    NoMapLeft {
        /// Layer index.
        layer: usize,
        /// `conv`, `max_pool` or `avg_pool`.
        kind: &'static str,
    },
    /// Something after the class probabilities.
    #[error("Layer {layer} comes after the output layer, which must be the last.")]
    AfterOutput {
        /// Layer index.
        layer: usize,
    },
    /// No class probabilities at the end.
    #[error("The last layer must be an output layer that gives the class probabilities.")]
    NoOutput,
    /// Fewer than two classes.
    #[error("The output layer needs at least 2 classes, it has {classes}.")]
    TooFewClasses {
        /// As given.
        classes: usize,
    },
    /// More than [`MAX_CHANNELS`].
    #[error("Layer {layer}: there can be at most {MAX_CHANNELS} channels, it has {channels}.")]
    TooManyChannels {
        /// Layer index.
        layer: usize,
        /// As given.
        channels: usize,
    },
    /// More than [`MAX_LAYERS`].
    #[error(
        "There can be at most {MAX_LAYERS} layers, the class probabilities included; there are {layers}."
    )]
    TooManyLayers {
        /// As given.
        layers: usize,
    },
    /// A layer beyond [`MAX_VALUES`].
    #[error("Layer {layer} would have more than {MAX_VALUES} values or weights.")]
    TooLarge {
        /// Layer index.
        layer: usize,
    },
}

impl NetworkError {
    /// The layer it is about, 1 first; `None` when it is about the whole.
    pub const fn layer(&self) -> Option<usize> {
        match *self {
            Self::Zero { layer, .. }
            | Self::EvenKernel { layer, .. }
            | Self::KernelTooLarge { layer, .. }
            | Self::PoolTooLarge { layer, .. }
            | Self::SkipTooLong { layer, .. }
            | Self::SkipMismatch { layer, .. }
            | Self::BadDropout { layer, .. }
            | Self::NoMapLeft { layer, .. }
            | Self::AfterOutput { layer }
            | Self::TooManyChannels { layer, .. }
            | Self::TooLarge { layer } => Some(layer),
            Self::EmptyInput | Self::NoOutput | Self::TooFewClasses { .. } | Self::TooManyLayers { .. } => {
                None
            }
        }
    }
}

/// What is known of a layer before any weight exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// 1 … |L|.
    pub index: usize,
    /// `conv1`, `pool1`, `dense1`, `probabilities`: counted per kind.
    pub name: String,
    /// `conv`, `max_pool`, `avg_pool`, `dense` or `output`.
    pub kind: &'static str,
    /// Of one image's output.
    pub shape: ImageShape,
    /// Weights that are learnt, biases included.
    pub parameters: u64,
}

impl LayerSpec {
    /// `conv`, `max_pool`, `avg_pool`, `dense` or `output`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Conv { .. } => "conv",
            Self::MaxPool { .. } => "max_pool",
            Self::AvgPool { .. } => "avg_pool",
            Self::Dense { .. } => "dense",
            Self::Output { .. } => "output",
        }
    }

    /// Shape of the output for an input of shape `input`.
    fn output(&self, layer: usize, input: ImageShape) -> Result<ImageShape, NetworkError> {
        match *self {
            Self::Conv { channels, kernel, stride, .. } => {
                at_least_one(layer, "the number of channels", channels)?;
                at_least_one(layer, "the stride", stride)?;
                check_kernel(layer, kernel, input)?;
                let (height, width) = (input.height.div_ceil(stride), input.width.div_ceil(stride));
                Ok(ImageShape { channels, height, width })
            }
            Self::MaxPool { size, .. } | Self::AvgPool { size, .. } => {
                at_least_one(layer, "the pool size", size)?;
                let ImageShape { channels, height, width } = input;
                if size > height || size > width {
                    return Err(NetworkError::PoolTooLarge { layer, size, height, width });
                }
                Ok(ImageShape { channels, height: height / size, width: width / size })
            }
            Self::Dense { units, .. } => {
                at_least_one(layer, "the number of units", units)?;
                Ok(ImageShape { channels: 1, height: 1, width: units })
            }
            Self::Output { classes } if classes < 2 => Err(NetworkError::TooFewClasses { classes }),
            Self::Output { classes } => Ok(ImageShape { channels: 1, height: 1, width: classes }),
        }
    }

    /// Learnt weights for an input of shape `input`. A convolution with batch norm has no bias of its
    /// own (the norm's shift replaces it) but a scale and a shift per channel.
    fn parameters(&self, input: ImageShape) -> u64 {
        let product =
            |factors: [usize; 3]| factors.into_iter().fold(1, |p: u64, f| p.saturating_mul(f as u64));
        match *self {
            Self::Conv { channels, kernel, norm, .. } => {
                let weights = product([channels, input.channels, kernel]).saturating_mul(kernel as u64);
                weights.saturating_add(product([channels, 1 + usize::from(norm), 1]))
            }
            Self::MaxPool { .. } | Self::AvgPool { .. } => 0,
            Self::Dense { units: outputs, .. } | Self::Output { classes: outputs } => {
                product([outputs, input.len(), 1]).saturating_add(outputs as u64)
            }
        }
    }
}

impl NetworkSpec {
    /// Layers 1 … |L| with names, shapes and parameter counts.
    ///
    /// # Errors
    /// When the network is impossible; the error names the layer and the reason.
    pub fn summaries(&self) -> Result<Vec<LayerSummary>, NetworkError> {
        match self.inspect() {
            (summaries, None) => Ok(summaries),
            (_, Some(error)) => Err(error),
        }
    }

    /// What is known of the layers before the first one that is impossible, and why that is: for whoever
    /// shows a network as it is put together.
    pub fn inspect(&self) -> (Vec<LayerSummary>, Option<NetworkError>) {
        let mut summaries = Vec::new();
        let problem = self.summarise_all(&mut summaries).err();
        (summaries, problem)
    }

    fn summarise_all(&self, summaries: &mut Vec<LayerSummary>) -> Result<(), NetworkError> {
        if self.input.is_empty() {
            return Err(NetworkError::EmptyInput);
        }
        if self.layers.len() > MAX_LAYERS {
            return Err(NetworkError::TooManyLayers { layers: self.layers.len() });
        }
        for (position, spec) in self.layers.iter().enumerate() {
            let summary = self.summarise(position + 1, spec, summaries)?;
            summaries.push(summary);
        }
        match summaries.last() {
            Some(last) if last.kind == "output" => Ok(()),
            _ => Err(NetworkError::NoOutput),
        }
    }

    fn summarise(
        &self,
        layer: usize,
        spec: &LayerSpec,
        before: &[LayerSummary],
    ) -> Result<LayerSummary, NetworkError> {
        let kind = spec.kind();
        match before.last().map(|previous| previous.kind) {
            Some("output") => return Err(NetworkError::AfterOutput { layer }),
            Some("dense") if matches!(kind, "conv" | "max_pool" | "avg_pool") => {
                return Err(NetworkError::NoMapLeft { layer, kind });
            }
            _ => {}
        }
        let input = before.last().map_or(self.input, |previous| previous.shape);
        if !(0.0..1.0).contains(&spec.dropout()) {
            return Err(NetworkError::BadDropout { layer, dropout: spec.dropout() });
        }
        let shape = spec.output(layer, input)?;
        if shape.channels > MAX_CHANNELS {
            return Err(NetworkError::TooManyChannels { layer, channels: shape.channels });
        }
        self.check_skip(layer, spec.skip(), shape, before)?;
        let parameters = spec.parameters(input);
        if parameters > MAX_VALUES || values(shape) > MAX_VALUES {
            return Err(NetworkError::TooLarge { layer });
        }
        let number = before.iter().filter(|other| stem(other.kind) == stem(kind)).count() + 1;
        Ok(LayerSummary { index: layer, name: name(kind, number), kind, shape, parameters })
    }

    /// That the maps `skip` layers back can be added to those of `layer`, of shape `shape`.
    fn check_skip(
        &self,
        layer: usize,
        skip: usize,
        shape: ImageShape,
        before: &[LayerSummary],
    ) -> Result<(), NetworkError> {
        if skip == 0 {
            return Ok(());
        }
        let from = layer.checked_sub(skip).ok_or(NetworkError::SkipTooLong { layer, skip })?;
        let from = from.checked_sub(1).map_or(self.input, |position| before[position].shape);
        if (from.height, from.width) == (shape.height, shape.width) && from.channels <= shape.channels {
            return Ok(());
        }
        let [from, to] = [from, shape].map(|s| format!("{}×{}×{}", s.channels, s.height, s.width));
        Err(NetworkError::SkipMismatch { layer, from, to })
    }

    /// Output shapes of layers 1 … |L|.
    ///
    /// # Errors
    /// When the network is impossible; the error names the layer and the reason.
    pub fn shapes(&self) -> Result<Vec<ImageShape>, NetworkError> {
        Ok(self.summaries()?.into_iter().map(|layer| layer.shape).collect())
    }

    /// Weights that are learnt, all layers together.
    ///
    /// # Errors
    /// When the network is impossible; the error names the layer and the reason.
    pub fn parameters(&self) -> Result<u64, NetworkError> {
        Ok(self.summaries()?.iter().map(|layer| layer.parameters).sum())
    }
}

fn name(kind: &'static str, number: usize) -> String {
    match kind {
        "output" => "probabilities".into(),
        _ => format!("{}{number}", stem(kind)),
    }
}

/// What layers of this kind are called, before their number.
fn stem(kind: &'static str) -> &'static str {
    if matches!(kind, "max_pool" | "avg_pool") { "pool" } else { kind }
}

fn values(shape: ImageShape) -> u64 {
    (shape.channels as u64).saturating_mul(shape.height as u64).saturating_mul(shape.width as u64)
}

fn at_least_one(layer: usize, quantity: &'static str, value: usize) -> Result<(), NetworkError> {
    if value == 0 { Err(NetworkError::Zero { layer, quantity }) } else { Ok(()) }
}

fn check_kernel(layer: usize, kernel: usize, map: ImageShape) -> Result<(), NetworkError> {
    let ImageShape { height, width, .. } = map;
    if kernel.is_multiple_of(2) {
        return Err(NetworkError::EvenKernel { layer, kernel });
    }
    if kernel > height.min(width) {
        return Err(NetworkError::KernelTooLarge { layer, kernel, height, width });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
