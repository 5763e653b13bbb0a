//! What a run leaves in storage.

use burn::tensor::{Device, Tensor, TensorData};
use cnnslicer::cube::{CubeError, ProbeSet, RunHeader, RunReader, RunWriter};
use cnnslicer::dataset::{Samples, Split};
use cnnslicer::entropy::{Distance, InterSampleSettings, inter_sample_entropy};
use cnnslicer::evaluation::ConfusionMatrix;
use cnnslicer::protocol::compute::NeedsCells;
use cnnslicer::protocol::{Answer, Fault, FromTrainer, Task};
use cnnslicer::storage::ByteStore;
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::checkpoint;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::error::TrainError;
use cnnslicer::trainer::host::{Command, FetchProblem, Host};
use cnnslicer::trainer::model::Network;
use cnnslicer::trainer::recompute::recompute;
use cnnslicer::trainer::run::{RunEnd, run_on};
use cnnslicer::trainer::signal::Signal;
use cnnslicer::training::config::{ModelName, Width};
use half::f16;

use crate::scripted::{Scripted, bars, order, play, play_on, tripled_bars};

/// One forward pass over all images at once, without chunks, at every layer; `[X, C, H, W]`.
fn activations(network: &Network, probe: &Samples) -> Vec<Vec<f32>> {
    let device = Device::flex();
    let pixels: Vec<f32> = probe.images.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    let shape = [probe.len(), probe.shape.channels, probe.shape.height, probe.shape.width];
    let mut signal = Signal::new(Tensor::<4>::from_data(TensorData::new(pixels, shape), &device));
    let layers = (1..=network.depth()).map(|_| {
        network.advance(&mut signal);
        signal.output().into_data().iter::<f32>().collect()
    });
    layers.collect()
}

#[test]
fn recorded_cells_are_a_forward_pass_of_the_checkpoint() {
    let played = play(&order(2), Scripted::new(&[]));
    let reader = played.reader();
    let probe = pollster::block_on(reader.probe()).expect("stored");
    let spec = order(2).config.network(bars().train.shape, 10);
    for (epoch_index, epoch) in [(0, 0), (2, 2)] {
        let file = pollster::block_on(reader.checkpoint(epoch)).expect("stored");
        let weights = checkpoint::decode(&file).expect("ours").into_iter().collect();
        let network = Network::new(&spec, &weights, &Device::flex()).expect("it fits");
        for (layer, expected) in (1..).zip(activations(&network, &probe)) {
            let cells = pollster::block_on(reader.layer_cells(epoch_index, layer)).expect("stored");
            let shape = reader.header().layers[layer - 1].shape();
            let map_len = shape.height * shape.width;
            for (at, value) in expected.iter().enumerate() {
                let (image, rest) = (at / shape.len(), at % shape.len());
                let cell = cells.channel(rest / map_len)[image * map_len + rest % map_len];
                let nearest = f16::from_f32(*value).to_f32();
                // One step of float16: chunks of another size may sum in another order.
                let step = value.abs() * f16::EPSILON.to_f32() + f16::MIN_POSITIVE_SUBNORMAL.to_f32();
                assert!((cell - nearest).abs() <= step, "layer {layer}: {cell} {value}");
            }
        }
    }
}

#[test]
fn a_finished_run_holds_every_epoch_with_its_metrics_and_confusion() {
    let played = play(&order(2), Scripted::new(&[]));
    let reader = played.reader();
    assert!(reader.header().complete);
    assert_eq!(reader.header().planned_epochs, [0, 1, 2]);
    assert_eq!(reader.header().dataset, "bars");
    let epochs = pollster::block_on(reader.epochs()).expect("stored");
    assert_eq!(epochs.len(), 3);
    for ((metrics, confusion), sent) in epochs.iter().zip(played.host.metrics()) {
        assert_eq!(metrics.test_loss.to_bits(), sent.test_loss.to_bits());
        assert!((confusion.accuracy() as f32 - sent.test_accuracy).abs() < 1e-6);
        // All that the probe set leaves, though fewer are trained on.
        assert_eq!(tested(confusion), 250);
    }
}

/// A network that has seen nothing guesses, on the training set as on the test set.
#[test]
fn the_untrained_network_is_measured_on_the_training_set_too() {
    let played = play(&order(1), Scripted::new(&[]));
    let sent = played.host.metrics()[0];
    let stored = pollster::block_on(played.reader().epochs()).expect("stored")[0].0;
    assert_eq!(stored.train_loss.to_bits(), sent.train_loss.to_bits());
    assert_eq!(stored.train_accuracy.to_bits(), sent.train_accuracy.to_bits());
    assert!((sent.train_loss - sent.test_loss).abs() < 0.2, "{sent:?}");
    assert!((0.0..0.4).contains(&sent.train_accuracy), "{sent:?}");
}

#[test]
fn a_run_keeps_its_training_set_and_its_entropy_is_that_of_the_images() {
    let played = play(&order(1), Scripted::new(&[]));
    let reader = played.reader();
    let drawn = Split::draw(&bars(), &order(1).config.recipe()).expect("enough images");
    let train = pollster::block_on(reader.training_set()).expect("readable").expect("kept");
    assert_eq!((train.len(), reader.header().training_images), (240, 240));
    assert!(train == drawn.train, "other images than were trained on");
    let pixels: Vec<f32> = train.images.iter().map(|&pixel| f32::from(pixel)).collect();
    for distance in [Distance::Euclidean, Distance::ByteWrapped] {
        let settings = InterSampleSettings { distance, ..InterSampleSettings::default() };
        let expected = inter_sample_entropy(&pixels, 240, train.shape.len(), &settings).expect("bytes").bits;
        let task = Task::TrainingInterSample { run: "r".to_owned(), distance };
        for _ in 0..2 {
            let answer = pollster::block_on(cnnslicer::compute::answer(&task, &played.store));
            let Ok(Answer::TrainingInterSample { bits }) = answer else { panic!("{answer:?}") };
            assert!((bits - expected).abs() < 1e-6, "{distance:?}: {bits} {expected}");
        }
    }
    pollster::block_on(reader.verify()).expect("documents agree");
}

#[test]
fn a_seed_decides_about_the_weights_and_a_data_seed_about_the_images() {
    let checksums = |seed: u64, data_seed: Option<u64>| {
        let mut order = order(1);
        (order.config.seed, order.config.data_seed) = (seed, data_seed);
        let played = play(&order, Scripted::new(&[]));
        let task = Task::Compare { run: "r".to_owned() };
        let answer = pollster::block_on(cnnslicer::compute::answer(&task, &played.store));
        let Ok(Answer::Compared { probe_checksum, weights_checksum, epochs, .. }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(epochs.len(), 2);
        (probe_checksum, weights_checksum.expect("stored"))
    };
    let one = checksums(1, Some(1));
    assert_eq!(one, checksums(1, Some(1)));
    let (other_seed, other_images) = (checksums(2, Some(1)), checksums(1, Some(2)));
    assert!(one.0 == other_seed.0 && one.1 != other_seed.1);
    assert!(one.0 != other_images.0 && one.1 == other_images.1);
    // As runs of older versions: one seed for both.
    assert!(checksums(2, None) == (other_images.0, other_seed.1));
}

/// Test images in all.
fn tested(confusion: &ConfusionMatrix) -> u32 {
    confusion.counts().iter().sum()
}

/// A store that is full after the first epochs, until the host is told of the pause.
struct Filling {
    inner: Scripted,
    store: MemoryStore,
}

impl Host for Filling {
    fn now_ms(&self) -> f64 {
        self.inner.now_ms()
    }
    async fn turn(&mut self) {}
    fn poll(&mut self) -> Option<Command> {
        None
    }
    async fn command(&mut self) -> Command {
        // The user has deleted something.
        self.store.set_space_left(None);
        self.inner.command().await
    }
    fn emit(&mut self, message: FromTrainer) {
        self.inner.emit(message);
    }
    async fn fetch(&mut self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        self.inner.fetch(url).await
    }
    fn device_fault(&mut self) -> Option<Fault> {
        None
    }
}

/// Trains nine epochs into a store with room for one and a quarter; what the run ends with.
fn fill(end_of_pause: Command) -> (Result<RunEnd, TrainError>, Vec<FromTrainer>, RunReader<MemoryStore>) {
    let measured = play(&order(1), Scripted::new(&[]));
    let bytes = pollster::block_on(measured.reader().bytes()).expect("stored") as usize;
    let store = MemoryStore::new();
    store.set_space_left(Some(bytes + bytes / 4));
    let inner = Scripted::new(&[(usize::MAX, end_of_pause)]);
    let mut host = Filling { inner, store: store.clone() };
    let accelerator = Accelerator::cpu("CPU: a test");
    let end = pollster::block_on(run_on(&order(4), &bars(), &mut host, store.clone(), &accelerator));
    let reader = pollster::block_on(RunReader::open(store, "r")).expect("it opens");
    (end, host.inner.messages, reader)
}

#[test]
fn a_full_disk_pauses_the_run_with_the_reason_and_with_room_it_goes_on() {
    let (end, messages, reader) = fill(Command::Resume);
    assert!(matches!(end, Ok(RunEnd::Finished)), "{end:?}");
    let refused = messages.iter().position(
        |message| matches!(message, FromTrainer::Refused { fault } if fault.code == "storage_full"),
    );
    let refused = refused.expect("the reason is said");
    assert_eq!(messages[refused + 1..refused + 3], [FromTrainer::Paused, FromTrainer::Resumed]);
    assert_eq!(reader.recorded(), 5);
    let straight = play(&order(4), Scripted::new(&[]));
    for epoch in 0..=4 {
        let [filled, straight] = [&reader, &straight.reader()]
            .map(|run| checkpoint::decode(&pollster::block_on(run.checkpoint(epoch)).expect("stored")));
        assert_eq!(filled.expect("ours"), straight.expect("ours"), "epoch {epoch}");
        for layer in 1..=8 {
            assert!(pollster::block_on(reader.layer_cells(epoch as usize, layer)).is_ok());
        }
    }
}

#[test]
fn a_run_stopped_at_a_full_disk_keeps_the_epochs_before_and_no_half_one() {
    let (end, _, reader) = fill(Command::Stop);
    assert!(matches!(end, Ok(RunEnd::Stopped)), "{end:?}");
    let recorded = reader.recorded();
    assert!((1..4).contains(&recorded) && reader.header().complete, "{recorded}");
    assert!(pollster::block_on(reader.checkpoint(recorded as u32)).is_err(), "half an epoch");
}

/// Equal to the last bit on the same backend: what was dropped comes back as it was.
#[test]
fn dropped_cells_are_recomputed_from_the_checkpoint() {
    let played = play(&order(2), Scripted::new(&[]));
    let reader = played.reader();
    let cells = |epoch_index: usize, layer| pollster::block_on(reader.layer_cells(epoch_index, layer));
    let before: Vec<_> = (1..=8).map(|layer| cells(1, layer).expect("stored")).collect();
    for layer in 1..=8 {
        let folder = format!("runs/r/layers/{layer:02}/activations/c/1");
        pollster::block_on(played.store.remove(&folder)).expect("removed");
        assert!(matches!(cells(1, layer), Err(CubeError::CellsDropped { epoch: 1, .. })));
    }
    let mut host = Scripted::new(&[]);
    let device = Device::flex();
    pollster::block_on(recompute(&played.store, "r", of_probe(1), &mut host, &device)).expect("recomputed");
    let after: Vec<_> = (1..=8).map(|layer| cells(1, layer).expect("there again")).collect();
    assert!(before == after, "other cells than were recorded");
    assert_eq!(host.messages.len(), 8, "progress, layer by layer");
    let absent = pollster::block_on(recompute(&played.store, "r", of_probe(3), &mut host, &device));
    assert!(matches!(absent, Err(TrainError::Cube(CubeError::NoCheckpoint(3)))));
}

fn of_probe(epoch: u32) -> NeedsCells {
    NeedsCells { epoch, probe_set: ProbeSet::Test }
}

/// The probe set's cells are those of the same forward pass: where images of both sets are equal, so are their cells.
#[test]
fn cells_of_training_images_are_those_of_a_forward_pass() {
    let played = play(&order(1), Scripted::new(&[]));
    let reader = played.reader();
    let train = reader.of(ProbeSet::Train).expect("the run has some");
    let images = pollster::block_on(train.probe()).expect("images");
    let config = &reader.header().config;
    assert_eq!(images.len(), reader.header().probe_images.min(images.len()));
    let kept = pollster::block_on(reader.training_set()).expect("readable").expect("kept");
    let is_trained_on = |image: &[u8]| (0..kept.len()).any(|index| kept.image(index) == image);
    assert!((0..images.len()).all(|index| is_trained_on(images.image(index))), "{:?}", config.per_class);
    let cells = |run: &RunReader<_>, layer| pollster::block_on(run.layer_cells(1, layer));
    assert!(matches!(cells(&train, 8), Err(CubeError::CellsDropped { epoch: 1, .. })));

    let (mut host, device) = (Scripted::new(&[]), Device::flex());
    let wanted = NeedsCells { epoch: 1, probe_set: ProbeSet::Train };
    pollster::block_on(recompute(&played.store, "r", wanted, &mut host, &device)).expect("computed");
    assert_eq!(host.messages.len(), 8, "progress, layer by layer");
    // A run whose probe set these images are records the same cells from the same weights.
    let as_probe = played.store.clone();
    let header = RunHeader {
        complete: false,
        probe_images: images.len(),
        train_probe_images: 0,
        ..reader.header().clone()
    };
    let mut writer =
        pollster::block_on(RunWriter::create(as_probe.clone(), "other", header, &images)).expect("created");
    for (index, (metrics, confusion)) in
        pollster::block_on(reader.epochs()).expect("epochs").into_iter().enumerate()
    {
        let weights = pollster::block_on(reader.checkpoint(metrics.epoch)).expect("weights");
        pollster::block_on(writer.write_checkpoint(metrics.epoch, &weights)).expect("written");
        pollster::block_on(writer.commit_epoch(index, &metrics, &confusion)).expect("committed");
    }
    pollster::block_on(recompute(&as_probe, "other", of_probe(1), &mut host, &device)).expect("computed");
    let other = pollster::block_on(RunReader::open(as_probe, "other")).expect("there");
    for layer in 0..=8 {
        assert!(
            cells(&train, layer).expect("computed") == cells(&other, layer).expect("computed"),
            "layer {layer}"
        );
    }
    let probe = cells(&reader, 8).expect("recorded");
    assert!(probe != cells(&train, 8).expect("computed"), "other images, other outputs");
}

#[test]
fn the_parts_of_opened_layers_are_recorded_before_them() {
    let mut order = order(1);
    order.config.model = ModelName::Residual;
    order.config.width = Width::Quarter;
    order.config.parts = "2,13".parse().expect("layer numbers");
    let played = play_on(&order, &tripled_bars(), Scripted::new(&[]));
    assert_eq!(played.end, Ok(RunEnd::Finished));
    let reader = played.reader();
    let names: Vec<&str> = reader.header().layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names[..5], ["conv1", "conv2.convolution", "conv2.norm", "conv2.sum", "conv2"]);
    assert_eq!(names[15..], ["probabilities.logits", "probabilities"]);
    let network = (1..=17).map(|layer| reader.header().network_layer(layer));
    assert_eq!(network.collect::<Vec<_>>()[..5], [Some(1), None, None, None, Some(2)]);

    let cells = |layer: usize| pollster::block_on(reader.layer_cells(1, layer)).expect("stored").values;
    let [first, norm, sum, whole] = [1, 3, 4, 5].map(cells);
    for (at, value) in whole.iter().enumerate() {
        assert!((value - sum[at].max(0.0)).abs() <= 0.0, "ReLU of the sum at {at}");
    }
    // The block begins with one grey channel: only the first channel has something added.
    let channel = whole.len() / 8;
    assert_eq!(first.len(), whole.len());
    let differ = |range: std::ops::Range<usize>| range.into_iter().any(|at| (sum[at] - norm[at]).abs() > 0.0);
    assert!(differ(0..channel) && !differ(channel..whole.len()));
    for (logits, probabilities) in cells(16).chunks_exact(10).zip(cells(17).chunks_exact(10)) {
        let sum: f32 = logits.iter().map(|logit| logit.exp()).sum();
        for (logit, probability) in logits.iter().zip(probabilities) {
            assert!((logit.exp() / sum - probability).abs() < 5e-3, "{logits:?} {probabilities:?}");
        }
    }
    let before = cells(3);
    pollster::block_on(played.store.remove("runs/r/layers/03/activations/c/1")).expect("removed");
    let (mut host, device) = (Scripted::new(&[]), Device::flex());
    pollster::block_on(recompute(&played.store, "r", of_probe(1), &mut host, &device)).expect("recomputed");
    assert!(cells(3).iter().zip(&before).all(|(again, before)| again.to_bits() == before.to_bits()));
}
