//! Images through the network: mean loss and confusion matrix. Trains nothing.

use std::borrow::Cow;

use burn::tensor::{Device, ExecutionError, Tensor, activation};

use crate::dataset::Samples;
use crate::evaluation::ConfusionMatrix;
use crate::trainer::chunks;
use crate::trainer::host::Host;
use crate::trainer::model::{Mode, Network};

/// Most training images that the untrained network is measured on: it does as chance does, and more images would
/// only say so more exactly.
pub const MOST_UNTRAINED: usize = 2000;

/// At most `most` images spread evenly over `samples`; a set that is sorted by class keeps its shares of them.
pub fn spread(samples: &Samples, most: usize) -> Cow<'_, Samples> {
    let n = samples.len();
    if n <= most {
        return Cow::Borrowed(samples);
    }
    let positions: Vec<usize> = (0..most).map(|at| at * n / most).collect();
    Cow::Owned(samples.select(&positions))
}

/// How a network does on a set of images.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Mean cross-entropy in nats; NaN without images.
    pub loss: f32,
    /// Rows actual, columns predicted.
    pub confusion: ConfusionMatrix,
}

/// Runs `samples` through `network` (without autodiff) in chunks of `per_chunk`, letting messages in
/// between them.
///
/// # Errors
/// When the device cannot be read.
pub async fn evaluate<H: Host>(
    network: &Network,
    samples: &Samples,
    n_classes: usize,
    per_chunk: usize,
    device: &Device,
    host: &mut H,
) -> Result<Evaluation, ExecutionError> {
    let logits = |images| network.logits(images, Mode::Evaluation);
    evaluate_by(logits, samples, n_classes, per_chunk, device, host, |_, _| ()).await
}

/// [`evaluate`] for any way from images `[n, C, H, W]` to class scores `[n, classes]`; `after` is called
/// with the number of images done after each chunk.
///
/// # Errors
/// When the device cannot be read.
pub async fn evaluate_by<H: Host>(
    logits: impl Fn(Tensor<4>) -> Tensor<2>,
    samples: &Samples,
    n_classes: usize,
    per_chunk: usize,
    device: &Device,
    host: &mut H,
    mut after: impl FnMut(&mut H, usize),
) -> Result<Evaluation, ExecutionError> {
    let mut confusion = ConfusionMatrix::new(n_classes);
    let mut loss_sum = 0.0;
    for range in chunks::ranges(samples.len(), per_chunk) {
        let chunk = chunks::upload(samples, range, per_chunk, device);
        let scores = log_probabilities(logits(chunk.images)).await?;
        let done = chunk.range.end;
        let rows = scores.chunks_exact(n_classes);
        for (label, row) in samples.labels[chunk.range].iter().zip(rows) {
            let actual = usize::from(*label);
            confusion.add(actual, predicted(row));
            loss_sum -= f64::from(row[actual]);
        }
        after(host, done);
        host.turn().await;
    }
    Ok(Evaluation { loss: (loss_sum / samples.len() as f64) as f32, confusion })
}

async fn log_probabilities(logits: Tensor<2>) -> Result<Vec<f32>, ExecutionError> {
    let data = activation::log_softmax(logits, 1).into_data_async().await?;
    Ok(data.iter::<f32>().collect())
}

/// Index of the largest score, the first of equals.
fn predicted(scores: &[f32]) -> usize {
    let mut best = 0;
    for (class, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = class;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::{predicted, spread};
    use crate::dataset::{ImageShape, Samples};

    #[test]
    fn a_sample_of_a_large_set_is_spread_over_its_classes() {
        let shape = ImageShape { channels: 1, height: 1, width: 1 };
        let labels: Vec<u8> = (0..90).map(|at| at / 30).collect();
        let set = Samples { shape, images: (0..90).collect(), labels };
        assert_eq!(*spread(&set, 90), set);
        let some = spread(&set, 12);
        assert_eq!(some.labels, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
        assert_eq!(some.images[..3], [0, 7, 15]);
    }

    #[test]
    fn the_largest_score_wins_and_the_first_of_equals() {
        assert_eq!(predicted(&[0.1, 0.7, 0.2]), 1);
        assert_eq!(predicted(&[0.5, 0.5]), 0);
        assert_eq!(predicted(&[-3.0, -2.0, -9.0]), 1);
    }
}
