//! Runs that go on: cut short, stopped, trained longer, moved off a lost device.

use cnnslicer::dataset::Dataset;
use cnnslicer::protocol::{Fault, FromTrainer};
use cnnslicer::storage::ByteStore;
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::trainer::checkpoint;
use cnnslicer::trainer::device::Accelerator;
use cnnslicer::trainer::host::Command;
use cnnslicer::trainer::resume::{ContinueOrder, resume_on};
use cnnslicer::trainer::run::{RunEnd, RunOrder};
use cnnslicer::training::config::{
    Augmentation, ModelName, OptimizerName, PerClass, RateSchedule, RecordPolicy, Width,
};

use serde_json::{Value, json};

use crate::scripted::{Played, Scripted, bars, order, play, play_on, tripled_bars};

/// A run with everything that is random or has a state: batch norm, dropout, augmentation, momentum.
fn restless(epochs: u32) -> (RunOrder, Dataset) {
    let mut order = order(epochs);
    order.config.model = ModelName::Residual;
    order.config.width = Width::Quarter;
    order.config.augment = Augmentation::FlipShift;
    order.config.schedule = RateSchedule::Cosine;
    (order, tripled_bars())
}

fn go_on(store: &MemoryStore, dataset: &Dataset, epochs: Option<u32>, mut host: Scripted) -> Played {
    let order = ContinueOrder { run: "r".to_owned(), data_url: String::new(), epochs };
    let accelerator = Accelerator::cpu("CPU: a test");
    let end = pollster::block_on(resume_on(&order, dataset, &mut host, store.clone(), &accelerator));
    Played { end: end.map_err(|error| error.into_fault()), host, store: store.clone() }
}

/// Losses, accuracies and weights of all epochs, to the bit.
fn bits(played: &Played) -> (Vec<[u32; 5]>, Vec<Vec<u32>>) {
    let reader = played.reader();
    let epochs = pollster::block_on(reader.epochs()).expect("stored");
    let metrics = epochs.iter().map(|(m, _)| {
        let values = [m.train_loss, m.test_loss, m.train_accuracy, m.test_accuracy].map(f32::to_bits);
        [m.epoch, values[0], values[1], values[2], values[3]]
    });
    let weights = epochs.iter().map(|(metrics, _)| {
        let file = pollster::block_on(reader.checkpoint(metrics.epoch)).expect("stored");
        let tensors = checkpoint::decode(&file).expect("ours");
        tensors.iter().flat_map(|tensor| tensor.values.iter().map(|value| value.to_bits())).collect()
    });
    (metrics.collect(), weights.collect())
}

#[test]
fn a_continued_run_has_the_bits_of_an_uninterrupted_one() {
    for rule in [OptimizerName::Sgd, OptimizerName::Adamw] {
        let (mut order, dataset) = restless(3);
        order.config.optimizer = rule;
        let straight = play_on(&order, &dataset, Scripted::new(&[]));
        assert_eq!(straight.end, Ok(RunEnd::Finished));
        // Seven batches an epoch: stopped in the second.
        let stopped = play_on(&order, &dataset, Scripted::new(&[(10, Command::Stop)]));
        assert_eq!(stopped.reader().recorded(), 2);
        let continued = go_on(&stopped.store, &dataset, None, Scripted::new(&[]));
        assert_eq!(continued.end, Ok(RunEnd::Finished));
        assert_eq!(bits(&straight), bits(&continued), "{rule}");
        assert!(continued.reader().header().complete);
    }
}

#[test]
fn a_finished_run_is_trained_further_as_if_it_had_never_ended() {
    let short = play(&order(1), Scripted::new(&[]));
    let longer = go_on(&short.store, &bars(), Some(3), Scripted::new(&[]));
    assert_eq!(longer.end, Ok(RunEnd::Finished));
    assert_eq!(bits(&longer), bits(&play(&order(3), Scripted::new(&[]))));
    assert_eq!(longer.reader().header().planned_epochs, [0, 1, 2, 3]);
    assert_eq!(longer.reader().header().config.epochs, 3);
}

#[test]
fn the_page_hears_of_the_epochs_that_were_there_already() {
    let short = play(&order(1), Scripted::new(&[]));
    let longer = go_on(&short.store, &bars(), Some(2), Scripted::new(&[]));
    let epochs: Vec<u32> = longer.host.metrics().iter().map(|metrics| metrics.epoch).collect();
    assert_eq!(epochs, [0, 1, 2]);
    assert!(matches!(longer.host.messages[0], FromTrainer::Started { .. }));
}

#[test]
fn a_run_with_all_its_epochs_is_not_continued() {
    let played = play(&order(1), Scripted::new(&[]));
    for epochs in [None, Some(1), Some(0)] {
        let again = go_on(&played.store, &bars(), epochs, Scripted::new(&[]));
        assert_eq!(again.end.clone().expect_err("nothing is left").code, "all_trained");
        assert!(again.reader().header().complete);
    }
}

/// What a run file can say that nobody could type.
#[test]
fn a_run_with_settings_out_of_their_limits_is_not_continued() {
    let played = play(&order(1), Scripted::new(&[]));
    let root = pollster::block_on(played.store.read("runs/r/zarr.json")).expect("readable").expect("there");
    for (setting, value) in
        [("epochs", json!(4_000_000_000_u32)), ("per_class", json!({ "count": 4_000_000_000_u32 }))]
    {
        let mut root: Value = serde_json::from_slice(&root).expect("JSON");
        root["attributes"]["cnnslicer"]["config"][setting] = value;
        pollster::block_on(played.store.write("runs/r/zarr.json", &[root.to_string().as_bytes()]))
            .expect("written");
        let refused = go_on(&played.store, &bars(), (setting != "epochs").then_some(2), Scripted::new(&[]));
        let fault = refused.end.clone().expect_err("refused");
        assert_eq!(fault.code, "bad_settings", "{fault}");
        assert!(fault.why.contains(setting), "{fault}");
    }
}

#[test]
fn other_images_under_the_same_name_are_noticed() {
    let played = play(&order(1), Scripted::new(&[]));
    let mut other = bars();
    other.test.images.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
    let refused = go_on(&played.store, &other, Some(2), Scripted::new(&[]));
    assert_eq!(refused.end.clone().expect_err("refused").code, "data_changed");
    assert!(refused.reader().header().complete, "it is as it was");
}

/// What a run of a version before there were data seeds has stored: settings that do not name them.
#[test]
fn a_run_of_an_older_version_goes_on_with_its_own_images() {
    let mut short = order(1);
    (short.config.seed, short.config.data_seed, short.config.test_per_class) = (7, None, None);
    let played = play(&short, Scripted::new(&[]));
    let root = pollster::block_on(played.store.read("runs/r/zarr.json")).expect("readable").expect("there");
    let mut root: Value = serde_json::from_slice(&root).expect("JSON");
    let config = root["attributes"]["cnnslicer"]["config"].as_object_mut().expect("settings");
    assert!(config.remove("data_seed").is_some() && config.remove("test_per_class").is_some());
    pollster::block_on(played.store.write("runs/r/zarr.json", &[root.to_string().as_bytes()]))
        .expect("written");

    let longer = go_on(&played.store, &bars(), Some(2), Scripted::new(&[]));
    assert_eq!(longer.end, Ok(RunEnd::Finished));
    let mut straight = order(2);
    (straight.config.seed, straight.config.data_seed) = (7, Some(7));
    // 24 of each class, as it trains on.
    straight.config.test_per_class = Some(PerClass::Count(24));
    assert_eq!(bits(&longer), bits(&play(&straight, Scripted::new(&[]))));
}

#[test]
fn a_run_that_does_not_exist_is_not_continued() {
    let missing = go_on(&MemoryStore::new(), &bars(), None, Scripted::new(&[]));
    assert_eq!(missing.end.expect_err("there is none").code, "storage");
}

#[test]
fn only_planned_epochs_are_recorded_and_the_losses_of_all_are_kept() {
    let mut sparse = order(3);
    sparse.config.record = RecordPolicy::Every(2);
    let played = play(&sparse, Scripted::new(&[]));
    let epochs: Vec<u32> = played.host.metrics().iter().map(|metrics| metrics.epoch).collect();
    assert_eq!(epochs, [0, 2, 3]);
    assert_eq!(played.reader().header().planned_epochs, [0, 2, 3]);
    let rows = |name: &str| {
        let folder = format!("runs/r/training/{name}/c/");
        played.store.paths().iter().filter(|path| path.starts_with(&folder)).count()
    };
    assert_eq!((rows("loss"), rows("accuracy"), rows("confusion")), (3, 3, 3));
    // Recording looks at the network and changes nothing.
    let all = play(&order(3), Scripted::new(&[]));
    assert_eq!(bits(&played).1.last(), bits(&all).1.last());
}

#[test]
fn a_run_stopped_between_recorded_epochs_ends_with_its_last_whole_one() {
    let mut sparse = order(8);
    sparse.config.record = RecordPolicy::Log;
    // Seven batches an epoch: stopped in the fourth; epochs 1 and 2 are recorded, 3 is not.
    let stopped = play(&sparse, Scripted::new(&[(23, Command::Stop)]));
    assert_eq!(stopped.end, Ok(RunEnd::Stopped));
    assert_eq!(stopped.reader().recorded(), 4);
    assert_eq!(stopped.reader().header().planned_epochs, [0, 1, 2, 3]);
    let losses = stopped.store.paths().iter().filter(|path| path.contains("training/loss/c/")).count();
    assert_eq!(losses, 3);
    // Nothing of the fourth epoch, which was under way, is in it.
    assert_eq!(bits(&stopped), bits(&play(&order(3), Scripted::new(&[]))));
    let continued = go_on(&stopped.store, &bars(), Some(5), Scripted::new(&[]));
    assert_eq!(bits(&continued).1.last(), bits(&play(&order(5), Scripted::new(&[]))).1.last());
}

#[test]
fn an_unrecorded_epoch_comes_back_with_its_running_statistics_and_momentum() {
    let (mut order, dataset) = restless(5);
    (order.config.optimizer, order.config.schedule) = (OptimizerName::Sgd, RateSchedule::Constant);
    let straight = play_on(&order, &dataset, Scripted::new(&[]));
    order.config.record = RecordPolicy::Every(5);
    // Stopped in the third epoch: the second is recorded after all.
    let stopped = play_on(&order, &dataset, Scripted::new(&[(17, Command::Stop)]));
    assert_eq!(stopped.reader().header().planned_epochs, [0, 2]);
    let continued = go_on(&stopped.store, &dataset, None, Scripted::new(&[]));
    assert_eq!(bits(&continued).1.last(), bits(&straight).1.last());
}

#[test]
fn where_there_is_no_room_for_the_last_epoch_the_run_ends_with_the_one_before() {
    let mut sparse = order(8);
    sparse.config.record = RecordPolicy::Every(8);
    let script = [(10, Command::Stop)];
    let roomy = play(&sparse, Scripted::new(&script));
    assert_eq!(roomy.reader().recorded(), 2);
    let store = MemoryStore::new();
    // The untrained network has room, and what comes after it has not.
    store.set_space_left(Some(pollster::block_on(roomy.reader().bytes()).expect("stored") as usize * 8 / 10));
    let (mut host, cpu, dataset) = (Scripted::new(&script), Accelerator::cpu("CPU: a test"), bars());
    let run = cnnslicer::trainer::run::run_on(&sparse, &dataset, &mut host, store.clone(), &cpu);
    // This store gives no room back, not even to seal the run: it is as a crash would leave it.
    let end = pollster::block_on(run).expect_err("there is no room").into_fault();
    assert_eq!(end.code, "storage_full");
    let said = host
        .messages
        .iter()
        .any(|message| matches!(message, FromTrainer::Refused { fault } if fault.code == "storage_full"));
    store.set_space_left(None);
    let played = Played { end: Err(end), host, store };
    assert!(said && !played.reader().header().complete);
    assert_eq!(played.reader().recorded(), 1);
    let continued = go_on(&played.store, &bars(), Some(2), Scripted::new(&[]));
    assert_eq!(bits(&continued).1.last(), bits(&play(&order(2), Scripted::new(&[]))).1.last());
}

#[test]
fn a_lost_graphics_processor_is_replaced_by_the_cpu_and_said() {
    let mut order = order(2);
    order.config.dataset = cnnslicer::training::config::DatasetName::Strokes;
    let mut host = Scripted::new(&[]);
    host.device_fault = Some(Fault::new("webgpu_failed", "a", "the device is lost", "c"));
    let store = MemoryStore::new();
    let mut accelerator = Accelerator::cpu("WebGPU: a test");
    accelerator.backend = cnnslicer::training::config::Backend::Webgpu;
    let run = cnnslicer::trainer::recovery::run_to_end(&order, &mut host, store.clone(), &accelerator);
    assert_eq!(pollster::block_on(run).expect("it goes on"), RunEnd::Finished);
    let lost = host.messages.iter().find_map(|message| match message {
        FromTrainer::DeviceLost { fault } => Some(fault.clone()),
        _ => None,
    });
    let fault = lost.expect("it is said");
    assert_eq!(fault.code, "device_lost");
    assert!(fault.why.contains("the device is lost"), "{fault}");
    let recovered = Played { end: Ok(RunEnd::Finished), host, store };

    let store = MemoryStore::new();
    let (mut host, cpu) = (Scripted::new(&[]), Accelerator::cpu("CPU: a test"));
    let run = cnnslicer::trainer::run::run(&order, &mut host, store.clone(), &cpu);
    assert_eq!(pollster::block_on(run).expect("it trains"), RunEnd::Finished);
    assert_eq!(bits(&recovered), bits(&Played { end: Ok(RunEnd::Finished), host, store }));
}
