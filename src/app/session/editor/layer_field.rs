//! What of a layer can be changed, and as which text.

use crate::network::notation::{activation, share, word};
use crate::network::{Activation, LayerSpec};

/// The largest count that a field takes; shapes draw narrower bounds.
const MOST: usize = 65_536;

/// Which layer stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// Convolution.
    Conv,
    /// Max-pooling.
    MaxPool,
    /// Average pooling.
    AvgPool,
    /// Fully connected layer.
    Dense,
}

impl LayerKind {
    /// All kinds in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Conv, Self::MaxPool, Self::AvgPool, Self::Dense];

    /// Of a hidden layer; class probabilities are no row of their own.
    pub const fn of(layer: &LayerSpec) -> Self {
        match layer {
            LayerSpec::Conv { .. } => Self::Conv,
            LayerSpec::MaxPool { .. } => Self::MaxPool,
            LayerSpec::AvgPool { .. } => Self::AvgPool,
            LayerSpec::Dense { .. } | LayerSpec::Output { .. } => Self::Dense,
        }
    }

    /// As the notation writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conv => "conv",
            Self::MaxPool => "maxpool",
            Self::AvgPool => "avgpool",
            Self::Dense => "dense",
        }
    }

    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Conv => "Convolution",
            Self::MaxPool => "Max pool",
            Self::AvgPool => "Average pool",
            Self::Dense => "Dense",
        }
    }

    /// The kind called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// A layer of this kind as people use it most.
    pub const fn usual(self) -> LayerSpec {
        let activation = Activation::Relu;
        match self {
            Self::Conv => {
                LayerSpec::Conv { channels: 16, kernel: 3, stride: 1, norm: false, activation, skip: 0 }
            }
            Self::MaxPool => LayerSpec::MaxPool { size: 2, dropout: 0.0 },
            Self::AvgPool => LayerSpec::AvgPool { size: 2, dropout: 0.0 },
            Self::Dense => LayerSpec::Dense { units: 64, activation, dropout: 0.0 },
        }
    }

    /// What can be changed of such a layer.
    pub const fn fields(self) -> &'static [LayerField] {
        use LayerField::{Activation, Channels, Dropout, Kernel, Norm, Size, Skip, Stride, Units};
        match self {
            Self::Conv => &[Channels, Kernel, Stride, Activation, Norm, Skip],
            Self::MaxPool | Self::AvgPool => &[Size, Dropout],
            Self::Dense => &[Units, Activation, Dropout],
        }
    }

    /// `layer` as one of this kind: what both kinds have stays.
    pub fn from_layer(self, layer: &LayerSpec) -> LayerSpec {
        let mut changed = self.usual();
        for field in self.fields() {
            if LayerKind::of(layer).fields().contains(field) {
                // A value of the same field is always valid.
                let _ = field.set(&mut changed, &field.text(layer));
            }
        }
        changed
    }
}

/// A property of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerField {
    /// Channels of a convolution.
    Channels,
    /// Side of its kernel.
    Kernel,
    /// Its stride.
    Stride,
    /// Whether it has a batch norm: `on` or `off`.
    Norm,
    /// Which non-linearity.
    Activation,
    /// How many layers back its skip connection begins, 0 for none.
    Skip,
    /// Side of a pool's block.
    Size,
    /// Units of a dense layer.
    Units,
    /// Share that training drops.
    Dropout,
}

impl LayerField {
    /// Shown beside it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Channels => "Channels",
            Self::Kernel => "Kernel",
            Self::Stride => "Stride",
            Self::Norm => "Batch norm",
            Self::Activation => "Activation",
            Self::Skip => "Skip from",
            Self::Size => "Size",
            Self::Units => "Units",
            Self::Dropout => "Dropout",
        }
    }

    /// The values to choose from with their labels; nothing for a field that is typed into.
    pub const fn choices(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Norm => &[("off", "off"), ("on", "on")],
            Self::Activation => {
                &[("relu", "ReLU"), ("leaky", "leaky ReLU"), ("tanh", "tanh"), ("gelu", "GELU")]
            }
            _ => &[],
        }
    }

    /// What can be typed, in words.
    pub const fn allowed(self) -> &'static str {
        match self {
            Self::Channels | Self::Units => "a whole number from 1 to 65536",
            Self::Kernel => "an odd whole number: 1, 3, 5, …",
            Self::Stride | Self::Size => "a whole number from 1 on",
            Self::Skip => "layers back that the added maps come from, 0 for no skip",
            Self::Dropout => "a share from 0 to below 1",
            Self::Norm => "on or off",
            Self::Activation => "relu, leaky, tanh or gelu",
        }
    }

    /// Its value in a layer that has it.
    pub fn text(self, layer: &LayerSpec) -> String {
        match (self, *layer) {
            (Self::Channels, LayerSpec::Conv { channels: number, .. })
            | (Self::Kernel, LayerSpec::Conv { kernel: number, .. })
            | (Self::Stride, LayerSpec::Conv { stride: number, .. })
            | (Self::Skip, LayerSpec::Conv { skip: number, .. })
            | (
                Self::Size,
                LayerSpec::MaxPool { size: number, .. } | LayerSpec::AvgPool { size: number, .. },
            )
            | (Self::Units, LayerSpec::Dense { units: number, .. }) => number.to_string(),
            (Self::Norm, LayerSpec::Conv { norm, .. }) => if norm { "on" } else { "off" }.to_owned(),
            (Self::Activation, LayerSpec::Conv { activation, .. } | LayerSpec::Dense { activation, .. }) => {
                word(activation).to_owned()
            }
            (Self::Dropout, _) => layer.dropout().to_string(),
            _ => String::new(),
        }
    }

    /// Puts a value into a layer; `None` when the value is not possible or the layer has no such field, and
    /// the layer is as it was.
    pub fn set(self, layer: &mut LayerSpec, text: &str) -> Option<()> {
        let text = text.trim();
        match (self, layer) {
            (Self::Channels, LayerSpec::Conv { channels: place, .. })
            | (Self::Stride, LayerSpec::Conv { stride: place, .. })
            | (Self::Size, LayerSpec::MaxPool { size: place, .. } | LayerSpec::AvgPool { size: place, .. })
            | (Self::Units, LayerSpec::Dense { units: place, .. }) => *place = whole(text, 1)?,
            (Self::Kernel, LayerSpec::Conv { kernel, .. }) => {
                *kernel = whole(text, 1).filter(|kernel| kernel % 2 == 1)?;
            }
            (Self::Skip, LayerSpec::Conv { skip, .. }) => *skip = whole(text, 0)?,
            (Self::Norm, LayerSpec::Conv { norm, .. }) => *norm = text == "on",
            (
                Self::Activation,
                LayerSpec::Conv { activation: place, .. } | LayerSpec::Dense { activation: place, .. },
            ) => *place = activation(text)?,
            (
                Self::Dropout,
                LayerSpec::MaxPool { dropout, .. }
                | LayerSpec::AvgPool { dropout, .. }
                | LayerSpec::Dense { dropout, .. },
            ) => *dropout = share(text)?,
            _ => return None,
        }
        Some(())
    }
}

fn whole(text: &str, least: usize) -> Option<usize> {
    text.parse().ok().filter(|number| (least..=MOST).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_every_kind_gives_back_what_it_took() {
        for kind in LayerKind::ALL {
            assert_eq!(LayerKind::from_name(kind.name()), Some(kind));
            assert_eq!(LayerKind::of(&kind.usual()), kind);
            for &field in kind.fields() {
                let mut layer = kind.usual();
                let other = match field {
                    LayerField::Norm => "on",
                    LayerField::Activation => "gelu",
                    LayerField::Dropout => "0.25",
                    _ => "7",
                };
                assert_ne!(field.text(&layer), other);
                assert_eq!(field.set(&mut layer, &format!(" {other} ")), Some(()), "{field:?}");
                assert_eq!(field.text(&layer), other);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_refused_and_changes_nothing() {
        for (kind, field, text) in [
            (LayerKind::Conv, LayerField::Channels, "0"),
            (LayerKind::Conv, LayerField::Kernel, "4"),
            (LayerKind::Conv, LayerField::Stride, "-1"),
            (LayerKind::Conv, LayerField::Activation, "step"),
            (LayerKind::MaxPool, LayerField::Size, "two"),
            (LayerKind::Dense, LayerField::Dropout, "1"),
            (LayerKind::Dense, LayerField::Units, "65537"),
            (LayerKind::Dense, LayerField::Kernel, "3"),
        ] {
            let mut layer = kind.usual();
            assert_eq!(field.set(&mut layer, text), None, "{field:?} {text}");
            assert_eq!(layer, kind.usual());
        }
    }

    #[test]
    fn a_layer_of_another_kind_keeps_what_both_have() {
        let pool = LayerSpec::MaxPool { size: 3, dropout: 0.5 };
        assert_eq!(LayerKind::AvgPool.from_layer(&pool), LayerSpec::AvgPool { size: 3, dropout: 0.5 });
        let dense = LayerSpec::Dense { units: 9, activation: Activation::Tanh, dropout: 0.5 };
        let LayerSpec::Conv { activation, channels, .. } = LayerKind::Conv.from_layer(&dense) else {
            panic!("it is a convolution")
        };
        assert_eq!((activation, channels), (Activation::Tanh, 16));
    }
}
