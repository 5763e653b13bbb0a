//! The browser glue in a real browser, in a dedicated worker as the programs use it.
#![cfg(target_arch = "wasm32")]

use cnnslicer::browser::blob_file::BlobFile;
use cnnslicer::browser::opfs::Opfs;
use cnnslicer::browser::{fetch, images, locks, turn};
use cnnslicer::compute::import::import;
use cnnslicer::cube::{EstimatorSettings, LayerHeader, ProbeSet, RunHeader, RunReader, RunWriter, archive};
use cnnslicer::dataset::{ImageShape, Samples};
use cnnslicer::evaluation::ConfusionMatrix;
use cnnslicer::storage::memory::MemoryStore;
use cnnslicer::storage::{ByteStore, Entry, StorageError};
use cnnslicer::training::{EpochMetrics, TrainingConfig};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn opfs() -> Opfs {
    Opfs::open().await.expect("the test browser has OPFS")
}

#[wasm_bindgen_test]
async fn what_is_written_in_parts_is_read_back_whole() {
    let store = opfs().await;
    store.write("test/whole/a.bin", &[&[1, 2], &[], &[3]]).await.expect("written");
    assert_eq!(store.read("test/whole/a.bin").await, Ok(Some(vec![1, 2, 3])));
    assert_eq!(store.size("test/whole/a.bin").await, Ok(Some(3)));
}

#[wasm_bindgen_test]
async fn a_shorter_file_replaces_a_longer_one() {
    let store = opfs().await;
    store.write("test/shorter", &[&[7; 100]]).await.expect("written");
    store.write("test/shorter", &[&[8; 3]]).await.expect("written again");
    assert_eq!(store.read("test/shorter").await, Ok(Some(vec![8; 3])));
}

#[wasm_bindgen_test]
async fn a_range_is_read_and_a_range_past_the_end_is_refused() {
    let store = opfs().await;
    store.write("test/range", &[&[0, 1, 2, 3, 4, 5]]).await.expect("written");
    assert_eq!(store.read_range("test/range", 2, 3).await, Ok(vec![2, 3, 4]));
    let past = store.read_range("test/range", 4, 3).await;
    assert!(matches!(past, Err(StorageError::Platform { .. })), "{past:?}");
    let missing = store.read_range("test/none", 0, 1).await;
    assert_eq!(missing, Err(StorageError::Missing("test/none".to_owned())));
}

#[wasm_bindgen_test]
async fn a_folder_lists_its_entries_by_name_and_goes_with_all_in_it() {
    let store = opfs().await;
    store.write("test/list/b", &[b"1"]).await.expect("written");
    store.write("test/list/a/deep", &[b"2"]).await.expect("written");
    let entry = |name: &str, is_folder| Entry { name: name.to_owned(), is_folder };
    assert_eq!(store.list("test/list").await, Ok(vec![entry("a", true), entry("b", false)]));
    store.remove("test/list").await.expect("removed");
    assert_eq!(store.list("test/list").await, Ok(Vec::new()));
    assert_eq!(store.read("test/list/a/deep").await, Ok(None));
    assert_eq!(store.remove("test/list").await, Ok(()), "removing nothing is no error");
}

#[wasm_bindgen_test]
async fn a_path_cannot_leave_the_store() {
    let store = opfs().await;
    for path in ["", "../x", "a//b", "/a", "a/.", "a\\b"] {
        let outcome = store.write(path, &[b"x"]).await;
        assert_eq!(outcome, Err(StorageError::BadPath(path.to_owned())));
    }
}

#[wasm_bindgen_test]
async fn two_readers_read_one_file_at_once() {
    let (one, other) = (opfs().await, opfs().await);
    one.write("test/shared", &[&[5; 1000]]).await.expect("written");
    let (first, second) = (one.file("test/shared").await, other.file("test/shared").await);
    assert_eq!(first.expect("read").expect("there").size(), 1000.0);
    assert_eq!(second.expect("read").expect("there").size(), 1000.0);
}

#[wasm_bindgen_test]
async fn a_lock_is_had_once_and_again_when_it_was_given_back() {
    let name = locks::of_run("a lock of a test");
    let lock = locks::acquire(&name).await.expect("nobody else holds it");
    assert!(locks::acquire(&name).await.is_none());
    assert!(locks::held().await.contains(&name));
    drop(lock);
    // The browser gives it on in a later turn.
    turn::sleep(20.0).await;
    assert!(!locks::held().await.contains(&name));
    assert!(locks::acquire(&name).await.is_some());
}

/// A run of one layer without an epoch, as a file.
async fn run_file() -> Vec<u8> {
    let input = ImageShape { channels: 1, height: 2, width: 2 };
    let layer = LayerHeader {
        index: 1,
        name: "probabilities".into(),
        kind: "output".into(),
        channels: 1,
        height: 1,
        width: 2,
    };
    let header = RunHeader {
        format: 1,
        app: "cnnslicer test".into(),
        created: "2026-01-02T03:04:05Z".into(),
        name: "imported".into(),
        note: String::new(),
        seed: 1,
        dataset: "strokes".into(),
        model: "mnist-8".into(),
        optimizer: "adam".into(),
        backend: "cpu".into(),
        classes: vec!["a".into(), "b".into()],
        layers: vec![layer],
        settings: EstimatorSettings::default(),
        complete: false,
        config: TrainingConfig::default(),
        input,
        probe_images: 2,
        planned_epochs: vec![0, 1],
        network: None,
        training_images: 0,
        trained_images: 0,
        train_probe_images: 0,
        probe_set: ProbeSet::Test,
    };
    let store = MemoryStore::new();
    let probe = Samples { shape: input, images: vec![7; 8], labels: vec![0, 1] };
    let mut writer = RunWriter::create(store.clone(), "r", header, &probe).await.expect("created");
    writer.write_activations(0, 1, &[half::f16::ONE; 4]).await.expect("written");
    let metrics = EpochMetrics {
        epoch: 0,
        train_loss: f32::NAN,
        test_loss: 0.5,
        train_accuracy: f32::NAN,
        test_accuracy: 0.5,
    };
    writer.commit_epoch(0, &metrics, &ConfusionMatrix::new(2)).await.expect("committed");
    archive::to_bytes(&RunReader::open(store, "r").await.expect("opens")).await.expect("zipped")
}

fn blob_url(bytes: &[u8]) -> String {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let blob = web_sys::Blob::new_with_u8_array_sequence(&parts).expect("a blob");
    let url = js_sys::Reflect::get(&js_sys::global(), &"URL".into()).expect("URL");
    let create = js_sys::Reflect::get(&url, &"createObjectURL".into()).expect("a function");
    let create: js_sys::Function = create.unchecked_into();
    create.call1(&url, &blob).expect("called").as_string().expect("a text")
}

#[wasm_bindgen_test]
async fn a_run_file_comes_into_storage_with_the_same_bytes_once_or_again() {
    let store = opfs().await;
    store.remove("runs").await.expect("removed");
    let file = run_file().await;
    let run = import(&store, &blob_url(&file), true, |_| (), || false).await.expect("taken in");
    let reader = RunReader::open(store.clone(), &run).await.expect("opens");
    assert_eq!(archive::to_bytes(&reader).await.expect("zipped"), file);
    assert_eq!(reader.layer_cells(0, 1).await.expect("stored").values, [1.0; 4]);
    let reused = import(&store, &blob_url(&file), true, |_| (), || false).await.expect("there already");
    let again = import(&store, &blob_url(&file), false, |_| (), || false).await.expect("taken in again");
    assert!(reused == run && again != run, "{run} {reused} {again}");
    let refused = import(&store, &blob_url(&file[..file.len() - 1]), false, |_| (), || false).await;
    assert!(refused.expect_err("cut short").to_string().contains("cut short"));
    assert_eq!(store.list("runs").await.expect("listed").len(), 2);
    store.remove("runs").await.expect("removed");
}

#[wasm_bindgen_test]
async fn the_browser_says_how_full_it_is() {
    let space = opfs().await.space().await.expect("Chromium estimates");
    assert!(space.quota > space.used);
}

#[wasm_bindgen_test]
async fn a_missing_file_beside_the_page_is_an_error_with_its_status() {
    let error = fetch::bytes("./no-such-file.bin").await.expect_err("there is none");
    assert!(error.url.ends_with("no-such-file.bin"));
    assert_eq!(error.status, Some(404));
}

#[wasm_bindgen_test]
async fn a_turn_comes_back_quickly_and_a_sleep_does_not() {
    let start = turn::now_ms();
    for _ in 0..100 {
        turn::macrotask().await;
    }
    let turns = turn::now_ms() - start;
    turn::sleep(30.0).await;
    let slept = turn::now_ms() - start - turns;
    assert!(turns < 1000.0, "100 turns took {turns} ms");
    assert!(slept >= 29.0, "a sleep of 30 ms took {slept} ms");
}

/// A file of one colour that the browser itself made.
async fn picture(kind: &str) -> Vec<u8> {
    let make = js_sys::Function::new_with_args(
        "kind",
        "return (async () => {
            const canvas = new OffscreenCanvas(40, 30);
            const context = canvas.getContext('2d');
            context.fillStyle = 'rgb(200, 100, 50)';
            context.fillRect(0, 0, 40, 30);
            const blob = await canvas.convertToBlob({ type: kind, quality: 1 });
            return new Uint8Array(await blob.arrayBuffer());
        })()",
    );
    let made = make.call1(&wasm_bindgen::JsValue::NULL, &kind.into()).expect("called");
    let bytes = wasm_bindgen_futures::JsFuture::from(made.unchecked_into::<js_sys::Promise>()).await;
    bytes.expect("made").unchecked_into::<js_sys::Uint8Array>().to_vec()
}

#[wasm_bindgen_test]
async fn png_jpeg_and_webp_are_decoded_to_their_pixels() {
    for kind in ["image/png", "image/jpeg", "image/webp"] {
        let bitmap = images::decode(&picture(kind).await).await.expect(kind);
        assert_eq!((bitmap.width, bitmap.height, bitmap.rgba.len()), (40, 30, 4800), "{kind}");
        let near = |value: u8, expected: u8| value.abs_diff(expected) <= 4;
        let pixel = &bitmap.rgba[2400..2404];
        assert!(near(pixel[0], 200) && near(pixel[1], 100) && near(pixel[2], 50), "{kind}: {pixel:?}");
        assert_eq!(pixel[3], 255);
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_decoded_is_refused_in_words() {
    let error = images::decode(b"not an image").await.expect_err("refused");
    assert!(!error.is_empty());
    let png = picture("image/png").await;
    assert!(images::decode(&png[..png.len() / 2]).await.is_err() || png.len() < 200, "cut short");
}

#[wasm_bindgen_test]
fn a_blob_is_read_from_any_place_across_its_pieces() {
    use std::io::{Read, Seek, SeekFrom};
    let bytes: Vec<u8> = (0..2_500_000_u32).map(|at| (at % 251) as u8).collect();
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
    let mut file = BlobFile::new(web_sys::Blob::new_with_u8_array_sequence(&parts).expect("a blob"));
    let mut whole = Vec::new();
    file.read_to_end(&mut whole).expect("read");
    assert_eq!(whole, bytes);
    let mut part = [0; 10];
    file.seek(SeekFrom::End(-5)).expect("sought");
    assert_eq!(file.read(&mut part).expect("read"), 5);
    file.seek(SeekFrom::Start(1_048_570)).expect("sought");
    file.read_exact(&mut part).expect("read");
    assert_eq!(part, bytes[1_048_570..1_048_580]);
    assert!(file.seek(SeekFrom::Current(-2_000_000)).is_err());
}
