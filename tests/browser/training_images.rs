//! Images that a run was trained on beside those it never saw: asked for by a query, shown layer by layer.

use crate::hands::{numbers, table};
use crate::site::{SOON, Site};
use serde_json::json;
use std::time::Duration;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const LINK: &str = "dataset=strokes&per_class=12&test_per_class=20&epochs=2&probe=40&batch=20&backend=cpu&autostart=1&view=layer&x=both";
/// Four decimals are shown.
const ROUNDED: f64 = 6e-5;

#[test]
fn entropies_of_training_images_stand_beside_those_of_test_images() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open(LINK)?;
    assert_eq!(page.eval("cnnslicer.done()", LONG)?["state"], json!("done"));
    page.eval("(document.getElementById('inter-sample-map').scrollIntoView(), 1)", SOON)?;
    // Their cells are computed from the checkpoints, epoch by epoch.
    let row = "[...document.querySelectorAll('#inter-sample-map details tr')].find((row) => row.textContent.startsWith('1 conv1, training images'))";
    page.eval("(document.querySelector('#inter-sample-map details').open = true, 1)", SOON)?;
    page.wait_for(&format!("!!({row}) && !({row}).textContent.includes('–')"), LONG)?;
    let rows = table(page, "inter-sample-map")?;
    for (name, query) in [
        ("1 conv1, training images", "H(dCNN(train, 1, -, -))"),
        ("0 input, training images", "H(dCNN(train, 0, -, -))"),
        ("1 conv1", "H(dCNN(-, 1, -, -))"),
    ] {
        let shown = rows.iter().find(|row| row[0] == name).map(|row| row[1..].to_vec()).unwrap_or_default();
        let asked = numbers(page, query)?;
        assert_eq!((shown.len(), asked.len()), (3, 3), "{name}: {shown:?} {asked:?}");
        for (shown, asked) in shown.iter().zip(&asked) {
            assert!(
                (shown.parse::<f64>().unwrap_or(f64::NAN) - asked).abs() < ROUNDED,
                "{name}: {shown} {asked}"
            );
        }
    }
    let about = page.eval("document.querySelector('#inter-sample-map .about').textContent", SOON)?;
    assert!(about.as_str().is_some_and(|about| about.contains("N = 40 of each")), "{about}");
    // Other images than the test images, and the address brings them back.
    assert_ne!(numbers(page, "H(dCNN(train, 0, -, 0))")?, numbers(page, "H(dCNN(-, 0, -, 0))")?);
    assert_eq!(page.eval("new URLSearchParams(location.search).get('x')", SOON)?, json!("both"));
    Ok(())
}
