//! MNIST through the host: fetched from beside the page, or a fault that says how to get it.

use cnnslicer::dataset::idx::MNIST_FILES;
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::run::{RunEnd, RunOrder, run};
use cnnslicer::training::TrainingConfig;
use cnnslicer::training::config::{DatasetName, PerClass};

use crate::scripted::{Scripted, order};

fn mnist_order(per_class: usize, epochs: u32) -> RunOrder {
    let order = order(epochs);
    let config = TrainingConfig {
        dataset: DatasetName::Mnist,
        per_class: PerClass::Count(per_class),
        epochs,
        ..TrainingConfig::default()
    };
    RunOrder { config, ..order }
}

fn code(host: &mut Scripted) -> (String, String) {
    let accelerator = Accelerator::cpu("CPU: a test");
    let order = mnist_order(100, 1);
    let run = run(&order, host, MemoryStore::new(), &accelerator);
    let fault = match pollster::block_on(run) {
        Err(error) => error.into_fault(),
        Ok(end) => panic!("it trained: {end:?}"),
    };
    (fault.code.clone(), fault.to_string())
}

#[test]
fn a_page_without_mnist_says_so_and_what_to_do() {
    let (code, text) = code(&mut Scripted::new(&[]));
    assert_eq!(code, "data_missing");
    for part in ["https://example.org/data/mnist/train-images-idx3-ubyte.gz", "cargo xtask data", "Strokes"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_server_that_fails_is_told_from_a_missing_file() {
    for status in [Some(500), None] {
        let mut host = Scripted::new(&[]);
        host.missing_status = status;
        assert_eq!(code(&mut host).0, "data_unreachable");
    }
}

#[test]
fn a_damaged_file_is_named() {
    let mut host = Scripted::new(&[]);
    for name in MNIST_FILES {
        host.files.insert(format!("https://example.org/data/mnist/{name}"), vec![0, 0, 8, 3, 0, 0]);
    }
    let (code, text) = code(&mut host);
    assert_eq!(code, "idx_truncated");
    assert!(text.contains("train-images-idx3-ubyte.gz"), "{text}");
}

#[test]
fn real_digits_are_learnt() {
    let Some(folder) = std::env::var("CNNSLICER_DATA").ok().filter(|folder| !folder.is_empty()) else {
        println!("skipped: CNNSLICER_DATA names no folder with mnist/*.gz");
        return;
    };
    let mut host = Scripted::new(&[]);
    for name in MNIST_FILES {
        let bytes = std::fs::read(format!("{folder}/mnist/{name}")).expect("the folder holds MNIST");
        host.files.insert(format!("https://example.org/data/mnist/{name}"), bytes);
    }
    let accelerator = Accelerator::cpu("CPU: a test");
    let order = mnist_order(100, 5);
    let run = run(&order, &mut host, MemoryStore::new(), &accelerator);
    assert_eq!(pollster::block_on(run).expect("it trains"), RunEnd::Finished);
    let metrics = host.metrics();
    println!("{metrics:?}");
    assert!(metrics[5].test_accuracy > 0.75, "{metrics:?}");
}
