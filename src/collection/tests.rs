use pollster::block_on;

use super::*;
use crate::storage::memory::MemoryStore;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 2, width: 2 };

fn samples(labels: &[u8]) -> Samples {
    let images = (0..labels.len() * SHAPE.len()).map(|value| value as u8).collect();
    Samples { shape: SHAPE, images, labels: labels.to_vec() }
}

fn pets() -> Dataset {
    Dataset {
        name: "pets".into(),
        classes: vec!["cat".into(), "dog".into()],
        train: samples(&[0, 1, 1, 0]),
        test: samples(&[1, 0]),
    }
}

/// A store with pets in it.
fn stored() -> (MemoryStore, OwnId) {
    let store = MemoryStore::new();
    let id = block_on(keep(&store, &pets(), "2026-07-22T14:30:05Z", Copied::default())).unwrap();
    (store, id)
}

fn reading(store: &MemoryStore, id: OwnId) -> Result<Dataset, CollectionError> {
    block_on(read(store, id))
}

#[test]
fn what_was_kept_is_read_back() {
    let (store, id) = stored();
    let read = reading(&store, id).unwrap();
    let pets = pets();
    assert_eq!((read.name, read.classes), (pets.name, pets.classes));
    assert_eq!((read.train, read.test), (pets.train, pets.test));
}

#[test]
fn what_is_kept_is_listed_with_its_counts_and_can_be_deleted() {
    let (store, id) = stored();
    let kept = block_on(list(&store)).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].folder, id.to_string());
    let record = kept[0].record.clone().unwrap();
    assert_eq!((record.summary.name.as_str(), record.summary.classes[1].train), ("pets", 2));
    // Headers of 20 and 8 bytes, 12 bytes and a label for each of 6 images, and the record.
    assert!(kept[0].bytes > 2 * 28 + 6 * 13);
    block_on(remove(&store, &kept[0].folder)).unwrap();
    assert_eq!(block_on(list(&store)).unwrap(), []);
    assert_eq!(reading(&store, id).unwrap_err(), CollectionError::Missing { id });
}

#[test]
fn what_became_of_copies_is_remembered_and_older_records_say_nothing_of_it() {
    let (store, id) = stored();
    let copied = Copied { in_both: 3, left_out: 4 };
    block_on(keep(&store, &pets(), "2026", copied)).unwrap();
    let kept = |store: &MemoryStore| {
        let record = block_on(record(store, id)).unwrap().unwrap();
        (record.in_both, record.left_out)
    };
    assert_eq!(kept(&store), (3, 4));
    let mut json = serde_json::to_value(block_on(record(&store, id)).unwrap().unwrap()).unwrap();
    for newer in ["in_both", "left_out"] {
        json.as_object_mut().unwrap().remove(newer).unwrap();
    }
    block_on(store.write(&path(id, RECORD), &[json.to_string().as_bytes()])).unwrap();
    assert_eq!(kept(&store), (0, 0));
    assert!(reading(&store, id).is_ok());
}

#[test]
fn the_files_are_idx_files() {
    let (store, id) = stored();
    let images = block_on(store.read(&path(id, "train-images"))).unwrap().unwrap();
    assert_eq!(images[..20], [0, 0, 8, 4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2]);
    let labels = block_on(store.read(&path(id, "test-labels"))).unwrap().unwrap();
    assert_eq!(labels, [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
}

#[test]
fn a_file_cut_short_is_refused_by_its_path() {
    let (store, id) = stored();
    let file = path(id, "train-images");
    let bytes = block_on(store.read(&file)).unwrap().unwrap();
    block_on(store.write(&file, &[&bytes[..30]])).unwrap();
    let error = reading(&store, id).unwrap_err();
    assert_eq!(error.code(), "own_damaged");
    assert!(error.to_string().contains("train-images is damaged: it holds 30 bytes; expected were 68"));
}

#[test]
fn a_file_with_another_header_or_a_label_that_is_no_class_is_refused() {
    for (name, at) in [("test-images", 3), ("test-labels", 9)] {
        let (store, id) = stored();
        let file = path(id, name);
        let mut bytes = block_on(store.read(&file)).unwrap().unwrap();
        bytes[at] = 9;
        block_on(store.write(&file, &[&bytes])).unwrap();
        let refused = reading(&store, id);
        assert!(matches!(refused, Err(CollectionError::Damaged { .. })), "{name}: {refused:?}");
    }
}

#[test]
fn a_record_of_another_format_or_none_is_refused_but_listed() {
    for (old, new) in [("\"format\": 1", "\"format\": 2"), ("{", "["), ("own-", "own-0")] {
        let (store, id) = stored();
        let file = path(id, RECORD);
        let json = String::from_utf8(block_on(store.read(&file)).unwrap().unwrap()).unwrap();
        block_on(store.write(&file, &[json.replacen(old, new, 1).as_bytes()])).unwrap();
        let refused = reading(&store, id);
        assert!(matches!(refused, Err(CollectionError::BadRecord { .. })), "{new}: {refused:?}");
        assert_eq!(block_on(list(&store)).unwrap()[0].record, None);
    }
}

#[test]
fn a_dataset_written_in_part_only_is_none() {
    let (store, id) = stored();
    block_on(store.remove(&path(id, RECORD))).unwrap();
    assert_eq!(reading(&store, id).unwrap_err(), CollectionError::Missing { id });
    let kept = block_on(list(&store)).unwrap();
    assert_eq!((kept.len(), &kept[0].record), (1, &None));
}

#[test]
fn only_datasets_can_be_deleted() {
    let (store, _) = stored();
    for folder in ["../runs/a", "a/b", "..", ""] {
        assert!(block_on(remove(&store, folder)).is_err(), "{folder:?}");
    }
    assert_eq!(block_on(list(&store)).unwrap().len(), 1);
}
