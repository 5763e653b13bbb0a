use super::*;
use std::path::PathBuf;

/// Three labels.
const LABELS: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1];
const FILE: DataFile = DataFile { name: "labels.gz", content: Content::Idx(Sum::Unpacked("another")) };

fn folders(name: &str) -> (PathBuf, PathBuf) {
    let top = std::env::temp_dir().join(format!("cnnslicer-data-{name}-{}", std::process::id()));
    let (source, target) = (top.join("source"), top.join("target"));
    std::fs::create_dir_all(&source).unwrap();
    (source, target)
}

#[test]
fn a_subset_is_copied_with_its_count_and_then_kept() {
    let (source, target) = folders("subset");
    std::fs::write(source.join(FILE.name), gzip(&LABELS).unwrap()).unwrap();
    assert_eq!(from_folder(&source, &FILE, &target).unwrap(), Outcome::Laid(Checked::Items(3)));
    assert_eq!(from_folder(&source, &FILE, &target).unwrap(), Outcome::Kept(Checked::Items(3)));
    assert_eq!(
        from_mirrors(&[], &FILE, &target, &mut Unreachable::new()).unwrap(),
        Outcome::Kept(Checked::Items(3))
    );
    assert_eq!(std::fs::read_dir(&target).unwrap().count(), 1);
}

#[test]
fn a_file_that_arrives_unpacked_is_packed_again() {
    let (source, target) = folders("unpacked");
    std::fs::write(source.join(FILE.name), LABELS).unwrap();
    from_folder(&source, &FILE, &target).unwrap();
    let laid = std::fs::read(target.join(FILE.name)).unwrap();
    assert!(laid.starts_with(&GZIP_MAGIC));
    assert_eq!(unpacked(&laid).unwrap(), LABELS);
}

#[test]
fn a_wrong_file_leaves_what_was_there() {
    let (source, target) = folders("wrong");
    std::fs::write(source.join(FILE.name), gzip(&LABELS).unwrap()).unwrap();
    from_folder(&source, &FILE, &target).unwrap();
    let before = std::fs::read(target.join(FILE.name)).unwrap();
    for wrong in [b"<html>".to_vec(), gzip(&LABELS[..9]).unwrap(), gzip(&LABELS).unwrap()[..15].to_vec()] {
        std::fs::write(source.join(FILE.name), wrong).unwrap();
        assert!(from_folder(&source, &FILE, &target).is_err());
        assert_eq!(std::fs::read(target.join(FILE.name)).unwrap(), before);
    }
}

#[test]
fn the_official_content_is_known_by_its_checksum() {
    let sum: &'static str = Box::leak(sha256(&LABELS).into_boxed_str());
    let content = Content::Idx(Sum::Unpacked(sum));
    assert_eq!(check(&gzip(&LABELS).unwrap(), content).unwrap(), Checked::Official);
    let other = [0, 0, 8, 1, 0, 0, 0, 1, 7];
    assert_eq!(check(&gzip(&other).unwrap(), content).unwrap(), Checked::Items(1));
}

#[test]
fn what_a_source_does_not_have_is_no_failure() {
    let (source, target) = folders("absent");
    assert_eq!(from_folder(&source, &FILE, &target).unwrap(), Outcome::NotOffered);
    assert_eq!(from_mirrors(&[], &FILE, &target, &mut Unreachable::new()).unwrap(), Outcome::NotOffered);
}

#[test]
fn an_archive_is_known_by_the_checksum_of_the_file_or_called_a_subset() {
    let bytes = gzip(b"batches").unwrap();
    let sum: &'static str = Box::leak(sha256(&bytes).into_boxed_str());
    assert_eq!(check(&bytes, Content::Gzip(Sum::Packed(sum))).unwrap(), Checked::Official);
    assert_eq!(check(&bytes, Content::Gzip(Sum::Packed("another"))).unwrap(), Checked::Archive(7));
}

#[test]
fn an_archive_that_is_none_or_is_cut_short_is_refused() {
    let content = Content::Gzip(Sum::Packed("another"));
    let whole = gzip(&[7; 1000]).unwrap();
    assert!(check(b"<html>", content).unwrap_err().to_string().contains("not a gzip archive"));
    assert!(check(&whole[..whole.len() - 3], content).is_err());
}
