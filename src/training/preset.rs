//! Settings that go together, under one name: what the start panel offers to begin with.
//!
//! A preset is data: the settings that differ from [`TrainingConfig::default`], which links, run files and
//! scripts go by. Read by the start panel; nothing else changes when a preset does.

use super::TrainingConfig;

/// Which preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The first run: at least 0.95 right on images that it has not seen, in about a minute on two cores.
    Quick,
    /// Figures 5 and 6.
    PaperMnist,
    /// Figures 8 to 15.
    PaperCifar10,
}

type Settings = &'static [(&'static str, &'static str)];

/// Test accuracy 0.977 to 0.980 on MNIST and 0.984 to 0.988 on Strokes, five seeds each: `benches/README.md`.
const QUICK: Settings =
    &[("per_class", "500"), ("epochs", "4"), ("batch", "32"), ("lr", "0.002"), ("schedule", "cosine")];
const PAPER_MNIST: Settings = &[("dataset", "mnist"), ("per_class", "2000"), ("epochs", "25")];
/// The epochs that the paper shows are 0, 20, 80 and 120.
const PAPER_CIFAR_10: Settings = &[
    ("dataset", "cifar10"),
    ("per_class", "all"),
    ("model", "cifar-13"),
    ("epochs", "120"),
    ("record", "every:20"),
];

impl Preset {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Quick, Self::PaperMnist, Self::PaperCifar10];

    /// On its button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quick => "Quick",
            Self::PaperMnist => "The paper’s MNIST",
            Self::PaperCifar10 => "The paper’s CIFAR-10",
        }
    }

    /// What it is, and what of it the paper does not say.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Quick => "A first run that learns enough to be looked at: 500 images of each digit.",
            Self::PaperMnist => {
                "Figures 5 and 6: 100, 500, 1000 and 2000 images of each digit, four runs. Network and number of \
                 epochs are this page’s."
            }
            Self::PaperCifar10 => {
                "Figures 8 to 15: the 13-layer network up to epoch 120, recorded every 20 epochs. That all images \
                 are trained on is this page’s choice."
            }
        }
    }

    /// Sizes of training sets that the paper compares, each a run of its own; none where there is but one.
    pub const fn sizes(self) -> &'static [&'static str] {
        match self {
            Self::PaperMnist => &["100", "500", "1000", "2000"],
            Self::Quick | Self::PaperCifar10 => &[],
        }
    }

    /// The settings; the quick run learns MNIST where the page has it, else Strokes.
    pub fn config(self, has_mnist: bool) -> TrainingConfig {
        let (dataset, settings) = match self {
            Self::Quick if has_mnist => ("mnist", QUICK),
            Self::Quick => ("strokes", QUICK),
            Self::PaperMnist => ("mnist", PAPER_MNIST),
            Self::PaperCifar10 => ("cifar10", PAPER_CIFAR_10),
        };
        let mut config = TrainingConfig::default();
        for (name, value) in [("dataset", dataset)].iter().chain(settings) {
            // A test sets each of them.
            let _ = config.set(name, value);
        }
        config
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Subject;
    use crate::training::config::{DatasetName, ModelName, PerClass, RecordPolicy};

    #[test]
    fn every_setting_of_a_preset_is_taken() {
        for settings in [QUICK, PAPER_MNIST, PAPER_CIFAR_10] {
            let mut config = TrainingConfig::default();
            for (name, value) in settings {
                assert_eq!(config.set(name, value), Ok(()), "{name}={value}");
            }
            let changed = config.changed_pairs();
            assert_eq!(changed.len(), settings.len(), "all of them differ from the default: {changed:?}");
        }
    }

    #[test]
    fn every_preset_can_be_trained() {
        for (preset, has_mnist) in [(Preset::Quick, false)].into_iter().chain(Preset::ALL.map(|p| (p, true)))
        {
            let config = preset.config(has_mnist);
            let subject = Subject::of(config.dataset).unwrap();
            assert!(config.batch <= subject.train_images(config.per_class));
            let network = config.network(subject.input, subject.classes());
            assert!(network.recorded_layers(&config.parts).is_ok(), "{preset:?}");
        }
    }

    #[test]
    fn the_quick_run_learns_what_is_there() {
        assert_eq!(Preset::Quick.config(true).dataset, DatasetName::Mnist);
        assert_eq!(Preset::Quick.config(false).dataset, DatasetName::Strokes);
    }

    #[test]
    fn the_papers_presets_have_the_papers_sizes_and_epochs() {
        let mnist = Preset::PaperMnist.config(true);
        assert_eq!((mnist.dataset, mnist.per_class), (DatasetName::Mnist, PerClass::Count(2000)));
        assert_eq!(Preset::PaperMnist.sizes(), ["100", "500", "1000", "2000"]);
        let cifar = Preset::PaperCifar10.config(true);
        assert_eq!((cifar.dataset, cifar.model), (DatasetName::Cifar10, ModelName::Cifar13));
        assert_eq!((cifar.epochs, cifar.record), (120, RecordPolicy::Every(20)));
        let recorded = cifar.record.epochs(cifar.epochs);
        assert!([0, 20, 80, 120].iter().all(|epoch| recorded.contains(epoch)));
    }
}
