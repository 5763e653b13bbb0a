//! Bad files and bad links: each a message that names the thing and the next step, and the page goes on.

use crate::runs;
use crate::site::{SOON, Site};
use crate::variant::Variant;
use serde_json::{Value, json};
use std::time::Duration;
use xtask::browser::{Options, Page};
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);

/// The messages on the page, as one text.
fn said(page: Page<'_>) -> Result<String> {
    let notices = page.eval("document.querySelector('.notices').innerText", SOON)?;
    Ok(notices.as_str().unwrap_or_default().to_owned())
}

/// An IDX file: magic, lengths, one byte a value.
fn idx(lengths: &[u32], values: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, lengths.len() as u8];
    file.extend(lengths.iter().flat_map(|length| length.to_be_bytes()));
    file.extend(values);
    file
}

const IMAGES: u32 = 40;

fn images() -> Vec<u8> {
    let values: Vec<u8> = (0..IMAGES * 28 * 28).map(|i| (i % 251) as u8).collect();
    idx(&[IMAGES, 28, 28], &values)
}

fn labels() -> Vec<u8> {
    let values: Vec<u8> = (0..IMAGES).map(|i| (i % 10) as u8).collect();
    idx(&[IMAGES], &values)
}

/// Lays MNIST's four files beside the page, the one called `name` being `content`.
fn lay_out(variant: &Variant, name: &str, content: &[u8]) -> Result<()> {
    for (file, sound) in [
        ("train-images-idx3-ubyte.gz", images()),
        ("train-labels-idx1-ubyte.gz", labels()),
        ("t10k-images-idx3-ubyte.gz", images()),
        ("t10k-labels-idx1-ubyte.gz", labels()),
    ] {
        let content = if file.starts_with(name) { content } else { &sound };
        variant.put(&format!("data/mnist/{file}"), content)?;
    }
    Ok(())
}

/// Trains on MNIST, which must fail; gives the code and the message of the rejection.
fn refusal(page: Page<'_>) -> Result<(String, String)> {
    let tried = "cnnslicer.train({ dataset: 'mnist', per_class: 2, test_per_class: 20, epochs: 1, probe: 10, batch: 10, backend: 'cpu' }) \
                 .then(() => ({}), (error) => ({ code: error.code, message: error.message }))";
    let answer = page.eval(tried, LONG)?;
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    Ok((text("code"), text("message")))
}

#[test]
fn each_damaged_file_is_refused_by_name_and_the_page_goes_on() -> Result<()> {
    let variant = Variant::without_data()?;
    let site = Site::of(variant.folder(), "/", &Options::default())?;
    let page = site.open("")?;

    let (code, message) = refusal(page)?;
    assert_eq!(code, "data_missing", "{message}");
    assert!(message.contains("train-images-idx3-ubyte") && message.contains("Strokes"), "{message}");

    let sound = images();
    let mut label_ten = labels();
    *label_ten.last_mut().unwrap() = 10;
    let damaged: [(&str, Vec<u8>, &str, &str); 6] = [
        ("train-images", sound[..sound.len() - 1].to_vec(), "idx_truncated", "train-images"),
        ("train-images", labels(), "idx_wrong_magic", "train-images"),
        ("train-labels", b"<!doctype html>".to_vec(), "idx_wrong_magic", "train-labels"),
        ("t10k-labels", idx(&[3], &[1, 2, 3]), "idx_counts_disagree", "t10k"),
        ("t10k-labels", label_ten, "idx_label_out_of_range", "t10k-labels"),
        ("t10k-images", [&[0x1f, 0x8b][..], &sound[2..90]].concat(), "idx_broken_gzip", "t10k-images"),
    ];
    for (name, content, expected, named) in damaged {
        lay_out(&variant, name, &content)?;
        let (code, message) = refusal(page)?;
        assert_eq!(code, expected, "{message}");
        assert!(message.contains(named), "{message}");
        let status = page.eval("cnnslicer.status()", SOON)?;
        assert_eq!((&status["state"], &status["error"]["code"]), (&json!("failed"), &json!(expected)));
        assert!(said(page)?.contains(named), "the page says it too");
    }

    lay_out(&variant, "none", &[])?;
    page.eval(
        "cnnslicer.train({ dataset: 'mnist', per_class: 2, test_per_class: 20, epochs: 1, probe: 10, batch: 10, backend: 'cpu' })",
        LONG,
    )?;
    let status = page.eval("cnnslicer.done()", LONG)?;
    assert_eq!((&status["state"], &status["error"]), (&json!("done"), &Value::Null), "sound files train");
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(1), "failed starts leave no run");
    Ok(())
}

#[test]
fn bad_parameters_are_named_and_ignored() -> Result<()> {
    let site = Site::at("/")?;
    let page =
        site.open("epochs=0&colour=blue&lr=fast&per_class=30&view=side&epoch=-1&batch=17&run=..%2Fx")?;
    let said = said(page)?;
    for named in ["epochs=0", "colour", "lr=fast", "view=side", "epoch=-1", "run=../x"] {
        assert!(said.contains(named), "{named} is not named in: {said}");
    }
    for good in ["per_class=30", "batch=17"] {
        assert!(!said.contains(good), "{good} is good, but named in: {said}");
    }
    let status = page.eval("cnnslicer.status()", SOON)?;
    assert!(["bad_parameter", "unknown_parameter"].contains(&status["error"]["code"].as_str().unwrap_or("")));
    let fields =
        "['batch', 'per_class', 'epochs'].map((name) => document.querySelector(`[name=${name}]`).value)";
    assert_eq!(page.eval(fields, SOON)?, json!(["17", "30", "5"]), "good ones are taken, bad ones are not");
    Ok(())
}

#[test]
fn a_run_that_is_not_there_is_said_and_the_page_goes_on() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("run=gone-2026")?;
    page.wait_for("document.querySelector('.notices').innerText.includes('gone-2026')", SOON)?;
    assert_eq!(page.eval("cnnslicer.runs()", SOON)?, json!([]));
    let rejected = page.eval("cnnslicer.export('gone-2026')", SOON).unwrap_err();
    assert!(rejected.to_string().contains("gone-2026"), "{rejected}");
    Ok(())
}

#[test]
fn options_and_queries_that_make_no_sense_are_rejected_with_a_code() -> Result<()> {
    let site = Site::at("/")?;
    let page = site.open("")?;
    let code = |call: &str| -> Result<Value> {
        page.eval(&format!("{call}.then(() => 'accepted', (error) => error.code)"), SOON)
    };
    for (call, expected) in [
        ("cnnslicer.train({ epochs: 0 })", "bad_parameter"),
        ("cnnslicer.train({ lr: 1e9 })", "bad_parameter"),
        ("cnnslicer.train({ depth: 3 })", "unknown_parameter"),
        ("cnnslicer.pause()", "no_run"),
        ("cnnslicer.done()", "no_run"),
        ("cnnslicer.query('H(dCNN(-, 1, -, 0))')", "no_run"),
    ] {
        assert_eq!(code(call)?, json!(expected), "{call}");
    }
    assert_eq!(page.eval("(await cnnslicer.status()).state", SOON)?, json!("idle"));
    Ok(())
}

/// A small run, the file of it in `window.file`, and the same run once more from that file.
fn two_runs(site: &Site) -> Result<(Page<'_>, String)> {
    let settings = "dataset=strokes&per_class=6&test_per_class=20&epochs=1&probe=20&batch=10&backend=cpu";
    let page = runs::shown(site, settings, "view=query")?;
    let copy = "window.file = new Uint8Array(await (await cnnslicer.export((await cnnslicer.runs())[0].id)).arrayBuffer()), 0";
    page.eval(copy, LONG)?;
    let second = page.eval("cnnslicer.import(new Blob([window.file]))", LONG)?;
    page.wait_for("(await cnnslicer.runs()).length === 2", SOON)?;
    Ok((page, second.as_str().unwrap_or_default().to_owned()))
}

#[test]
fn queries_that_a_run_cannot_answer_are_refused_with_place_and_reason() -> Result<()> {
    let site = Site::at("/")?;
    let (page, _) = two_runs(&site)?;
    for (query, named) in [
        ("H(dCNN(-, 99, -, 0))", "Column 11: L: there is no layer 99; layers are 0"),
        ("h(dCNN(-, 1, 16, 0))", "C: there is no channel 16"),
        ("h(dCNN(20, 1, -, 0))", "X: there is no image 20; images are 0 to 19"),
        ("h(dCNN(label=12, 1, -, 0))", "there is no class 12; classes are 0 to 9"),
        ("H(label|y=10)@0", "there is no class 10"),
        ("loss(7)", "epoch 7 is not recorded; recorded are 0, 1"),
        ("h(dCNN(-, 1, -, 0)", "Column 19"),
        ("I(dCNN(-, -, -, 0); dCNN(-, 1, -, 0))", "does not name one layer"),
    ] {
        let asked = json!(query);
        let refused = page.eval(
            &format!("cnnslicer.query({asked}).then(() => null, (error) => [error.code, error.message])"),
            LONG,
        )?;
        assert_eq!(refused[0], json!("bad_query"), "{query}: {refused}");
        assert!(refused[1].as_str().is_some_and(|message| message.contains(named)), "{query}: {refused}");
        let typed = format!(
            "((line) => {{ line.value = {asked}; line.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); \
             return 0; }})(document.querySelector('#query'))"
        );
        page.eval(&typed, SOON)?;
        page.wait_for(
            &format!("document.querySelector('#query-status').textContent.includes({})", json!(named)),
            SOON,
        )?;
    }
    let answered = page.eval("(await cnnslicer.query('accuracy(1)')).values", LONG)?;
    assert!(answered.is_f64() || answered.is_u64(), "the rest works: {answered}");
    Ok(())
}

#[test]
fn runs_of_a_newer_format_and_archives_that_lie_are_refused_and_the_others_stay() -> Result<()> {
    let site = Site::at("/")?;
    let (page, second) = two_runs(&site)?;
    // The archive's directory claims that its first entry unpacks to four gigabytes.
    let lie = "(() => { const bytes = window.file.slice(); \
               const at = bytes.findIndex((_, i) => bytes[i] === 0x50 && bytes[i + 1] === 0x4b && bytes[i + 2] === 1 && bytes[i + 3] === 2); \
               new DataView(bytes.buffer).setUint32(at + 24, 0xfffffff0, true); return new Blob([bytes]); })()";
    let refused = page.eval(
        &format!("cnnslicer.import({lie}).then(() => null, (error) => [error.code, error.message])"),
        LONG,
    )?;
    println!("{refused}");
    assert_eq!(refused[0], json!("bad_run_file"), "{refused}");
    assert_eq!(page.eval("(await cnnslicer.runs()).length", SOON)?, json!(2), "nothing is left of it");

    let newer = format!(
        "(async () => {{ let folder = await navigator.storage.getDirectory(); \
         for (const name of ['runs', '{second}']) folder = await folder.getDirectoryHandle(name); \
         const handle = await folder.getFileHandle('zarr.json'); \
         const root = JSON.parse(await (await handle.getFile()).text()); \
         root.attributes.cnnslicer.format = 2; \
         const file = await handle.createWritable(); await file.write(JSON.stringify(root)); await file.close(); \
         return 0; }})()"
    );
    page.eval(&newer, SOON)?;
    let problem = format!("(await cnnslicer.runs()).find((run) => run.id === '{second}').problem");
    let problem = page.eval(&problem, SOON)?;
    assert!(problem.as_str().is_some_and(|problem| problem.contains("format")), "{problem}");
    let page = site.open(&format!("run={second}"))?;
    page.wait_for("document.querySelector('.notices').innerText.includes('format')", SOON)?;
    page.eval("[...document.querySelectorAll('.run')].find((run) => !run.querySelector('.error').textContent).querySelector('.run-name').click(), 0", SOON)?;
    page.wait_for("document.querySelector('.run.open') !== null", SOON)?;
    let answered = page.eval("(await cnnslicer.query('accuracy(1)')).values", LONG)?;
    assert!(answered.is_f64() || answered.is_u64(), "the other run works: {answered}");
    Ok(())
}
