//! What is measured: the jobs of the speed table, on made-up inputs of the same size and kind.

use cnnslicer::entropy::{
    CapacityMatrix, ImageOrder, InterSampleSettings, IntraSampleSettings, LayerCells, LayerCodes,
    PairSchedule, inter_sample_entropy, intra_sample_entropy,
};

use super::inputs::{bytes, rectified};

/// A number all implementations must agree on, and how long they took to get it.
pub struct Measured {
    /// Shortest of the repetitions, without making the input.
    pub seconds: f64,
    /// H, or the sum of a matrix, in bits.
    pub check: f64,
}

/// Values of a sample of the inter-sample jobs, as many as a MNIST image has.
const DIMENSION: usize = 784;
/// Images of the other jobs.
const IMAGES: usize = 1000;

/// Does a job `repetitions` times by this clock (seconds); what is wrong with a name that is no job.
pub fn measure(job: &str, repetitions: usize, clock: &dyn Fn() -> f64) -> Result<Measured, String> {
    let unknown = || format!("there is no job {job:?}");
    let count = |text: &str| text.parse::<usize>().map_err(|_| unknown());
    match job {
        "capacity-sampled" => capacity(Some(20_000), repetitions, clock),
        "capacity-all" => capacity(None, repetitions, clock),
        "heatmap" => heatmap(repetitions, clock),
        "intra" | "intra-vectorised" => intra(repetitions, clock),
        _ => match job.rsplit_once('-') {
            Some(("inter-bytes", n)) => inter(&bytes(count(n)?, DIMENSION), repetitions, clock),
            Some(("inter-floats", n)) => inter(&rectified(count(n)?, DIMENSION, 0), repetitions, clock),
            _ => Err(unknown()),
        },
    }
}

fn inter(samples: &[f32], repetitions: usize, clock: &dyn Fn() -> f64) -> Result<Measured, String> {
    let settings = InterSampleSettings::default();
    shortest(repetitions, clock, || {
        let entropy = inter_sample_entropy(samples, samples.len() / DIMENSION, DIMENSION, &settings);
        entropy.map(|entropy| entropy.bits).map_err(|error| error.to_string())
    })
}

/// 32 channels of 16 × 16 with 64 of 8 × 8: distances, codes, histograms and entropies.
fn capacity(pairs: Option<usize>, repetitions: usize, clock: &dyn Fn() -> f64) -> Result<Measured, String> {
    let (first, second) = (rectified(32 * IMAGES, 16 * 16, 0), rectified(64 * IMAGES, 8 * 8, 1 << 30));
    shortest(repetitions, clock, || {
        let capacity = || {
            let schedule = match pairs {
                Some(pairs) => PairSchedule::sampled(&ImageOrder::as_numbered(IMAGES), pairs)?,
                None => PairSchedule::all(IMAGES)?,
            };
            let first = LayerCells::new(&first, 32, IMAGES, 16 * 16)?;
            let second = LayerCells::new(&second, 64, IMAGES, 8 * 8)?;
            let first = LayerCodes::measure(&first, &schedule, 32)?;
            let second = LayerCodes::measure(&second, &schedule, 32)?;
            Ok(CapacityMatrix::from_codes(&first, &second)?.capacity().iter().sum())
        };
        capacity().map_err(|error: cnnslicer::entropy::EntropyError| error.to_string())
    })
}

/// 64 with 64 channels from stored codes of 20,000 pairs, and their null: what a heatmap on screen takes.
fn heatmap(repetitions: usize, clock: &dyn Fn() -> f64) -> Result<Measured, String> {
    let (channels, pairs, bins) = (64, 20_000, 32);
    let codes = |stream| -> Vec<u8> {
        let code = |value: f32| (value * 2.0 * bins as f32).floor().min(bins as f32 - 1.0) as u8;
        rectified(channels, pairs, stream).into_iter().map(code).collect()
    };
    let (first, second, null) = (codes(0), codes(1 << 29), codes(1 << 30));
    shortest(repetitions, clock, || {
        let heatmap = || {
            let [a, b, null] =
                [&first, &second, &null].map(|codes| LayerCodes::from_stored(codes.clone(), pairs, bins));
            let (a, b, null) = (a?, b?, null?);
            let sum = |b| Ok(CapacityMatrix::from_codes(&a, b)?.capacity().iter().sum::<f64>());
            Ok(sum(&b)? + sum(&null)?)
        };
        heatmap().map_err(|error: cnnslicer::entropy::EntropyError| error.to_string())
    })
}

/// 1000 images × 32 channels × 32², each map by its own range.
fn intra(repetitions: usize, clock: &dyn Fn() -> f64) -> Result<Measured, String> {
    let (channels, positions) = (32, 32 * 32);
    let values = rectified(channels * IMAGES, positions, 0);
    let labels = vec![0; IMAGES];
    shortest(repetitions, clock, || {
        let cells = LayerCells::new(&values, channels, IMAGES, positions);
        let bits =
            cells.and_then(|cells| intra_sample_entropy(&cells, &labels, 1, &IntraSampleSettings::default()));
        // Each channel's mean twice: of its only class and of all.
        bits.map(|bits| bits.iter().step_by(2).sum()).map_err(|error| error.to_string())
    })
}

fn shortest(
    repetitions: usize,
    clock: &dyn Fn() -> f64,
    job: impl Fn() -> Result<f64, String>,
) -> Result<Measured, String> {
    let mut measured = Measured { seconds: f64::INFINITY, check: f64::NAN };
    for _ in 0..repetitions.max(1) {
        let start = clock();
        measured.check = job()?;
        measured.seconds = measured.seconds.min(clock() - start);
    }
    Ok(measured)
}
