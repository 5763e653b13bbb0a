use super::testing::{Bench, png, png_header, zip_of};
use super::*;
use crate::dataset::idx::IdxError;
use crate::dataset::{PerClass, Recipe, Samples, Split, split};

/// A folder `pets` of cats (grey 10 …) and dogs (grey 100 …), `count` of each.
fn pets(count: u8) -> Vec<(String, Vec<u8>)> {
    let cats = (0..count).map(|at| (format!("pets/cat/{at:03}.png"), png(10 + at)));
    let dogs = (0..count).map(|at| (format!("pets/dog/{at:03}.png"), png(100 + at)));
    cats.chain(dogs).collect()
}

fn imported(files: &[(String, Vec<u8>)], form: Form) -> Result<(Imported, Bench), OwnError> {
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let mut bench =
        Bench { files: files.iter().map(|(_, bytes)| bytes.clone()).collect(), ..Bench::default() };
    pollster::block_on(import("pets", &paths, form, &mut bench)).map(|imported| (imported, bench))
}

fn refusal(files: &[(String, Vec<u8>)]) -> OwnError {
    imported(files, Form::Grey28).map(|(imported, _)| imported.dataset.name).unwrap_err()
}

fn one(path: &str, bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    vec![(path.to_owned(), bytes)]
}

fn idx_file(axes: &[u32], values: &[u8]) -> Vec<u8> {
    let magic = [0, 0, 8, axes.len() as u8];
    let lengths = axes.iter().flat_map(|axis| axis.to_be_bytes());
    magic.into_iter().chain(lengths).chain(values.iter().copied()).collect()
}

#[test]
fn a_folder_of_images_becomes_a_dataset_with_a_class_per_folder() {
    let mut files = pets(20);
    files.push(("pets/notes.txt".into(), b"fed twice".to_vec()));
    let (imported, bench) = imported(&files, Form::Grey28).unwrap();
    let dataset = &imported.dataset;
    assert_eq!(dataset.classes, ["cat", "dog"]);
    assert_eq!(dataset.train.shape, Form::Grey28.shape());
    assert_eq!((dataset.train.len(), dataset.test.len()), (32, 8));
    assert_eq!(imported.passed_over, 1);
    assert_eq!(bench.reports.last(), Some(&(40, Some(40))));
    for at in 0..dataset.train.len() {
        let (grey, label) = (dataset.train.image(at)[0], dataset.train.labels[at]);
        assert_eq!(u8::from(grey >= 100), label, "labels go with their images");
    }
}

#[test]
fn a_zip_gives_what_the_folder_gives_and_a_run_can_be_drawn_from_it() {
    let files = pets(30);
    let entries: Vec<(&str, &[u8])> =
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let zip = one("pets.zip", zip_of(&entries));
    let from_zip = imported(&zip, Form::Colour32).unwrap().0.dataset;
    let from_folder = imported(&files, Form::Colour32).unwrap().0.dataset;
    assert_eq!((&from_zip.train, &from_zip.test), (&from_folder.train, &from_folder.test));
    let probe = split::largest_probe(&from_zip);
    let recipe = Recipe { train: PerClass::Count(20), test: PerClass::All, probe, seed: 1 };
    let split = Split::draw(&from_zip, &recipe).unwrap();
    assert_eq!((split.train.len(), split.probe.len()), (40, 6));
}

#[test]
fn folders_named_train_and_test_are_the_parts() {
    let named = |part: &str, count| {
        pets(count).into_iter().map(|(path, bytes)| (path.replace("pets", part), bytes)).collect::<Vec<_>>()
    };
    let files = [named("pets/train", 12), named("pets/test", 9)].concat();
    let dataset = imported(&files, Form::Grey28).unwrap().0.dataset;
    assert_eq!((dataset.train.len(), dataset.test.len()), (24, 18));
}

/// A folder with its parts, of which one lies inside the other once more: as archives are that were packed twice.
#[test]
fn images_that_are_in_both_parts_are_found_by_their_pixels_and_named_by_their_files() {
    let part = |part: &str, count: u8, from: u8| {
        let file = move |class: &str, grey: u8| (format!("pets/{part}/{class}/{grey}.png"), png(grey));
        (from..from + count).flat_map(move |at| [file("cat", at), file("dog", 100 + at)]).collect::<Vec<_>>()
    };
    // Greys 0 to 19 to train on, 16 to 25 to test on.
    let mut files = [part("train", 20, 0), part("test", 10, 16)].concat();
    files.push(("pets/train/cat/nested/cat/3.png".to_owned(), png(3)));
    let (imported, _) = imported(&files, Form::Grey28).unwrap();
    let found = &imported.duplicates;
    assert_eq!((found.in_both, found.repeated, found.in_several_classes), (8, 1, 0));
    assert_eq!(found.examples[0], ["pets/train/cat/16.png", "pets/test/cat/16.png"]);
    assert_eq!(found.left, [Some([41, 20]), Some([41, 12]), Some([40, 12])]);
    assert_eq!(found.usual(), Copies::LeaveOutOfTest);
    assert_eq!(Preview::of(&imported).duplicates, *found);
}

#[test]
fn tens_of_thousands_of_images_are_compared_in_a_moment() {
    let shape = Form::Colour32.shape();
    let n = 25_000_u32;
    let image = |at: u32| (0..shape.len() as u32 / 4).flat_map(move |_| (at % 20_000).to_le_bytes());
    let samples = Samples { shape, images: (0..n).flat_map(image).collect(), labels: vec![0; n as usize] };
    let classes = vec!["all".to_owned()];
    let dataset = Dataset { name: "many".into(), classes, test: samples.select(&[0, 1]), train: samples };
    let started = std::time::Instant::now();
    let found = Duplicates::of(&dataset, &[Vec::new(), Vec::new()]);
    assert_eq!((found.in_both, found.repeated), (2, 5000));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn idx_files_are_taken_with_any_labels_and_without_a_test_part() {
    let labels: Vec<u8> = (0..40).map(|at| if at % 2 == 0 { 3 } else { 17 }).collect();
    let pixels: Vec<u8> = (0..240).map(|at| at / 6).collect();
    let files = [
        ("letters-images-idx3-ubyte".to_owned(), idx_file(&[40, 2, 3], &pixels)),
        ("letters-labels-idx1-ubyte".to_owned(), idx_file(&[40], &labels)),
    ];
    let dataset = imported(&files, Form::Grey28).unwrap().0.dataset;
    assert_eq!(dataset.classes, ["3", "17"]);
    assert_eq!((dataset.train.len(), dataset.test.len()), (32, 8));
    assert_eq!((dataset.train.shape.height, dataset.train.shape.width), (2, 3));
}

#[test]
fn cifar_batches_are_taken_with_their_classes() {
    let record = |number: usize| {
        let mut record = vec![number as u8; 3073];
        record[0] = (number % 10) as u8;
        record
    };
    let batch: Vec<u8> = (0..200).flat_map(record).collect();
    let dataset = imported(&one("data_batch_1.bin", batch), Form::Grey28).unwrap().0.dataset;
    assert_eq!(dataset.classes[3], "cat");
    assert_eq!((dataset.train.len(), dataset.test.len()), (160, 40));
}

#[test]
fn an_empty_folder_is_refused() {
    assert_eq!(refusal(&[]), OwnError::NothingThere);
}

#[test]
fn two_images_are_refused_because_they_are_too_few() {
    let error = refusal(&[("p/cat/1.png".into(), png(1)), ("p/dog/1.png".into(), png(2))]);
    assert_eq!(error, OwnError::TooFewImages { class: "cat".into(), images: 1, part: "", needed: 10 });
}

#[test]
fn one_class_only_is_refused_by_its_name() {
    assert_eq!(refusal(&pets(20)[..20]), OwnError::OneClass { class: "cat".into() });
    let idx = [
        ("images-idx3".to_owned() + "-ubyte", idx_file(&[2, 1, 1], &[0; 2])),
        ("labels-idx1-ubyte".to_owned(), idx_file(&[2], &[7, 7])),
    ];
    assert_eq!(refusal(&idx), OwnError::OneClass { class: "7".into() });
}

#[test]
fn images_without_a_class_folder_are_refused() {
    assert_eq!(refusal(&one("1.png", png(1))), OwnError::NoClassFolder { name: "1.png".into() });
}

#[test]
fn a_huge_image_refuses_the_import_before_it_is_decoded() {
    let mut files = pets(20);
    files[7].1 = png_header(20_000, 20_000);
    let expected = OwnError::ImageTooLarge { name: "pets/cat/007.png".into(), width: 20_000, height: 20_000 };
    assert_eq!(refusal(&files), expected);
    assert!(expected.to_string().starts_with("pets/cat/007.png is an image of 20000 × 20000 pixels"));
}

#[test]
fn an_image_that_cannot_be_decoded_is_refused_by_its_name() {
    let mut files = pets(20);
    files[3].1 = png_header(4, 4);
    let error = refusal(&files);
    assert_eq!(
        error,
        OwnError::BadImage { name: "pets/cat/003.png".into(), reason: "its pixels are missing".into() }
    );
}

#[test]
fn a_file_that_went_away_is_refused_by_its_name() {
    let paths = ["pets/cat/1.png", "pets/dog/1.png"];
    let error = pollster::block_on(import("pets", &paths, Form::Grey28, &mut Bench::default())).unwrap_err();
    assert!(matches!(error, OwnError::Unreadable { ref name, .. } if name == "pets/cat/1.png"), "{error}");
}

#[test]
fn an_idx_file_without_its_other_half_is_refused() {
    let images = one("x-idx3-ubyte", idx_file(&[1, 1, 1], &[0]));
    assert!(matches!(refusal(&images), OwnError::IdxUnpaired { missing: "labels", .. }));
    let labels = one("x-idx1-ubyte", idx_file(&[1], &[0]));
    assert!(matches!(refusal(&labels), OwnError::IdxUnpaired { missing: "images", .. }));
    let twice = [labels[0].clone(), ("y-idx1-ubyte".to_owned(), labels[0].1.clone())];
    assert!(matches!(refusal(&twice), OwnError::OneTooMany { .. }));
}

#[test]
fn idx_images_with_long_sides_are_refused() {
    let files = [
        ("i-idx3-ubyte".to_owned(), idx_file(&[1, 65, 2], &[0; 130])),
        ("l-idx1-ubyte".to_owned(), idx_file(&[1], &[0])),
    ];
    assert!(matches!(refusal(&files), OwnError::SidesTooLong { height: 65, width: 2, .. }));
}

#[test]
fn damaged_idx_and_cifar_files_are_refused_as_their_readers_do() {
    let cut = one("x-idx3-ubyte", idx_file(&[5, 1, 1], &[0]));
    let labels = ("x-idx1-ubyte".to_owned(), idx_file(&[5], &[0; 5]));
    let error = refusal(&[cut[0].clone(), labels]);
    assert!(matches!(error, OwnError::Idx(IdxError::Truncated { .. })), "{error}");
    assert_eq!(error.code(), "idx_truncated");
    assert_eq!(refusal(&one("data_batch_1.bin", vec![0; 5000])).code(), "cifar_wrong_record_size");
    let mut wrong_label = vec![0; 3073];
    wrong_label[0] = 11;
    assert_eq!(refusal(&one("test_batch.bin", wrong_label)).code(), "cifar_label_out_of_range");
    assert_eq!(refusal(&one("cifar-10-binary.tar.gz", vec![0x1f, 0x8b])).code(), "cifar_truncated");
}

#[test]
fn more_batches_than_can_be_held_are_refused_before_they_are_read() {
    let batch = vec![0; 3073 * 80_000];
    let files = [("data_batch_1.bin".to_owned(), batch.clone()), ("data_batch_2.bin".to_owned(), batch)];
    assert_eq!(refusal(&files), OwnError::TooManyImages { images: 160_000 });
}
