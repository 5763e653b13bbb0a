use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

fn idx(magic: u32, axes: &[u32], values: &[u8]) -> Vec<u8> {
    let header = std::iter::once(&magic).chain(axes).flat_map(|word| word.to_be_bytes());
    header.chain(values.iter().copied()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn images(count: u32) -> Vec<u8> {
    idx(IMAGES_MAGIC, &[count, 2, 3], &vec![7; count as usize * 6])
}

fn labels(values: &[u8]) -> Vec<u8> {
    idx(LABELS_MAGIC, &[values.len() as u32], values)
}

#[test]
fn images_come_with_their_shape() {
    let (shape, pixels) = parse_images(&images(4), "images").unwrap();
    assert_eq!(shape, ImageShape { channels: 1, height: 2, width: 3 });
    assert_eq!(pixels, [7; 24]);
}

#[test]
fn gzipped_files_read_as_the_plain_ones() {
    assert_eq!(parse_images(&gzip(&images(4)), "i"), parse_images(&images(4), "i"));
    assert_eq!(parse_labels(&gzip(&labels(&[1, 2, 9])), "l").unwrap(), [1, 2, 9]);
}

#[test]
fn a_file_of_another_kind_is_refused_with_what_was_found_and_expected() {
    let error = parse_images(&labels(&[1; 20]), "train-images").unwrap_err();
    assert_eq!(
        error.to_string(),
        "train-images is not an IDX file of images: it starts with 0x00000801, expected was 0x00000803."
    );
    assert!(matches!(parse_labels(&images(9), "l"), Err(IdxError::WrongMagic { .. })));
}

#[test]
fn an_html_page_instead_of_the_file_is_recognised() {
    let error = parse_labels(b"<!doctype html>", "labels").unwrap_err();
    assert!(error.to_string().contains("looks like an HTML page"), "{error}");
}

#[test]
fn a_file_that_ends_early_is_refused_wherever_it_ends() {
    let whole = images(4);
    for len in 0..whole.len() {
        let error = parse_images(&whole[..len], "images").unwrap_err();
        let expected = if len < 16 { 16 } else { 40 };
        assert_eq!(error, IdxError::Truncated { name: "images".into(), found: len as u64, expected });
    }
}

#[test]
fn bytes_after_the_last_value_are_refused() {
    let mut bytes = labels(&[1, 2]);
    bytes.push(0);
    let expected = IdxError::TrailingBytes { name: "labels".into(), expected: 10 };
    assert_eq!(parse_labels(&bytes, "labels").unwrap_err(), expected);
    assert_eq!(parse_labels(&gzip(&bytes), "labels").unwrap_err(), expected);
}

#[test]
fn a_gzip_bomb_is_left_after_one_byte_too_many() {
    let bomb = gzip(&idx(LABELS_MAGIC, &[2], &vec![0; 64 << 20]));
    assert!(bomb.len() < 70_000);
    let mut read = 0;
    let counted = Counted { source: MultiGzDecoder::new(&bomb[..]), read: &mut read };
    let file = Idx { name: "labels", kind: "labels", magic: LABELS_MAGIC };
    let error = file.read_unpacked::<1>(counted).unwrap_err();
    assert_eq!(error, IdxError::TrailingBytes { name: "labels".into(), expected: 10 });
    assert_eq!(read, 11);
}

/// Counts what is taken from a reader.
struct Counted<'a, R> {
    source: R,
    read: &'a mut usize,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.source.read(buffer)?;
        *self.read += len;
        Ok(len)
    }
}

#[test]
fn an_empty_file_of_images_is_refused() {
    let error = parse_images(&idx(IMAGES_MAGIC, &[0, 28, 28], &[]), "images").unwrap_err();
    assert_eq!(error, IdxError::Empty { name: "images".into(), kind: "images" });
}

#[test]
fn absurd_dimensions_are_refused_before_memory_is_taken() {
    for axes in [[u32::MAX; 3], [1, 0, 28], [1, 28, 0], [1, 1025, 1], [2000, 1024, 1024]] {
        let error = parse_images(&idx(IMAGES_MAGIC, &axes, &[]), "images").unwrap_err();
        assert!(matches!(error, IdxError::AbsurdSize { .. }), "{axes:?}: {error}");
    }
    assert!(matches!(
        parse_labels(&idx(LABELS_MAGIC, &[u32::MAX], &[]), "labels"),
        Err(IdxError::AbsurdSize { .. })
    ));
}

#[test]
fn a_label_above_nine_is_refused_with_its_position() {
    let error = parse_labels(&labels(&[9, 0, 10]), "labels").unwrap_err();
    assert_eq!(error.to_string(), "labels: label number 2 is 10, expected was 0 to 9.");
}

#[test]
fn a_damaged_gzip_file_is_refused() {
    let whole = gzip(&images(50));
    let short = parse_images(&whole[..whole.len() - 12], "images").unwrap_err();
    assert_eq!(
        short.to_string(),
        "images is a damaged gzip file (it ends in the middle of the packed data); expected was an \
         intact one, or the file not packed."
    );
    let mut flipped = whole;
    let checksum = flipped.len() - 8;
    flipped[checksum] ^= 1;
    assert!(matches!(parse_images(&flipped, "images"), Err(IdxError::BrokenGzip { .. })));
    assert!(matches!(parse_images(&GZIP_MAGIC, "images"), Err(IdxError::BrokenGzip { .. })));
}

#[test]
fn counts_that_disagree_are_refused_with_both_names() {
    let error = mnist(&images(3), &labels(&[1, 2]), &images(1), &labels(&[1])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "train-images-idx3-ubyte.gz holds 3 images but train-labels-idx1-ubyte.gz 2 labels; expected were \
         as many of each."
    );
}

#[test]
fn train_and_test_images_of_different_sizes_are_refused() {
    let other = idx(IMAGES_MAGIC, &[1, 3, 3], &[0; 9]);
    let error = mnist(&images(1), &labels(&[1]), &other, &labels(&[1])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "train-images-idx3-ubyte.gz holds images of 2×3, t10k-images-idx3-ubyte.gz of 3×3; expected was \
         one size."
    );
}

#[test]
fn every_error_has_a_code_of_its_own() {
    let name = String::new;
    let shape = ImageShape { channels: 1, height: 1, width: 1 };
    let errors = [
        IdxError::WrongMagic { name: name(), kind: "", found: 0, expected: 0 },
        IdxError::Truncated { name: name(), found: 0, expected: 0 },
        IdxError::TrailingBytes { name: name(), expected: 0 },
        IdxError::Empty { name: name(), kind: "" },
        IdxError::AbsurdSize { name: name(), count: 0, height: 0, width: 0 },
        IdxError::LabelOutOfRange { name: name(), position: 0, label: 0 },
        IdxError::BrokenGzip { name: name(), reason: name() },
        IdxError::CountsDisagree { images_name: name(), images: 0, labels_name: name(), labels: 0 },
        IdxError::ShapesDisagree { train_name: name(), train: shape, test_name: name(), test: shape },
    ];
    let codes: std::collections::BTreeSet<&str> = errors.iter().map(IdxError::code).collect();
    assert_eq!(codes.len(), errors.len());
    assert!(codes.iter().all(|code| code.starts_with("idx_")));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_images(&bytes, "images");
        let _ = parse_labels(&bytes, "labels");
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_but_never_panics(
        at in 0_usize..400, byte: u8, cut in 0_usize..400, packed: bool,
    ) {
        let mut bytes = if packed { gzip(&images(30)) } else { images(30) };
        let len = bytes.len();
        bytes[at % len] = byte;
        bytes.truncate(cut.max(1));
        if let Ok((shape, pixels)) = parse_images(&bytes, "images") {
            prop_assert_eq!(pixels.len() % shape.len(), 0);
        }
    }

    #[test]
    fn what_was_written_is_read_back(values in proptest::collection::vec(0_u8..10, 1..300), packed: bool) {
        let bytes = if packed { gzip(&labels(&values)) } else { labels(&values) };
        prop_assert_eq!(parse_labels(&bytes, "labels").unwrap(), values);
    }
}
