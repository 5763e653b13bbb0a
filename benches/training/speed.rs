//! Steps of one network at one batch size, as fast as they go.

use std::time::Instant;

use cnnslicer::dataset::{PerClass, Recipe, Samples, strokes};
use cnnslicer::network::initial_weights;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::fit::{Batch, Learner};
use cnnslicer::trainer::model::Network;
use cnnslicer::trainer::optimizer::Optimizer;
use cnnslicer::training::TrainingConfig;
use cnnslicer::training::config::OptimizerName;
use cnnslicer::training::schedule::batch_order;

/// Images of an epoch.
const PER_CLASS: usize = 200;
/// Epochs that are measured, after one that is not; the shortest counts.
const EPOCHS: u32 = 3;
const SEED: u64 = 1;

/// Prints images a second of training `model`, a preset's name or layers in the editor's notation.
pub fn measure(model: &str, batch: &str) -> Result<(), String> {
    let batch: usize = batch.parse().map_err(|_| format!("{batch} is no batch size"))?;
    let mut config = TrainingConfig { batch, ..TrainingConfig::default() };
    super::run::choose_model(&mut config, model)?;
    let recipe = Recipe { train: PerClass::Count(PER_CLASS), test: PerClass::All, probe: 10, seed: SEED };
    let train = strokes::for_run(&recipe).train;
    let network = config.network(train.shape, 10);
    let device = Accelerator::cpu("CPU").device.autodiff();
    let weights = initial_weights(&network, SEED).map_err(|error| error.to_string())?;
    let flops = 6 * network.multiply_adds().map_err(|error| error.to_string())?;
    let network =
        Network::new(&network, &weights.into_iter().collect(), &device).map_err(|error| error.to_string())?;
    let mut learner = Learner::new(network, Optimizer::new(OptimizerName::Adam, 0.0), &device);
    epoch(&mut learner, &train, batch, 1)?;
    let mut best = f64::INFINITY;
    let mut loss = f64::NAN;
    for number in 2..=EPOCHS + 1 {
        let start = Instant::now();
        let before = super::processor_seconds();
        loss = epoch(&mut learner, &train, batch, number)?;
        let processor = super::processor_seconds().zip(before).map(|(after, before)| after - before);
        best = best.min(processor.unwrap_or_else(|| start.elapsed().as_secs_f64()));
    }
    let images = (train.len() / batch * batch) as f64;
    let speed = images / best;
    let rate = speed * flops as f64 * 1e-9;
    println!("{{\"images_per_second\":{speed:.1},\"loss\":{loss:.4},\"gflops\":{rate:.2}}}");
    Ok(())
}

/// Trains every whole batch once; gives the last one's loss.
fn epoch(learner: &mut Learner, train: &Samples, batch: usize, epoch: u32) -> Result<f64, String> {
    let order = batch_order(SEED, epoch, train.len(), batch).map_err(|error| error.to_string())?;
    let mut figures = None;
    let TrainingConfig { learning_rate, augment, .. } = TrainingConfig::default();
    for (number, indices) in order.iter().enumerate() {
        let batch = Batch { indices, learning_rate, seed: SEED, epoch, number, augment };
        figures = Some(learner.step(train, &batch));
    }
    let figures = figures.ok_or("there are fewer images than a batch takes")?;
    // Natively a read may wait.
    let figures = pollster::block_on(figures.into_data_async()).map_err(|error| error.to_string())?;
    figures.iter::<f64>().next().ok_or_else(|| "a step gave no loss".to_owned())
}
