//! The user's own images: added, looked at, kept over a reload, learnt, deleted; bad ones refused by name.

use crate::site::{SOON, Site};
use serde_json::json;
use std::time::Duration;
use xtask::browser::Page;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// Defines what the tests do by hand: `picture(kind, grey)` makes an image file, `put(files)` chooses files,
/// each with a path, as if they were a folder.
const HANDS: &str = r"(() => {
    window.picture = async (kind, grey, width = 40, height = 30) => {
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d');
        context.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
        context.fillRect(0, 0, width, height);
        return canvas.convertToBlob({ type: `image/${kind}`, quality: 1 });
    };
    window.put = (files) => {
        const input = document.querySelector('.own-data input[type=file]');
        // Not through a DataTransfer: its list makes new objects of the files, without their paths.
        const chosen = files.map(([path, content]) => {
            const file = new File([content], path.split('/').pop());
            Object.defineProperty(file, 'webkitRelativePath', { value: path });
            return file;
        });
        Object.defineProperty(input, 'files', { value: chosen, configurable: true });
        input.dispatchEvent(new Event('change', { bubbles: true }));
    };
    window.pets = async (count) => {
        const files = [];
        for (let i = 0; i < count; i += 1) {
            files.push([`pets/cat/${i}.png`, await picture('png', 10 + i)]);
            files.push([`pets/dog/${i}.webp`, await picture('webp', 120 + i)]);
            files.push([`pets/emu/${i}.jpg`, await picture('jpeg', 230 + i)]);
        }
        return files;
    };
    return 0;
})()";

const NOTICES: &str = "document.querySelector('.notices').innerText";
const KEPT: &str = "document.querySelectorAll('.own-data li').length";

fn press(page: Page<'_>, within: &str, label: &str) -> Result<()> {
    let button =
        format!("[...document.querySelectorAll('{within} button')].find((b) => b.textContent === '{label}')");
    page.wait_for(&format!("{button} !== undefined"), SOON)?;
    page.eval(&format!("{button}.click(), 0"), SOON)?;
    Ok(())
}

#[test]
fn images_in_folders_are_shown_kept_over_a_reload_learnt_and_deleted() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    page.eval(HANDS, SOON)?;
    page.eval("put(await pets(20)), 0", LONG)?;
    page.wait_for("document.querySelector('.own-data .sheet') !== null", LONG)?;
    let shown = page.eval("document.querySelector('.own-data .preview').innerText", SOON)?;
    let shown = shown.as_str().unwrap_or_default();
    for part in ["pets", "cat 16 + 4", "dog 16 + 4", "emu 16 + 4", "28 × 28, grey"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    press(page, ".preview", "Keep")?;
    page.wait_for(&format!("{KEPT} === 1"), SOON)?;
    let chosen = page.eval("document.querySelector('#dataset').value", SOON)?;
    let id = chosen.as_str().unwrap_or_default().to_owned();
    assert!(id.starts_with("own-"), "{id}");

    let page = site.open("")?;
    page.wait_for(&format!("{KEPT} === 1"), SOON)?;
    let options = format!(
        "{{ dataset: '{id}', per_class: 16, epochs: 8, batch: 8, probe: 10, backend: 'cpu', seed: 1 }}"
    );
    page.eval(&format!("cnnslicer.train({options})"), LONG)?;
    page.eval("cnnslicer.done()", LONG)?;
    let accuracy = page.eval("(await cnnslicer.status()).test_accuracy", SOON)?;
    // Three shades of grey.
    assert!(accuracy.as_f64().unwrap_or(0.0) > 0.9, "{accuracy}");

    press(page, ".own-data li", "Delete")?;
    press(page, ".own-data .confirm", "Delete")?;
    page.wait_for(&format!("{KEPT} === 0"), SOON)?;
    Ok(())
}

#[test]
fn test_images_that_are_trained_on_are_told_with_their_files_and_left_out() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    page.eval(HANDS, SOON)?;
    // Eight greys of each class to train on, seven to test on; three of these are among the eight.
    let files = "(async () => {
        const files = [];
        for (const [part, from, to] of [['train', 0, 8], ['test', 5, 12]]) {
            for (let i = from; i < to; i += 1) {
                files.push([`pets/${part}/cat/${i}.png`, await picture('png', 10 + i)]);
                files.push([`pets/${part}/dog/${i}.png`, await picture('png', 120 + i)]);
            }
        }
        put(files);
        return 0;
    })()";
    page.eval(files, LONG)?;
    page.wait_for("document.querySelector('#own-copies') !== null", LONG)?;
    let shown = page.eval("document.querySelector('.own-data .preview').innerText", SOON)?;
    let shown = shown.as_str().unwrap_or_default();
    for part in
        ["cat 8 + 7", "6 test images are training images too", "pets/train/cat/5.png = pets/test/cat/5.png"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(page.eval("document.querySelector('#own-copies').value", SOON)?, json!("leave-out-of-test"));
    press(page, ".preview", "Keep")?;
    page.wait_for(&format!("{KEPT} === 1"), SOON)?;

    let page = site.open("")?;
    page.wait_for(&format!("{KEPT} === 1"), SOON)?;
    let row = page.eval("document.querySelector('.own-data li').innerText", SOON)?;
    let row = row.as_str().unwrap_or_default();
    for part in ["cat 8 + 4", "dog 8 + 4", "6 copies of images were left out"] {
        assert!(row.contains(part), "{part}: {row}");
    }
    Ok(())
}

#[test]
fn bad_files_are_refused_by_name_and_what_was_kept_stays() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    page.eval(HANDS, SOON)?;
    page.eval("put(await pets(12)), 0", LONG)?;
    press(page, ".preview", "Keep")?;
    page.wait_for(&format!("{KEPT} === 1"), SOON)?;

    // The header of a PNG of 20,000 × 20,000 pixels.
    let huge = "new Uint8Array([137,80,78,71,13,10,26,10, 0,0,0,13, 73,72,68,82, 0,0,78,32, 0,0,78,32, 8,6,0,0,0, \
                0,0,0,0])";
    let text = "new TextEncoder().encode('not an image at all')";
    for (files, named) in [
        ("[]".to_owned(), vec!["empty"]),
        ("(await pets(12)).filter(([path]) => path.includes('cat'))".to_owned(), vec!["one class, cat"]),
        ("(await pets(1)).slice(0, 2)".to_owned(), vec!["only 1 images of cat"]),
        (format!("[...(await pets(12)), ['pets/cat/big.png', {huge}]]"), vec!["big.png", "20000 × 20000"]),
        (
            format!("[...(await pets(12)), ['pets/cat/odd.png', {text}]]"),
            vec!["odd.png", "no readable image"],
        ),
        (format!("[['pets.zip', {text}]]"), vec!["pets.zip", "no intact zip"]),
        ("[['data_batch_1.bin', new Uint8Array(5000)]]".to_owned(), vec!["data_batch_1.bin", "5000 bytes"]),
        ("[['data_batch_1.bin', new Uint8Array(3073).fill(11)]]".to_owned(), vec!["label number 0 is 11"]),
    ] {
        page.eval(&format!("put({files}), 0"), LONG)?;
        for part in named {
            page.wait_for(&format!("{NOTICES}.includes({})", json!(part)), LONG)?;
        }
        assert_eq!(page.eval(KEPT, SOON)?, json!(1));
        assert_eq!(page.eval("document.querySelector('.own-data .preview')", SOON)?, json!(null));
    }
    Ok(())
}
