//! Pause, resume, stop, divergence, and what is said on the way.

use cnnslicer::protocol::{Fault, FromTrainer};
use cnnslicer::trainer::host::Command;
use cnnslicer::trainer::run::RunEnd;

use crate::scripted::{Played, Scripted, order, play};

fn checkpoints(played: &Played, epochs: u32) -> Vec<Vec<u8>> {
    let reader = played.reader();
    (0..=epochs).map(|epoch| pollster::block_on(reader.checkpoint(epoch)).expect("stored")).collect()
}

fn position(played: &Played, is_it: impl Fn(&FromTrainer) -> bool) -> usize {
    played.host.messages.iter().position(is_it).expect("the message was sent")
}

#[test]
fn the_same_seed_gives_bit_equal_losses_and_weights() {
    let first = play(&order(2), Scripted::new(&[]));
    let second = play(&order(2), Scripted::new(&[]));
    assert_eq!(first.end, Ok(RunEnd::Finished));
    let losses = |played: &Played| -> Vec<u32> {
        played.host.metrics().iter().flat_map(|m| [m.train_loss.to_bits(), m.test_loss.to_bits()]).collect()
    };
    assert_eq!(losses(&first), losses(&second));

    let mut other_seed = order(2);
    other_seed.config.seed = 2;
    assert_ne!(losses(&first), losses(&play(&other_seed, Scripted::new(&[]))));
}

#[test]
fn a_pause_changes_nothing_but_time() {
    let straight = play(&order(2), Scripted::new(&[]));
    let script = [(3, Command::Pause), (0, Command::Pause), (0, Command::Resume), (9, Command::Resume)];
    let paused = play(&order(2), Scripted::new(&script));
    assert_eq!(paused.end, Ok(RunEnd::Finished));
    let sent = |message: &FromTrainer| paused.host.messages.iter().filter(|sent| *sent == message).count();
    assert_eq!((sent(&FromTrainer::Paused), sent(&FromTrainer::Resumed)), (1, 1));
    let weights = |played| {
        let files = checkpoints(played, 2);
        files
            .iter()
            .map(|file| cnnslicer::trainer::checkpoint::decode(file).expect("ours"))
            .collect::<Vec<_>>()
    };
    assert_eq!(weights(&straight), weights(&paused));
}

#[test]
fn stop_ends_the_run_within_the_epoch_and_seals_what_was_recorded() {
    // Seven batches an epoch: boundary 10 lies in the second.
    let played = play(&order(5), Scripted::new(&[(10, Command::Stop)]));
    assert_eq!(played.end, Ok(RunEnd::Stopped));
    let reader = played.reader();
    assert_eq!(reader.recorded(), 2);
    assert!(reader.header().complete);
}

#[test]
fn a_paused_run_can_be_stopped() {
    let played = play(&order(3), Scripted::new(&[(0, Command::Pause), (0, Command::Stop)]));
    assert_eq!(played.end, Ok(RunEnd::Stopped));
    assert_eq!(played.reader().recorded(), 1);
}

/// (epoch, batch) of the progress before each pause.
fn pauses(played: &Played) -> Vec<(u32, u32)> {
    let mut last = (0, 0);
    let mut pauses = Vec::new();
    for message in &played.host.messages {
        match message {
            FromTrainer::Progress(progress) => last = (progress.epoch, progress.batch),
            FromTrainer::Paused => pauses.push(last),
            _ => {}
        }
    }
    pauses
}

#[test]
fn a_step_trains_one_epoch_records_it_and_pauses() {
    let script = [(0, Command::Pause), (0, Command::Step), (0, Command::Step), (0, Command::Resume)];
    let stepped = play(&order(4), Scripted::new(&script));
    assert_eq!(stepped.end, Ok(RunEnd::Finished));
    assert_eq!(pauses(&stepped), [(0, 0), (1, 7), (2, 7)]);
    let pause = |number: usize| {
        let mut paused = stepped.host.messages.iter().enumerate();
        paused.by_ref().filter(|(_, m)| **m == FromTrainer::Paused).nth(number).expect("it paused").0
    };
    let recorded =
        position(&stepped, |message| matches!(message, FromTrainer::EpochRecorded { epoch_index: 1, .. }));
    assert!(pause(0) < recorded && recorded < pause(1));
    let weights = |played| checkpoints(played, 4);
    assert_eq!(weights(&stepped), weights(&play(&order(4), Scripted::new(&[]))), "it changes nothing else");
}

#[test]
fn a_step_within_an_epoch_ends_with_it_and_the_last_epoch_needs_no_pause() {
    // Seven batches an epoch: asked for in the second.
    let played = play(&order(3), Scripted::new(&[(10, Command::Step), (0, Command::Step)]));
    assert_eq!((played.end.clone(), pauses(&played)), (Ok(RunEnd::Finished), vec![(2, 7)]));
}

#[test]
fn divergence_is_a_fault_and_the_last_good_epoch_is_kept() {
    let mut order = order(3);
    order.config.learning_rate = 1e30;
    let played = play(&order, Scripted::new(&[]));
    let fault = played.end.clone().expect_err("it diverged");
    assert_eq!(fault.code, "diverged");
    assert!(fault.next_step.contains("learning rate"), "{fault}");
    let reader = played.reader();
    assert_eq!(reader.recorded(), 1);
    assert!(reader.header().complete);
}

#[test]
fn what_the_device_reports_behind_the_loop_stops_the_run() {
    let fault = Fault::new("webgpu_failed", "a", "b", "c");
    let mut host = Scripted::new(&[]);
    host.device_fault = Some(fault.clone());
    let played = play(&order(3), host);
    assert_eq!(played.end, Err(fault));
    assert!(!played.reader().header().complete);
}

#[test]
fn a_batch_larger_than_the_training_set_is_refused() {
    let mut order = order(1);
    order.config.batch = 241;
    let played = play(&order, Scripted::new(&[]));
    let fault = played.end.expect_err("refused");
    assert_eq!(fault.code, "batch_too_large");
    assert!(fault.next_step.contains("1 to 240"), "{fault}");
    assert_eq!(played.store.paths(), Vec::<String>::new(), "nothing is left of it");
}

#[test]
fn a_dataset_with_too_few_images_is_refused_before_anything_is_stored() {
    let mut order = order(1);
    order.config.probe = 300;
    let played = play(&order, Scripted::new(&[]));
    assert_eq!(played.end.expect_err("refused").code, "data_too_small");
    assert_eq!(played.store.paths(), Vec::<String>::new());
}

#[test]
fn the_page_hears_of_everything_in_order() {
    let played = play(&order(2), Scripted::new(&[]));
    let started = position(&played, |message| matches!(message, FromTrainer::Started { .. }));
    let recording = position(&played, |message| {
        matches!(message, FromTrainer::Recording { epoch: 0, layer: 1, layers: 8 })
    });
    let recorded = position(&played, |message| matches!(message, FromTrainer::EpochRecorded { .. }));
    let progress = position(&played, |message| matches!(message, FromTrainer::Progress(_)));
    assert!(started < recording && recording < recorded && recorded < progress);

    let finished = played.host.messages.iter().filter_map(|message| match message {
        FromTrainer::Progress(progress) if progress.batch == progress.batches => Some(*progress),
        _ => None,
    });
    let last = finished.last().expect("an epoch ends with its progress");
    assert_eq!((last.epoch, last.epochs, last.batch), (2, 2, 7));
    assert!(last.images_per_second > 0.0);
    let metrics = played.host.metrics();
    assert_eq!(last.train_loss.to_bits(), metrics[2].train_loss.to_bits());
    assert_eq!(last.train_accuracy.to_bits(), metrics[2].train_accuracy.to_bits());
}
