#![allow(clippy::naive_bytecount, reason = "a test may count plainly")]
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const EVERYTHING: Quota = Quota { train: None, test: None, seed: 1 };

/// Records whose labels count up; the pixels of a record are its number.
fn batch(records: u32) -> Vec<u8> {
    let record = |number: u32| {
        let pixels = std::iter::repeat_n((number % 251) as u8, SHAPE.len());
        std::iter::once((number % 10) as u8).chain(pixels).collect::<Vec<_>>()
    };
    (0..records).flat_map(record).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn archive(train: &[u8], test: &[u8]) -> Vec<u8> {
    gzip(&tar(&[
        ("cifar-10-batches-bin/batches.meta.txt", b"airplane\n"),
        ("cifar-10-batches-bin/data_batch_1.bin", train),
        ("cifar-10-batches-bin/test_batch.bin", test),
        ("cifar-10-batches-bin/readme.html", b"<html>"),
    ]))
}

fn read(bytes: &[u8]) -> Result<Dataset, CifarError> {
    read_archive(bytes, "c.tar.gz", EVERYTHING, &mut |_| {})
}

fn read_batch(bytes: &[u8]) -> Result<u64, CifarError> {
    Reader::new(EVERYTHING, &mut |_| {}).batch(bytes, "data_batch_1.bin", Part::Train)
}

#[test]
fn an_archive_gives_its_parts_with_labels_and_planes() {
    let dataset = read(&archive(&batch(30), &batch(20))).unwrap();
    assert_eq!((dataset.train.len(), dataset.test.len()), (30, 20));
    assert_eq!(dataset.train.shape, SHAPE);
    assert_eq!(dataset.train.labels[..11], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
    assert_eq!(dataset.train.image(12), [12; 3072]);
    assert_eq!(dataset.classes[9], "truck");
}

#[test]
fn bare_batches_give_what_the_archive_gives() {
    let (train, test) = (batch(30), batch(20));
    let mut ignore = |_| {};
    let mut reader = Reader::new(EVERYTHING, &mut ignore);
    assert_eq!(reader.batch(&test[..], "test_batch.bin", Part::Test).unwrap(), 20 * 3073);
    reader.batch(&train[..], "data_batch_1.bin", Part::Train).unwrap();
    let bare = reader.finish();
    let packed = read(&archive(&train, &test)).unwrap();
    assert_eq!((bare.train, bare.test), (packed.train, packed.test));
}

#[test]
fn a_quota_keeps_as_many_of_each_class_and_reports_how_far_it_is() {
    let quota = Quota { train: Some(7), test: Some(3), seed: 5 };
    let mut reports = Vec::new();
    let bytes = archive(&batch(1500), &batch(600));
    let dataset = read_archive(&bytes[..], "c", quota, &mut |records| reports.push(records)).unwrap();
    let counts =
        |labels: &[u8]| (0..10).map(|k| labels.iter().filter(|&&l| l == k).count()).collect::<Vec<_>>();
    assert_eq!(counts(&dataset.train.labels), [7; 10]);
    assert_eq!(counts(&dataset.test.labels), [3; 10]);
    assert_eq!(reports, [1000, 2000]);
}

#[test]
fn the_parts_are_known_by_the_files_names() {
    assert_eq!(Part::of("a/b/data_batch_3.bin"), Some(Part::Train));
    assert_eq!(Part::of("test_batch.bin"), Some(Part::Test));
    for other in ["data_batch_.bin", "data_batch_x.bin", "train.bin", "batches.meta.txt"] {
        assert_eq!(Part::of(other), None, "{other}");
    }
}

#[test]
fn what_is_no_gzip_file_is_refused() {
    assert!(matches!(read(&tar(&[])), Err(CifarError::NotGzip { .. })));
    let error = read(b"<!doctype html>").unwrap_err();
    assert!(error.to_string().contains("looks like an HTML page"), "{error}");
    assert_eq!(error.code(), "cifar_not_gzip");
    assert!(read(b"").unwrap_err().to_string().contains("empty"));
}

#[test]
fn an_archive_that_ends_early_is_refused_wherever_it_ends() {
    let whole = archive(&batch(30), &batch(20));
    for end in (3..whole.len()).step_by(97).chain([whole.len() - 1, whole.len() - 9]) {
        let error = read(&whole[..end]).unwrap_err();
        assert!(matches!(error, CifarError::Truncated { .. }), "{end} of {}: {error}", whole.len());
    }
}

#[test]
fn a_tar_that_ends_inside_a_batch_is_cut_short_though_its_gzip_file_is_whole() {
    let whole = tar(&[("data_batch_1.bin", &batch(30)), ("test_batch.bin", &batch(20))]);
    let error = read(&gzip(&whole[..512 + 3073 * 4])).unwrap_err();
    assert!(matches!(error, CifarError::Truncated { .. }), "{error}");
}

#[test]
fn a_damaged_archive_is_refused() {
    let mut damaged = archive(&batch(30), &batch(20));
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    assert!(matches!(read(&damaged), Err(CifarError::Broken { .. } | CifarError::Truncated { .. })));
    let mut wrong_sum = archive(&batch(30), &batch(20));
    let sum = wrong_sum.len() - 6;
    wrong_sum[sum] ^= 1;
    assert!(matches!(read(&wrong_sum), Err(CifarError::Broken { .. })), "the checksum is checked");
}

#[test]
fn a_batch_that_is_no_whole_number_of_records_is_refused() {
    let error = read_batch(&batch(3)[..3073 * 2 + 5]).unwrap_err();
    assert_eq!(error, CifarError::WrongRecordSize { name: "data_batch_1.bin".into(), bytes: 6151 });
    // CIFAR-100 has a second label.
    let hundred = vec![0; 3074 * 10];
    assert!(matches!(read_batch(&hundred), Err(CifarError::WrongRecordSize { .. })));
    let inside = read(&archive(&batch(3)[1..], &batch(2))).unwrap_err();
    assert!(inside.to_string().starts_with("c.tar.gz: cifar-10-batches-bin/data_batch_1.bin"), "{inside}");
}

#[test]
fn a_label_above_nine_is_refused_with_its_place() {
    let mut bytes = batch(30);
    bytes[3073 * 12] = 10;
    let expected = CifarError::LabelOutOfRange { name: "data_batch_1.bin".into(), position: 12, label: 10 };
    assert_eq!(read_batch(&bytes), Err(expected));
}

#[test]
fn an_empty_batch_is_refused() {
    assert!(matches!(read_batch(b""), Err(CifarError::Empty { .. })));
}

#[test]
fn an_archive_without_a_part_is_refused() {
    let without = |member| read(&gzip(&tar(&[(member, &batch(3))]))).unwrap_err();
    assert!(matches!(without("data_batch_1.bin"), CifarError::MissingBatch { file: "test_batch.bin", .. }));
    assert!(matches!(without("test_batch.bin"), CifarError::MissingBatch { file: "data_batch_1.bin", .. }));
    assert!(matches!(without("train.bin"), CifarError::MissingBatch { .. }));
}

#[test]
fn an_archive_that_unpacks_to_gigabytes_is_refused() {
    /// A member of five gigabytes of zeros, made while it is read.
    fn bomb() -> impl Read {
        let mut header = tar::Header::new_gnu();
        header.set_path("readme.html").unwrap();
        header.set_size(5 << 30);
        header.set_cksum();
        let content = io::Cursor::new(header.as_bytes().to_vec()).chain(io::repeat(0).take(5 << 30));
        flate2::read::GzEncoder::new(content, Compression::fast())
    }
    let error = read_archive(bomb(), "bomb", EVERYTHING, &mut |_| {}).unwrap_err();
    assert!(matches!(error, CifarError::TooLarge { .. }), "{error}");
}
