//! Networks that learn: Strokes through the whole run, and the CNN against a linear classifier.

use burn::tensor::Device;
use cnnslicer::dataset::{Recipe, Split, strokes};
use cnnslicer::network::{LayerSpec, NetworkSpec, initial_weights, presets};
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::evaluate::evaluate;
use cnnslicer::trainer::fit::{Batch, Learner};
use cnnslicer::trainer::model::Network;
use cnnslicer::trainer::optimizer::Optimizer;
use cnnslicer::trainer::run::{RunEnd, run};
use cnnslicer::training::TrainingConfig;
use cnnslicer::training::config::{Augmentation, ModelName, OptimizerName, PerClass, Width};
use cnnslicer::training::schedule::batch_order;

use crate::scripted::{Scripted, order, play, play_on, tripled_bars};

#[test]
fn bars_are_learnt_in_a_few_epochs() {
    let played = play(&order(6), Scripted::new(&[]));
    let metrics = played.host.metrics();
    assert!(metrics[0].test_loss > 2.0, "an untrained network guesses");
    assert!(metrics[6].test_loss < 0.5 * metrics[0].test_loss, "{metrics:?}");
    assert!(metrics[6].test_accuracy > 0.9, "{metrics:?}");
}

#[test]
fn cifar_13_and_residual_learn_at_a_quarter_of_their_width() {
    let dataset = tripled_bars();
    for model in [ModelName::Cifar13, ModelName::Residual] {
        let mut order = order(4);
        order.config.model = model;
        // More steps an epoch: the running statistics need a few dozen to leave their start.
        order.config.batch = 16;
        order.config.width = Width::Quarter;
        let metrics = play_on(&order, &dataset, Scripted::new(&[])).host.metrics();
        println!("{model}: {metrics:?}");
        assert!(metrics[4].train_loss < 0.5 * metrics[0].test_loss, "{model}: {metrics:?}");
        assert!(metrics[4].test_accuracy > 0.8, "{model}: {metrics:?}");
    }
}

#[test]
fn strokes_are_learnt_through_the_whole_run() {
    let mut order = order(4);
    order.config = TrainingConfig { per_class: PerClass::Count(100), epochs: 4, batch: 32, ..order.config };
    let mut host = Scripted::new(&[]);
    let store = cnnslicer::storage::memory::MemoryStore::new();
    let accelerator = Accelerator::cpu("CPU: a test");
    let end = pollster::block_on(run(&order, &mut host, store, &accelerator)).expect("it trains");
    assert_eq!(end, RunEnd::Finished);
    let metrics = host.metrics();
    assert!(metrics[4].test_accuracy > 0.6, "{metrics:?}");
}

/// Test accuracy after training `spec` on `split`.
fn accuracy(spec: &NetworkSpec, split: &Split, epochs: u32) -> f64 {
    let device = Device::flex();
    let training = device.clone().autodiff();
    let weights = initial_weights(spec, 1).expect("it fits").into_iter().collect();
    let network = Network::new(spec, &weights, &training).expect("it fits");
    let mut learner = Learner::new(network, Optimizer::new(OptimizerName::Adam, 0.0), &training);
    for epoch in 1..=epochs {
        let order = batch_order(1, epoch, split.train.len(), 32).expect("it fills");
        for (number, indices) in order.iter().enumerate() {
            let augment = Augmentation::Off;
            let batch = Batch { indices, learning_rate: 1e-3, seed: 1, epoch, number, augment };
            let _ = learner.step(&split.train, &batch);
        }
    }
    let mut host = Scripted::new(&[]);
    let trained = learner.snapshot();
    let on_test = evaluate(&trained, &split.test, 10, 128, &device, &mut host);
    pollster::block_on(on_test).expect("the CPU can be read").confusion.accuracy()
}

#[test]
fn a_linear_classifier_stays_five_points_below_the_cnn_on_strokes() {
    let recipe = Recipe { train: PerClass::Count(100), test: PerClass::All, probe: 50, seed: 1 };
    let dataset = strokes::for_run(&recipe);
    let split = Split::draw(&dataset, &recipe).expect("there are enough");
    let cnn = presets::mnist_8(dataset.train.shape, 10);
    let layers = vec![LayerSpec::Output { classes: 10 }];
    let linear = NetworkSpec { name: "linear".to_owned(), input: dataset.train.shape, layers };
    let (cnn, linear) = (accuracy(&cnn, &split, 8), accuracy(&linear, &split, 40));
    println!("CNN {cnn}, linear {linear}");
    assert!(cnn > linear + 0.05, "CNN {cnn}, linear {linear}");
}
