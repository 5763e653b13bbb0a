//! What each layer does to the information, at one epoch: how much of the label a simple reader can tell, and how widely
//! the images are spread.

use crate::app::session::{OpenRun, Results};
use crate::entropy::spread;
use crate::measure::{Measure, MeasureKey};

/// Bits, layer by layer, the input first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layered {
    /// What a simple reader can tell about the label; `None` while it is not measured.
    pub readable: Vec<Option<f64>>,
    /// Inter-sample entropy less log2 N.
    pub spread: Vec<Option<f64>>,
    /// What shuffled labels give.
    pub chance: Vec<Option<f64>>,
    /// All that there is to know about the label of the probe images: its entropy.
    pub label_bits: f64,
    /// log2(N − 1): no spread lies above.
    pub most_spread: f64,
}

impl Layered {
    /// As far as it is measured.
    pub fn at(run: &OpenRun, results: &Results, epoch_index: usize) -> Self {
        let n_images = run.header.probe_images;
        let part = |layer: usize, place: usize| {
            let key = MeasureKey::of_layer(Measure::Readable, epoch_index, layer);
            results.values(&key)?.values.get(place).copied().filter(|bits| bits.is_finite())
        };
        let spread_of = |layer: usize| {
            let bits = *results.inter_sample(epoch_index, layer)?.values.last()?;
            Some(spread(bits, n_images)).filter(|bits| bits.is_finite())
        };
        let layers = 0..=run.header.layers.len();
        let label_bits = layers.clone().find_map(|layer| part(layer, 1));
        Self {
            readable: layers.clone().map(|layer| part(layer, 0)).collect(),
            spread: layers.clone().map(spread_of).collect(),
            chance: layers.map(|layer| part(layer, 2)).collect(),
            label_bits: label_bits.unwrap_or_else(|| label_bits_of(run)),
            most_spread: (n_images.saturating_sub(1).max(2) as f64).log2(),
        }
    }

    /// Number of layers with the input.
    pub fn len(&self) -> usize {
        self.readable.len()
    }

    /// Whether there is no layer.
    pub fn is_empty(&self) -> bool {
        self.readable.is_empty()
    }

    /// The near neighbours of an image in a layer: two to the power of its spread.
    pub fn neighbours(&self, layer: usize) -> Option<f64> {
        self.spread.get(layer).copied().flatten().map(f64::exp2)
    }
}

/// The entropy of the labels of the probe images.
fn label_bits_of(run: &OpenRun) -> f64 {
    let n = run.probe_labels.len();
    let share = |class| run.images_of_class(class).count() as f64 / n.max(1) as f64;
    let shares = (0..run.header.classes.len()).map(share).filter(|&share| share > 0.0);
    shares.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;
    use crate::protocol::compute::{BitsArray, Measured};
    use crate::protocol::{Answer, Task};

    fn measured(results: &mut Results, key: MeasureKey, values: Vec<f64>) {
        let task = Task::Measure { run: "a".into(), key };
        let bits = BitsArray { shape: vec![values.len()], values };
        results.start(task.clone());
        results.answer(&task, Answer::Measured(Measured::Values(bits)));
    }

    #[test]
    fn what_is_measured_is_there_and_the_rest_is_not_made_up() {
        let run = fixture::open_run("a", 1);
        let mut results = Results::default();
        let key = |measure, layer| MeasureKey::of_layer(measure, 0, layer);
        measured(&mut results, key(Measure::Readable, 1), vec![2.5, 3.3, 0.1, 0.02, 0.8]);
        let mut bits = vec![0.0; 10];
        bits.push(500.0_f64.log2() + 5.0);
        measured(&mut results, key(Measure::InterSample, 2), bits);
        let found = Layered::at(&run, &results, 0);
        assert_eq!(found.len(), 4);
        assert_eq!(found.readable, [None, Some(2.5), None, None]);
        assert_eq!((found.chance[1], found.label_bits), (Some(0.1), 3.3));
        assert!((found.spread[2].unwrap() - 5.0).abs() < 1e-12 && found.spread[0].is_none());
        assert!((found.neighbours(2).unwrap() - 32.0).abs() < 1e-9 && found.neighbours(1).is_none());
    }

    #[test]
    fn before_anything_is_measured_the_labels_say_how_much_there_is_to_know() {
        let run = fixture::open_run("a", 1);
        let found = Layered::at(&run, &Results::default(), 0);
        assert!((found.label_bits - 10.0_f64.log2()).abs() < 1e-12);
        assert!((found.most_spread - 499.0_f64.log2()).abs() < 1e-12);
    }
}
