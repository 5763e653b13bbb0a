//! A host that plays a script of commands and keeps what the loop says; and small runs to play it to.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use cnnslicer::cube::RunReader;
use cnnslicer::dataset::{Dataset, ImageShape, Samples};
use cnnslicer::protocol::{Fault, FromTrainer};
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::error::TrainError;
use cnnslicer::trainer::host::{Command, FetchProblem, Host};
use cnnslicer::trainer::run::{RunEnd, RunOrder, run_on};
use cnnslicer::training::config::PerClass;
use cnnslicer::training::{EpochMetrics, TrainingConfig};

/// Plays commands at the batch boundaries they are set for.
pub struct Scripted {
    started: Instant,
    /// (batch boundaries to let pass before, command)
    script: VecDeque<(usize, Command)>,
    boundaries: usize,
    /// Everything the loop said.
    pub messages: Vec<FromTrainer>,
    /// What is beside the page, by address.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Status of addresses that are not there.
    pub missing_status: Option<u16>,
    /// Handed out once.
    pub device_fault: Option<Fault>,
}

impl Scripted {
    pub fn new(script: &[(usize, Command)]) -> Self {
        Self {
            started: Instant::now(),
            script: script.iter().copied().collect(),
            boundaries: 0,
            messages: Vec::new(),
            files: BTreeMap::new(),
            missing_status: Some(404),
            device_fault: None,
        }
    }

    pub fn metrics(&self) -> Vec<EpochMetrics> {
        let recorded = self.messages.iter().filter_map(|message| match message {
            FromTrainer::EpochRecorded { metrics, .. } => Some(*metrics),
            _ => None,
        });
        recorded.collect()
    }
}

impl Host for Scripted {
    fn now_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }

    async fn turn(&mut self) {}

    fn poll(&mut self) -> Option<Command> {
        let due = self.script.front().is_some_and(|(boundary, _)| *boundary <= self.boundaries);
        if due {
            return self.script.pop_front().map(|(_, command)| command);
        }
        self.boundaries += 1;
        None
    }

    async fn command(&mut self) -> Command {
        self.script.pop_front().expect("the script ends a pause").1
    }

    fn emit(&mut self, message: FromTrainer) {
        self.messages.push(message);
    }

    async fn fetch(&mut self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        self.files.get(url).cloned().ok_or_else(|| FetchProblem {
            url: url.to_owned(),
            status: self.missing_status,
            reason: "Not Found".to_owned(),
        })
    }

    fn device_fault(&mut self) -> Option<Fault> {
        self.device_fault.take()
    }
}

/// Ten classes of 8 × 8 images that differ in where their bright bar is: quick to train on.
pub fn bars() -> Dataset {
    let shape = ImageShape { channels: 1, height: 8, width: 8 };
    let samples = |per_class: usize, shift: usize| {
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for (index, class) in (0..per_class).flat_map(|index| (0..10).map(move |class| (index, class))) {
            let noise = |at: usize| ((at * 31 + index * 17 + shift * 13 + class * 7) % 61) as u8;
            let bright = |at: usize| if class < 8 { at / 8 == class } else { at % 8 == class - 6 };
            images.extend((0..64).map(|at| noise(at) + if bright(at) { 150 } else { 0 }));
            labels.push(class as u8);
        }
        Samples { shape, images, labels }
    };
    let classes = (0..10).map(|class| class.to_string()).collect();
    Dataset { name: "bars".to_owned(), classes, train: samples(24, 0), test: samples(30, 5) }
}

/// A run of 7 batches of 32 an epoch on [`bars`], with a probe set of 50.
pub fn order(epochs: u32) -> RunOrder {
    let config = TrainingConfig {
        per_class: PerClass::Count(24),
        epochs,
        batch: 32,
        probe: 50,
        learning_rate: 3e-3,
        ..TrainingConfig::default()
    };
    RunOrder {
        run: "r".to_owned(),
        name: "bars".to_owned(),
        created: "2026-01-02T03:04:05Z".to_owned(),
        data_url: "https://example.org/data/".to_owned(),
        config,
    }
}

/// Plays a run on [`bars`] to its end.
pub struct Played {
    pub end: Result<RunEnd, Fault>,
    pub host: Scripted,
    pub store: MemoryStore,
}

impl Played {
    pub fn reader(&self) -> RunReader<MemoryStore> {
        pollster::block_on(RunReader::open(self.store.clone(), "r")).expect("the run opens")
    }
}

pub fn play(order: &RunOrder, host: Scripted) -> Played {
    play_on(order, &bars(), host)
}

/// [`play`] on another dataset.
pub fn play_on(order: &RunOrder, dataset: &Dataset, mut host: Scripted) -> Played {
    let store = MemoryStore::new();
    let accelerator = Accelerator::cpu("CPU: a test");
    let end = pollster::block_on(run_on(order, dataset, &mut host, store.clone(), &accelerator));
    Played { end: end.map_err(TrainError::into_fault), host, store }
}

/// The bars at three times their size: cifar-13 halves a map's sides four times.
pub fn tripled_bars() -> Dataset {
    let mut dataset = bars();
    for samples in [&mut dataset.train, &mut dataset.test] {
        let side = 3 * samples.shape.height;
        let enlarged = (0..samples.len()).flat_map(|image| {
            let pixels = samples.image(image).to_vec();
            (0..side * side).map(move |at| pixels[(at / side / 3) * (side / 3) + at % side / 3])
        });
        samples.images = enlarged.collect();
        (samples.shape.height, samples.shape.width) = (side, side);
    }
    dataset
}
