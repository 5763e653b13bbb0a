//! The atomic results of a plan, put together to the answer.

use std::collections::HashMap;

use crate::compute::ComputeError;
use crate::compute::measurer::Measurer;
use crate::compute::measures::{sample_major, wide};
use crate::compute::parts::chosen;
use crate::cube::{Estimate, LayerCells, RunReader};
use crate::dataset::ImageShape;
use crate::entropy::sampled_pairs;
use crate::measure::{Form, ImageSet, Measure, MeasureKey};
use crate::protocol::compute::Counted;
use crate::query::{Assembly, Need, Plan, RunShape, plan};
use crate::storage::ByteStore;

/// A run with what of it is needed more than once.
pub(super) struct Source<'a, S> {
    measurer: Measurer<'a, S>,
    shape: RunShape,
}

impl<'a, S: ByteStore> Source<'a, S> {
    pub(super) async fn open(run: &'a RunReader<S>) -> Result<Self, ComputeError> {
        let labels = run.probe_labels().await?;
        let recorded = &run.header().planned_epochs[..run.recorded()];
        let shape = RunShape::new(run.header(), labels, recorded.to_vec());
        Ok(Self { measurer: Measurer::new(run), shape })
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
    pub(super) async fn missing(&self, plan: &Plan) -> Result<Vec<MeasureKey>, ComputeError> {
        let mut missing = Vec::new();
        for need in plan.needs() {
            let Need::Measure(key) = need else { continue };
            // Layers are compared faster where each is read once than where workers share them out.
            if key.measure == Measure::Cka {
                continue;
            }
            for key in firsts(key) {
                if !missing.contains(&key) && !self.measurer.is_kept(&key).await? {
                    missing.push(key);
                }
            }
        }
        Ok(missing)
    }

    async fn satisfy(&mut self, need: &Need) -> Result<Vec<f64>, ComputeError> {
        match need {
            Need::Measure(key) => self.measurer.values(key).await,
            Need::Cells { epoch_index, layer, images, channels } => {
                Ok(image_major(&self.some_cells(*epoch_index, *layer, images, channels).await?))
            }
        }
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
            return Ok(chosen(self.measurer.cells(epoch_index, layer).await?, images, channels));
        };
        let positions = shape.height * shape.width;
        let mut values = Vec::with_capacity(channels.len() * images.len() * positions);
        for &channel in channels {
            let maps = self.measurer.run.channel_cells(epoch_index, layer, channel).await?;
            for &image in images {
                values.extend_from_slice(&maps[image * positions..(image + 1) * positions]);
            }
        }
        let shape = ImageShape { channels: channels.len(), ..shape };
        Ok(LayerCells { images: images.len(), shape, values })
    }

    /// Over how many pairs of images what the plan needs is estimated: of several, those with the smallest share.
    pub(super) fn counted(&self, plan: &Plan) -> Option<Counted> {
        let header = self.measurer.run.header();
        let of_need = |need: &Need| match need {
            Need::Measure(key) if key.about().form == Form::ChannelPair => {
                let n = key.images.len(header.probe_images);
                let of = sampled_pairs(n, usize::MAX);
                let pairs = match (key.settings.pairs, &key.images) {
                    (Estimate::Exact, _) => of,
                    (Estimate::Sampled, ImageSet::All) => header.n_pairs(),
                    (Estimate::Sampled, _) => sampled_pairs(n, header.settings.target_pairs()),
                };
                Some(Counted { pairs, of })
            }
            _ => None,
        };
        let share = |counted: &Counted| counted.pairs as f64 / counted.of as f64;
        plan.needs().filter_map(of_need).min_by(|one, other| share(one).total_cmp(&share(other)))
    }
}

/// What is to be done for a result, each by any worker: what it follows from where it follows, when the answer is put
/// together, from other results.
fn firsts(key: &MeasureKey) -> Vec<MeasureKey> {
    let sources = key.follows_from();
    if sources.is_empty() { vec![key.clone()] } else { sources }
}

/// `[C][X][H·W]` → `[X][C][H][W]`.
fn image_major(cells: &LayerCells) -> Vec<f64> {
    wide(&sample_major(cells))
}
