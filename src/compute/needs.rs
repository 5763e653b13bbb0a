//! The atomic results of a plan: read from the run where they were computed before, else computed and kept.

use std::collections::HashMap;

use crate::compute::ComputeError;
use crate::compute::capacity::{self, capacity_of, conditional_of};
use crate::compute::layer_information::LayerDistances;
use crate::compute::measures::{
    borrowed, capacity_settings, inter_sample_of, inter_sample_settings, intra_sample_of,
    intra_sample_settings, kept, rounded, sample_major, slice_name,
};
use crate::compute::parts::{all, chosen, question};
use crate::cube::header::PAIR_SCHEDULE;
use crate::cube::{Estimate, LayerCells, RunReader};
use crate::entropy::{
    CapacitySettings, EntropyError, ImageOrder, LayerCapacity, PairInformation, inter_sample_entropy,
    intra_sample_entropy, label_entropies, layer_capacity, sampled_pairs,
};
use crate::evaluation::ConfusionMatrix;
use crate::protocol::compute::Counted;
use crate::query::{Assembly, ImageSet, Need, Plan, RunShape, plan};
use crate::storage::ByteStore;
use crate::training::EpochMetrics;

/// A run with what of it is needed more than once.
pub(super) struct Source<'a, S> {
    run: &'a RunReader<S>,
    shape: RunShape,
    epochs: Vec<(EpochMetrics, ConfusionMatrix)>,
    /// The layer read last: needs of one layer follow each other.
    cells: Option<((usize, usize), LayerCells)>,
    distances: LayerDistances,
}

impl<'a, S: ByteStore> Source<'a, S> {
    pub(super) async fn open(run: &'a RunReader<S>) -> Result<Self, ComputeError> {
        let labels = run.probe_labels().await?;
        let epochs = run.epochs().await?;
        let numbers = epochs.iter().map(|(metrics, _)| metrics.epoch).collect();
        Ok(Self {
            run,
            shape: RunShape::new(run.header(), labels, numbers),
            epochs,
            cells: None,
            distances: LayerDistances::default(),
        })
    }

    pub(super) fn plan(&self, text: &str) -> Result<Plan, ComputeError> {
        plan(text, &self.shape).map_err(|error| ComputeError::Query { message: error.to_string() })
    }

    /// The values of a plan, row-major over its axes.
    pub(super) async fn values(&mut self, plan: &Plan) -> Result<Vec<f64>, ComputeError> {
        let mut assembly = Assembly::new(plan, f64::NAN);
        let mut known: HashMap<&Need, Vec<f64>> = HashMap::new();
        for (name, need) in plan.needs().enumerate() {
            if !known.contains_key(need) {
                known.insert(need, self.satisfy(need).await?);
            }
            let wrong =
                |error: crate::query::AssemblyError| ComputeError::Query { message: error.to_string() };
            assembly.put(name, &known[need]).map_err(wrong)?;
        }
        let answer = assembly.finish().map_err(|error| ComputeError::Query { message: error.to_string() })?;
        Ok(answer.values)
    }

    /// The atomic results of a plan that take cells to compute and are not in the run yet.
    pub(super) async fn missing(&self, plan: &Plan) -> Result<Vec<Need>, ComputeError> {
        let mut missing = Vec::new();
        for need in plan.needs() {
            for need in firsts(need) {
                if !missing.contains(&need) && !self.is_kept(&need).await? {
                    missing.push(need);
                }
            }
        }
        Ok(missing)
    }

    async fn is_kept(&self, need: &Need) -> Result<bool, ComputeError> {
        let run = self.run;
        Ok(match need {
            Need::InterSample { epoch_index, layer } => {
                run.inter_sample(*epoch_index, *layer).await?.is_some()
            }
            Need::IntraSample { epoch_index, layer } => {
                run.intra_sample(*epoch_index, *layer).await?.is_some()
            }
            Need::Capacity { epoch_index, layer_a, layer_b, images: ImageSet::All }
            | Need::Conditional { epoch_index, layer_a, layer_b, images: ImageSet::All } => {
                let estimate = run.header().best_estimate(*layer_a, *layer_b);
                capacity::is_kept(run, estimate, *epoch_index, *layer_a, *layer_b).await?
            }
            Need::InterSampleOf { .. }
            | Need::IntraSampleOf { .. }
            | Need::Capacity { .. }
            | Need::Conditional { .. }
            | Need::LayerInformation { .. } => run.answer(&self.question(need)?).await?.is_some(),
            Need::LabelGivenPredicted { .. }
            | Need::PredictedGivenLabel { .. }
            | Need::TestAccuracy { .. }
            | Need::TestLoss { .. }
            | Need::Confusion { .. }
            | Need::Cells { .. } => true,
        })
    }

    /// The values of an atomic result; what takes cells to compute is kept in the run.
    pub(super) async fn satisfy(&mut self, need: &Need) -> Result<Vec<f64>, ComputeError> {
        match need {
            Need::InterSampleOf { .. }
            | Need::IntraSampleOf { .. }
            | Need::Capacity { images: ImageSet::These(_), .. }
            | Need::Conditional { images: ImageSet::These(_), .. } => {
                let question = self.question(need)?;
                if let Some(values) = self.run.answer(&question).await? {
                    return Ok(wide(&values));
                }
                let values = rounded(&self.compute(need).await?);
                kept(self.run.store_answer(&question, &values).await)?;
                Ok(wide(&values))
            }
            _ => self.compute(need).await,
        }
    }

    async fn compute(&mut self, need: &Need) -> Result<Vec<f64>, ComputeError> {
        match need {
            Need::InterSample { epoch_index, layer } => {
                Ok(wide(&inter_sample_of(self.run, *epoch_index, *layer).await?))
            }
            Need::InterSampleOf { epoch_index, layer, images } => {
                self.inter_sample_of_images(*epoch_index, *layer, images).await
            }
            Need::IntraSample { epoch_index, layer } => {
                Ok(wide(&intra_sample_of(self.run, *epoch_index, *layer).await?))
            }
            Need::IntraSampleOf { epoch_index, layer, images } => {
                self.intra_sample_of_images(*epoch_index, *layer, images).await
            }
            Need::Capacity { epoch_index, layer_a, layer_b, images: ImageSet::All } => {
                let estimate = self.run.header().best_estimate(*layer_a, *layer_b);
                Ok(wide(capacity_of(self.run, estimate, *epoch_index, *layer_a, *layer_b).await?.capacity()))
            }
            Need::Conditional { epoch_index, layer_a, layer_b, images: ImageSet::All } => {
                let estimate = self.run.header().best_estimate(*layer_a, *layer_b);
                conditional_of(self.run, estimate, *epoch_index, *layer_a, *layer_b).await
            }
            Need::Capacity { epoch_index, layer_a, layer_b, images: ImageSet::These(images) } => {
                let information = self.information(*epoch_index, *layer_a, *layer_b, images).await?;
                Ok(information.measured.capacity())
            }
            Need::Conditional { epoch_index, layer_a, layer_b, images: ImageSet::These(images) } => {
                let information = self.information(*epoch_index, *layer_a, *layer_b, images).await?;
                Ok(information.measured.map(PairInformation::a_given_b))
            }
            Need::LayerInformation { epoch_index, layer_a, layer_b, images } => {
                let of = (*epoch_index, *layer_a, *layer_b);
                Ok(wide(&self.distances.information(self.run, of, images).await?))
            }
            Need::Cells { epoch_index, layer, images, channels } => {
                Ok(image_major(&self.some_cells(*epoch_index, *layer, images, channels).await?))
            }
            Need::LabelGivenPredicted { epoch_index }
            | Need::PredictedGivenLabel { epoch_index }
            | Need::TestAccuracy { epoch_index }
            | Need::TestLoss { epoch_index }
            | Need::Confusion { epoch_index } => self.evaluation(need, *epoch_index),
        }
    }

    /// What follows from the confusion matrix and the metrics of an epoch.
    fn evaluation(&self, need: &Need, epoch_index: usize) -> Result<Vec<f64>, ComputeError> {
        let (metrics, confusion) = &self.epochs[epoch_index];
        let labels = || {
            label_entropies(confusion.counts(), confusion.n_classes()).map_err(|error| {
                ComputeError::Entropy {
                    slice: format!("the confusion matrix of epoch {}", metrics.epoch),
                    error,
                }
            })
        };
        Ok(match need {
            Need::LabelGivenPredicted { .. } => labels()?.label_given_prediction,
            Need::PredictedGivenLabel { .. } => labels()?.prediction_given_label,
            Need::TestAccuracy { .. } => vec![f64::from(metrics.test_accuracy)],
            Need::TestLoss { .. } => vec![f64::from(metrics.test_loss)],
            _ => confusion.counts().iter().map(|&count| f64::from(count)).collect(),
        })
    }

    async fn cells(&mut self, epoch_index: usize, layer: usize) -> Result<&LayerCells, ComputeError> {
        let wanted = (epoch_index, layer);
        if !matches!(&self.cells, Some((held, _)) if *held == wanted) {
            // The old layer is let go before the new one is read: one layer in memory at a time.
            self.cells = None;
            self.cells = Some((wanted, self.run.layer_cells(epoch_index, layer).await?));
        }
        let missing = crate::cube::CubeError::NoSuchLayer { layer, last: self.run.header().n_layers() };
        self.cells.as_ref().map(|(_, cells)| cells).ok_or(ComputeError::Cube(missing))
    }

    /// Some images and channels; a few channels are read without the others.
    async fn some_cells(
        &mut self,
        epoch_index: usize,
        layer: usize,
        images: &[usize],
        channels: &[usize],
    ) -> Result<LayerCells, ComputeError> {
        let shape = self.shape.layers.get(layer).map(|layer| layer.shape);
        let Some(shape) = shape.filter(|shape| 2 * channels.len() <= shape.channels) else {
            return Ok(chosen(self.cells(epoch_index, layer).await?, images, channels));
        };
        let positions = shape.height * shape.width;
        let mut values = Vec::with_capacity(channels.len() * images.len() * positions);
        for &channel in channels {
            let maps = self.run.channel_cells(epoch_index, layer, channel).await?;
            for &image in images {
                values.extend_from_slice(&maps[image * positions..(image + 1) * positions]);
            }
        }
        let shape = crate::dataset::ImageShape { channels: channels.len(), ..shape };
        Ok(LayerCells { images: images.len(), shape, values })
    }

    async fn inter_sample_of_images(
        &mut self,
        epoch_index: usize,
        layer: usize,
        images: &[usize],
    ) -> Result<Vec<f64>, ComputeError> {
        let settings = inter_sample_settings(self.run);
        let cells = self.cells(epoch_index, layer).await?;
        let subset = chosen(cells, images, &all(cells.shape.channels));
        let entropy =
            inter_sample_entropy(&sample_major(&subset), subset.images, subset.shape.len(), &settings);
        Ok(vec![entropy.map_err(|error| self.refused(epoch_index, layer, error))?.bits])
    }

    async fn intra_sample_of_images(
        &mut self,
        epoch_index: usize,
        layer: usize,
        images: &[usize],
    ) -> Result<Vec<f64>, ComputeError> {
        let settings = intra_sample_settings(self.run);
        let cells = self.cells(epoch_index, layer).await?;
        let subset = chosen(cells, images, &all(cells.shape.channels));
        // One class that holds them all.
        let labels = vec![0; images.len()];
        let bits = borrowed(&subset).and_then(|cells| intra_sample_entropy(&cells, &labels, 1, &settings));
        let bits = bits.map_err(|error| self.refused(epoch_index, layer, error))?;
        Ok(bits.chunks_exact(2).map(|of_channel| of_channel[1]).collect())
    }

    async fn information(
        &mut self,
        epoch_index: usize,
        layer_a: usize,
        layer_b: usize,
        images: &[usize],
    ) -> Result<LayerCapacity, ComputeError> {
        let mut settings = capacity_settings(self.run);
        if self.estimate(layer_a, layer_b, images.len()) == Estimate::Exact {
            settings = CapacitySettings { target_pairs: None, ..settings };
        }
        let probe = self.run.probe().await?;
        let cells_a = self.cells(epoch_index, layer_a).await?;
        let a = chosen(cells_a, images, &all(cells_a.shape.channels));
        let cells_b = self.cells(epoch_index, layer_b).await?;
        let b = chosen(cells_b, images, &all(cells_b.shape.channels));
        ImageOrder::by_content(&probe.images, &probe.labels)
            .and_then(|order| {
                layer_capacity(&borrowed(&a)?, &borrowed(&b)?, &order.of_these(images), &settings)
            })
            .map_err(|error| self.refused(epoch_index, layer_b, error))
    }

    /// Over which pairs of `n` images two layers are measured.
    fn estimate(&self, layer_a: usize, layer_b: usize, n: usize) -> Estimate {
        match (self.run.header().shape_at(layer_a), self.run.header().shape_at(layer_b)) {
            (Some(a), Some(b)) => Estimate::affordable(n, a, b),
            _ => Estimate::Sampled,
        }
    }

    /// Over how many pairs of images what the plan needs is estimated: of several, those with the smallest share.
    pub(super) fn counted(&self, plan: &Plan) -> Option<Counted> {
        let header = self.run.header();
        let of_need = |need: &Need| match need {
            Need::Capacity { layer_a, layer_b, images: ImageSet::All, .. }
            | Need::Conditional { layer_a, layer_b, images: ImageSet::All, .. } => {
                Some(Counted::of(header, header.best_estimate(*layer_a, *layer_b)))
            }
            Need::Capacity { layer_a, layer_b, images: ImageSet::These(images), .. }
            | Need::Conditional { layer_a, layer_b, images: ImageSet::These(images), .. } => {
                let (n, of) = (images.len(), sampled_pairs(images.len(), usize::MAX));
                let is_exact = self.estimate(*layer_a, *layer_b, n) == Estimate::Exact;
                let sampled = sampled_pairs(n, header.settings.target_pairs());
                Some(Counted { pairs: if is_exact { of } else { sampled }, of })
            }
            _ => None,
        };
        let share = |counted: &Counted| counted.pairs as f64 / counted.of as f64;
        plan.needs().filter_map(of_need).min_by(|one, other| share(one).total_cmp(&share(other)))
    }

    /// A need as the name of its answer; of one over pairs of images, with how they are chosen.
    fn question(&self, need: &Need) -> Result<Vec<u8>, ComputeError> {
        let mut name = question(need)?;
        if let Need::Capacity { layer_a, layer_b, images: ImageSet::These(images), .. }
        | Need::Conditional { layer_a, layer_b, images: ImageSet::These(images), .. } = need
        {
            let is_exact = self.estimate(*layer_a, *layer_b, images.len()) == Estimate::Exact;
            name.extend([PAIR_SCHEDULE as u8, u8::from(is_exact)]);
        }
        Ok(name)
    }

    fn refused(&self, epoch_index: usize, layer: usize, error: EntropyError) -> ComputeError {
        ComputeError::Entropy { slice: slice_name(self.run, epoch_index, layer), error }
    }
}

/// What is to be done for a need, each by any worker: two whole layers are each measured once, and what they tell of
/// each other follows from that when the answer is put together.
fn firsts(need: &Need) -> Vec<Need> {
    let Need::LayerInformation { epoch_index, layer_a, layer_b, images } = need else {
        return vec![need.clone()];
    };
    let own = |layer: usize| Need::LayerInformation {
        epoch_index: *epoch_index,
        layer_a: layer,
        layer_b: layer,
        images: images.clone(),
    };
    vec![own(*layer_a), own(*layer_b)]
}

/// `[C][X][H·W]` → `[X][C][H][W]`.
fn image_major(cells: &LayerCells) -> Vec<f64> {
    wide(&sample_major(cells))
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}
