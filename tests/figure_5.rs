//! Figure 5 of the paper on MNIST, as the page computes it: training sets drawn by a run's recipe, kept in runs,
//! measured by the compute worker's tasks. Needs `CNNSLICER_DATA`; without it the test is skipped and says so.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

use std::path::PathBuf;

use cnnslicer::compute::answer;
use cnnslicer::cube::header::kept_training_images;
use cnnslicer::cube::{EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunWriter};
use cnnslicer::dataset::{Dataset, PerClass, Recipe, Samples, Split, idx};
use cnnslicer::entropy::Distance;
use cnnslicer::protocol::{Answer, Task};
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::training::TrainingConfig;
use pollster::block_on;

fn mnist() -> Option<Dataset> {
    let Some(folder) =
        std::env::var_os("CNNSLICER_DATA").filter(|folder| !folder.is_empty()).map(PathBuf::from)
    else {
        println!("skipped: CNNSLICER_DATA names no folder with mnist/*.gz");
        return None;
    };
    let [a, b, c, d] = idx::MNIST_FILES.map(|file| std::fs::read(folder.join("mnist").join(file)).unwrap());
    let mut mnist = idx::mnist(&a, &b, &c, &d).unwrap();
    // Where the train file is a part of the official one, the test images fill it up.
    let (train, test) = (&mut mnist.train, &mnist.test);
    train.images.extend_from_slice(&test.images);
    train.labels.extend_from_slice(&test.labels);
    Some(mnist)
}

fn header(train: &Samples, probe: &Samples, classes: &[String]) -> RunHeader {
    let config = TrainingConfig::default();
    RunHeader {
        format: 1,
        app: "cnnslicer test".to_owned(),
        created: "2026-01-02T03:04:05Z".to_owned(),
        name: format!("{} images", train.len()),
        note: String::new(),
        seed: config.seed,
        dataset: "mnist".to_owned(),
        model: "mnist-8".to_owned(),
        optimizer: "adam".to_owned(),
        backend: "cpu".to_owned(),
        classes: classes.to_vec(),
        layers: vec![LayerHeader {
            index: 1,
            name: "probabilities".to_owned(),
            kind: "output".to_owned(),
            channels: 1,
            height: 1,
            width: 10,
        }],
        settings: EstimatorSettings::default(),
        complete: false,
        config,
        input: train.shape,
        probe_images: probe.len(),
        planned_epochs: vec![0],
        network: None,
        training_images: kept_training_images(train.len(), train.shape),
        trained_images: train.len(),
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    }
}

#[test]
fn training_sets_of_three_sizes_have_the_entropies_of_figure_5_when_bytes_overflow() {
    let Some(mnist) = mnist() else { return };
    let store = MemoryStore::new();
    for (per_class, printed) in [(100, 19.898), (500, 22.960), (1000, 24.094)] {
        let recipe = Recipe { train: PerClass::Count(per_class), test: PerClass::All, probe: 100, seed: 1 };
        let split = Split::draw(&mnist, &recipe).unwrap();
        assert_eq!(split.train.len(), 10 * per_class);
        let run = format!("size-{per_class}");
        block_on(async {
            let header = header(&split.train, &split.probe, &mnist.classes);
            let mut writer = RunWriter::create(store.clone(), &run, header, &split.probe).await.unwrap();
            writer.write_training_set(&split.train).await.unwrap();
        });
        let bits = |distance| {
            let task = Task::TrainingInterSample { run: run.clone(), distance };
            let Ok(Answer::TrainingInterSample { bits }) = block_on(answer(&task, &store)) else {
                panic!("{task:?}")
            };
            bits
        };
        let published = bits(Distance::ByteWrapped);
        println!("{per_class} a class: as published {published:.3}, printed {printed}");
        assert!((published - printed).abs() <= 0.05, "{per_class}: {published} as published");
        // Seconds for the smallest, minutes for the others without optimisation; `entropy_mnist` has them all.
        if per_class == 100 {
            assert!(bits(Distance::Euclidean) < published);
        }
    }
}
