//! What runs are compared by: the inter-sample entropy of the training set, and checksums that tell whether
//! two runs began alike.

use crate::checksum::fnv1a;
use crate::compute::ComputeError;
use crate::compute::measures::kept;
use crate::cube::RunReader;
use crate::cube::training_set::TrainingReading;
use crate::entropy::{Distance, InterSampleSettings, inter_sample_entropy};
use crate::protocol::Answer;
use crate::protocol::compute::EpochSummary;
use crate::storage::ByteStore;

/// Inter-sample entropy of the whole training set, bytes as numbers, in bits; computed once and then read.
///
/// # Errors
/// [`ComputeError::NoTrainingSet`] where the run does not keep it; what the store, the run's files and the
/// estimator refuse.
pub async fn inter_sample_of<S: ByteStore>(
    run: &RunReader<S>,
    distance: Distance,
) -> Result<f32, ComputeError> {
    let reading = match distance {
        Distance::Euclidean => TrainingReading::Euclidean,
        Distance::Squared => TrainingReading::Squared,
        Distance::ByteWrapped => TrainingReading::ByteWrapped,
    };
    if let Some(stored) = run.training_inter_sample(reading).await? {
        return Ok(stored);
    }
    let train = run.training_set().await?.ok_or(ComputeError::NoTrainingSet)?;
    let samples: Vec<f32> = train.images.iter().map(|&pixel| f32::from(pixel)).collect();
    let settings = InterSampleSettings { k: run.header().settings.k, distance, ..Default::default() };
    let entropy = inter_sample_entropy(&samples, train.len(), train.shape.len(), &settings);
    let slice = || "the training set".to_owned();
    let bits = entropy.map_err(|error| ComputeError::Entropy { slice: slice(), error })?.bits as f32;
    kept(run.store_training_inter_sample(reading, bits).await)?;
    Ok(bits)
}

/// Header, epochs, and the checksums of the probe set and of the weights before training.
///
/// # Errors
/// What the store and the run's files refuse.
pub async fn compared<S: ByteStore>(run: &RunReader<S>) -> Result<Answer, ComputeError> {
    let probe = run.probe().await?;
    let epochs = run.epochs().await?;
    // A run without its first weights can be compared all the same.
    let weights = run.checkpoint(0).await.ok();
    Ok(Answer::Compared {
        header: Box::new(run.header().clone()),
        epochs: epochs.into_iter().map(|(metrics, confusion)| EpochSummary { metrics, confusion }).collect(),
        probe_checksum: fnv1a([&probe.images, &probe.labels]),
        weights_checksum: weights.map(|weights| fnv1a([tensors(&weights)])),
    })
}

/// The tensors of a safetensors file, without its header: the order of what that says is not fixed.
fn tensors(file: &[u8]) -> &[u8] {
    let header = file.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let start = usize::try_from(header).unwrap_or(usize::MAX).saturating_add(8);
    file.get(start..).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_told_apart_by_their_tensors_and_not_by_their_headers() {
        let file = |header: &[u8]| [&[2, 0, 0, 0, 0, 0, 0, 0], header, b"tensors"].concat();
        assert_eq!(tensors(&file(b"{}")), b"tensors");
        assert_eq!(tensors(b"short"), b"short");
        assert_eq!(tensors(&[255; 12]), [255; 12]);
    }
}
