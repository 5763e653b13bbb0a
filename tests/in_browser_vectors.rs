//! The public test vectors in a dedicated worker, as wasm. MNIST inputs are fetched from `public/data/`, where
//! `cargo xtask data` puts them; without them their vectors are skipped and named.
#![cfg(all(target_arch = "wasm32", feature = "vectors"))]

use cnnslicer::browser::fetch;
use cnnslicer::dataset::idx::{parse_images, parse_labels};
use cnnslicer::entropy::vectors::{CheckedVector, MnistFile, Outcome, check_vectors};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn the_public_vectors_pass_in_a_worker() {
    let (t10k, train) = (mnist("t10k").await, mnist("train").await);
    let mut images = |file: &str| if file == "train" { train.clone() } else { t10k.clone() };
    // Those that need no files, or all.
    let all_there = t10k.is_ok() && train.is_ok();
    let text = include_str!("vectors/vectors_public.json");
    let checked = check_vectors(text, &mut images).expect("a file of vectors");
    let expected = if all_there { checked.len() } else { 71 };
    assert_passed(&checked, expected);
}

#[wasm_bindgen_test]
fn the_vectors_of_further_measures_pass_in_a_worker() {
    let mut no_images = |_: &str| Err("not needed".to_owned());
    let text = include_str!("vectors/more_measures_public.json");
    let checked = check_vectors(text, &mut no_images).expect("a file of vectors");
    assert_passed(&checked, 61);
}

/// None failed, and at least `expected` passed.
fn assert_passed(checked: &[CheckedVector], expected: usize) {
    let mut passed = 0;
    let mut failed = Vec::new();
    for vector in checked {
        let name = format!("{}: {}", vector.section, vector.name);
        match &vector.outcome {
            Outcome::Passed => passed += 1,
            Outcome::Skipped(why) => console_log!("skipped {name}: {why}"),
            Outcome::Failed(why) => failed.push(format!("{name}: {why}")),
        }
    }
    console_log!("{passed} passed, {} failed of {} vectors", failed.len(), checked.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(passed >= expected, "only {passed} vectors of {expected} were checked");
}

async fn mnist(file: &str) -> Result<MnistFile, String> {
    let name = |kind: &str| format!("{file}-{kind}-ubyte.gz");
    let fetched = async |name: &str| {
        let url = format!("./public/data/mnist/{name}");
        fetch::bytes(&url).await.map_err(|error| format!("{error}; `cargo xtask data` puts it there"))
    };
    let (images, labels) = (name("images-idx3"), name("labels-idx1"));
    let (_, pixels) = parse_images(&fetched(&images).await?, &images).map_err(|error| error.to_string())?;
    let labels = parse_labels(&fetched(&labels).await?, &labels).map_err(|error| error.to_string())?;
    Ok(MnistFile { images: pixels, labels })
}
