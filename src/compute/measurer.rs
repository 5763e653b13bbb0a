//! A result's key → its values: read from the run where they were computed before, else computed and kept. The one place
//! that knows which estimator belongs to which measure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::compute::ComputeError;
use crate::compute::capacity::{self, capacity_of, conditional_of};
use crate::compute::layer_information::{LayerDistances, order_of};
use crate::compute::measures::{
    borrowed, by_class, capacity_settings, failed, inter_sample_settings, intra_sample_settings, kept,
    of_layer_pass, pass_of, rounded, sample_major, wide,
};
use crate::compute::outputs::{centred_gram, of_output_pass};
use crate::compute::parts::{all, chosen};
use crate::cube::{CubeError, LayerCells, RunReader};
use crate::entropy::{
    CentredGram, ChannelState, EntropyError, LabelChannel, LayerCapacity, PairInformation, cka,
    inter_sample_entropy, intra_sample_entropy, label_channel, label_entropies, layer_capacity, spread,
};
use crate::evaluation::ConfusionMatrix;
use crate::measure::{ImageSet, Measure, MeasureKey, Needs, Of, Pass};
use crate::storage::ByteStore;
use crate::training::EpochMetrics;

/// A run with what of it is needed more than once.
pub(super) struct Measurer<'a, S> {
    pub run: &'a RunReader<S>,
    /// The layer read last: results of one layer follow each other.
    cells: Option<((usize, usize), LayerCells)>,
    distances: LayerDistances,
    epochs: Option<Vec<(EpochMetrics, ConfusionMatrix)>>,
    /// Of which epoch and images, and what CKA needs of their layers.
    grams: Option<(MeasureKey, BTreeMap<usize, CentredGram>)>,
}

impl<'a, S: ByteStore> Measurer<'a, S> {
    pub fn new(run: &'a RunReader<S>) -> Self {
        Self { run, cells: None, distances: LayerDistances::default(), epochs: None, grams: None }
    }

    /// Whether the values are there without reading a cell.
    pub async fn is_kept(&self, key: &MeasureKey) -> Result<bool, ComputeError> {
        if key.about().needs == Needs::Predictions {
            return Ok(true);
        }
        if let (Some(_), Of::Layers(a, b)) = (of_all_channels(key), key.of) {
            return capacity::is_kept(self.run, key.settings.pairs, key.epoch_index, a, b).await;
        }
        Ok(self.stored(key).await?.is_some())
    }

    /// The values, as [`MeasureKey::shape`] says; none where they are not to be known (the states of channels whose cells
    /// are gone). What takes cells to compute is kept in the run, rounded to float32 as it will be read again.
    pub async fn values(&mut self, key: &MeasureKey) -> Result<Vec<f64>, ComputeError> {
        if key.about().needs == Needs::Predictions {
            return self.of_predictions(key).await;
        }
        if let (Some(measure), Of::Layers(a, b)) = (of_all_channels(key), key.of) {
            let (run, pairs, epoch_index) = (self.run, key.settings.pairs, key.epoch_index);
            return match measure {
                Measure::Capacity => Ok(wide(capacity_of(run, pairs, epoch_index, a, b).await?.capacity())),
                _ => conditional_of(run, pairs, epoch_index, a, b).await,
            };
        }
        if let Some(stored) = self.stored(key).await? {
            return Ok(wide(&stored));
        }
        if let (Some(Pass::Layer), Of::Layer(layer)) = (pass_of(key), key.of) {
            return Ok(wide(&of_layer_pass(self.run, key, layer).await?));
        }
        if let (Measure::Spread, Of::Layer(layer)) = (key.measure, key.of) {
            return self.spread(key, layer).await;
        }
        let values = rounded(&self.computed(key).await?);
        kept(self.run.store_values(key, &values).await)?;
        Ok(wide(&values))
    }

    /// What the run holds; codes of states that are none count as not there.
    async fn stored(&self, key: &MeasureKey) -> Result<Option<Vec<f32>>, ComputeError> {
        let is_state = |&code: &f32| ChannelState::from_code(code as u8).is_some();
        let stored = self.run.stored(key).await?;
        Ok(stored.filter(|values| key.measure != Measure::ChannelState || values.iter().all(is_state)))
    }

    async fn computed(&mut self, key: &MeasureKey) -> Result<Vec<f64>, ComputeError> {
        let epoch_index = key.epoch_index;
        match (key.measure, key.of) {
            (Measure::InterSample, Of::Layer(layer)) => self.inter_sample(key, layer).await,
            (Measure::IntraSample, Of::Layer(layer)) => self.intra_sample(key, layer).await,
            (Measure::Capacity, Of::Layers(a, b)) => {
                Ok(self.of_channels(key, (a, b)).await?.measured.capacity())
            }
            (Measure::Conditional, Of::Layers(a, b)) => {
                Ok(self.of_channels(key, (a, b)).await?.measured.map(PairInformation::a_given_b))
            }
            (Measure::LayerInformation, Of::Layers(a, b)) => {
                self.distances.information(self.run, key, (a, b)).await
            }
            (Measure::Cka, Of::Layers(a, b)) => self.similarity(key, (a, b)).await,
            (_, Of::Layer(layer)) if key.about().pass == Some(Pass::Outputs) => {
                let run = self.run;
                of_output_pass(run, key, layer, &*self.part(key, layer).await?).await
            }
            (measure, _) => Err(ComputeError::Query {
                message: format!("{} is not measured of this at epoch {epoch_index}", measure.about().name),
            }),
        }
    }

    /// What follows from the confusion matrix and the metrics of an epoch.
    async fn of_predictions(&mut self, key: &MeasureKey) -> Result<Vec<f64>, ComputeError> {
        if self.epochs.is_none() {
            self.epochs = Some(self.run.epochs().await?);
        }
        let recorded = self.epochs.as_ref().map_or(0, Vec::len);
        let epoch = self.epochs.as_ref().and_then(|epochs| epochs.get(key.epoch_index));
        let missing = CubeError::NotRecorded { epoch_index: key.epoch_index, recorded };
        let (metrics, confusion) = epoch.ok_or(ComputeError::Cube(missing))?;
        let labels = || {
            label_entropies(confusion.counts(), confusion.n_classes())
                .map_err(|error| of_confusion(metrics, error))
        };
        Ok(match key.measure {
            Measure::LabelGivenPredicted => labels()?.label_given_prediction,
            Measure::PredictedGivenLabel => labels()?.prediction_given_label,
            Measure::Accuracy => vec![f64::from(metrics.test_accuracy)],
            Measure::Loss => vec![f64::from(metrics.test_loss)],
            Measure::LabelChannel => {
                let found = label_channel(confusion.counts(), confusion.n_classes());
                let found = found.map_err(|error| of_confusion(metrics, error))?;
                let LabelChannel { label_bits, prediction_bits, bits, equivocation, noise, capacity, .. } =
                    found;
                vec![label_bits, prediction_bits, bits, equivocation, noise, capacity]
            }
            _ => confusion.counts().iter().map(|&count| f64::from(count)).collect(),
        })
    }

    pub async fn cells(&mut self, epoch_index: usize, layer: usize) -> Result<&LayerCells, ComputeError> {
        let wanted = (epoch_index, layer);
        if !matches!(&self.cells, Some((held, _)) if *held == wanted) {
            // The old layer is let go before the new one is read: one layer in memory at a time.
            self.cells = None;
            self.cells = Some((wanted, self.run.layer_cells(epoch_index, layer).await?));
        }
        let missing = CubeError::NoSuchLayer { layer, last: self.run.header().n_layers() };
        self.cells.as_ref().map(|(_, cells)| cells).ok_or(ComputeError::Cube(missing))
    }

    /// The cells of the images of a key, all channels; those of all images are not copied.
    async fn part(&mut self, key: &MeasureKey, layer: usize) -> Result<Cow<'_, LayerCells>, ComputeError> {
        let cells = self.cells(key.epoch_index, layer).await?;
        Ok(match &key.images {
            ImageSet::All => Cow::Borrowed(cells),
            ImageSet::These(images) => Cow::Owned(chosen(cells, images, &all(cells.shape.channels))),
        })
    }

    async fn inter_sample(&mut self, key: &MeasureKey, layer: usize) -> Result<Vec<f64>, ComputeError> {
        let run = self.run;
        let settings = inter_sample_settings(run, &key.settings);
        let part = self.part(key, layer).await?;
        let bits = match key.images {
            ImageSet::All => {
                let labels = run.probe_labels().await?;
                by_class(&part, &labels, run.header().n_classes(), &settings).map(|h| wide(&h))
            }
            ImageSet::These(_) => {
                inter_sample_entropy(&sample_major(&part), part.images, part.shape.len(), &settings)
                    .map(|entropy| vec![entropy.bits])
            }
        };
        bits.map_err(|error| failed(run, key.epoch_index, layer, error))
    }

    async fn intra_sample(&mut self, key: &MeasureKey, layer: usize) -> Result<Vec<f64>, ComputeError> {
        let run = self.run;
        let settings = intra_sample_settings(run, &key.settings);
        let part = self.part(key, layer).await?;
        let (labels, n_classes) = match key.images {
            ImageSet::All => (run.probe_labels().await?, run.header().n_classes()),
            // One class that holds them all.
            ImageSet::These(_) => (vec![0; part.images], 1),
        };
        let bits =
            borrowed(&part).and_then(|cells| intra_sample_entropy(&cells, &labels, n_classes, &settings));
        let bits = bits.map_err(|error| failed(run, key.epoch_index, layer, error))?;
        Ok(match key.images {
            ImageSet::All => bits,
            ImageSet::These(_) => bits.chunks_exact(2).map(|of_channel| of_channel[1]).collect(),
        })
    }

    /// From the inter-sample entropy of the same images.
    async fn spread(&mut self, key: &MeasureKey, layer: usize) -> Result<Vec<f64>, ComputeError> {
        let whole = MeasureKey { measure: Measure::InterSample, ..key.clone() };
        let bits = Box::pin(self.values(&whole)).await?;
        let n = key.images.len(self.run.header().probe_images);
        let last = bits.last().copied().ok_or(EntropyError::Empty);
        Ok(vec![spread(last.map_err(|error| self.refused(key, layer, error))?, n)])
    }

    /// Layers of one epoch follow each other, so what CKA needs of each is held until another epoch is asked for.
    async fn similarity(
        &mut self,
        key: &MeasureKey,
        (layer_a, layer_b): (usize, usize),
    ) -> Result<Vec<f64>, ComputeError> {
        let of = MeasureKey { of: Of::Predictions, ..key.clone() };
        if self.grams.as_ref().is_none_or(|(other, _)| *other != of) {
            self.grams = Some((of, BTreeMap::new()));
        }
        for layer in [layer_a, layer_b] {
            if self.grams.as_ref().is_some_and(|(_, grams)| !grams.contains_key(&layer)) {
                let run = self.run;
                let gram = centred_gram(run, key, layer, &*self.part(key, layer).await?).await?;
                if let Some((_, grams)) = &mut self.grams {
                    grams.insert(layer, gram);
                }
            }
        }
        let gram = |layer| self.grams.as_ref().and_then(|(_, grams)| grams.get(&layer));
        let (Some(a), Some(b)) = (gram(layer_a), gram(layer_b)) else {
            return Err(self.refused(key, layer_a, EntropyError::Empty));
        };
        Ok(vec![cka(a, b).map_err(|error| self.refused(key, layer_b, error))?])
    }

    async fn of_channels(
        &mut self,
        key: &MeasureKey,
        (layer_a, layer_b): (usize, usize),
    ) -> Result<LayerCapacity, ComputeError> {
        let settings = capacity_settings(self.run, &key.settings);
        let order = order_of(self.run, &key.images).await?;
        let a = self.part(key, layer_a).await?.into_owned();
        let b = self.part(key, layer_b).await?.into_owned();
        borrowed(&a)
            .and_then(|a| layer_capacity(&a, &borrowed(&b)?, &order, &settings))
            .map_err(|error| self.refused(key, layer_b, error))
    }

    fn refused(&self, key: &MeasureKey, layer: usize, error: EntropyError) -> ComputeError {
        failed(self.run, key.epoch_index, layer, error)
    }
}

fn of_confusion(metrics: &EpochMetrics, error: EntropyError) -> ComputeError {
    ComputeError::Entropy { slice: format!("the confusion matrix of epoch {}", metrics.epoch), error }
}

/// The measure where it is one of all channels over all images with the run's bins: those are kept as matrices, with what
/// chance gives.
fn of_all_channels(key: &MeasureKey) -> Option<Measure> {
    let is_one = matches!(key.measure, Measure::Capacity | Measure::Conditional);
    (is_one && key.images == ImageSet::All && key.settings.is_of_run()).then_some(key.measure)
}
