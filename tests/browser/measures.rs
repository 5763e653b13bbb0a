//! Measures through the page: in parts over all workers, called off, and of cells that are no numbers.

use crate::runs;
use crate::site::{SOON, Site};
use serde_json::json;
use std::time::Duration;
use xtask::problem::Result;

const LONG: Duration = Duration::from_mins(8);
const SMALL: &str = "dataset=strokes&per_class=6&test_per_class=20&epochs=1&probe=20&batch=10&backend=cpu";

/// Writes the cells of layer 7 (one channel) at epoch 1 anew, with a NaN among them, as a sound shard, and
/// removes the measures of it that were taken before.
const POISON: &str = r"
    const run = (await cnnslicer.runs())[0].id;
    const folder = async (path) => {
        let folder = await navigator.storage.getDirectory();
        for (const name of ['runs', run, ...path]) folder = await folder.getDirectoryHandle(name);
        return folder;
    };
    const cells = new Uint16Array((await cnnslicer.slice('dCNN(-, 7, 0, 1)')).values.length).fill(0x3c00);
    cells[5] = 0x7e00;
    const stream = new Blob([cells]).stream().pipeThrough(new CompressionStream('gzip'));
    const chunk = new Uint8Array(await new Response(stream).arrayBuffer());
    const crc32c = (bytes) => {
        let crc = -1;
        for (const byte of bytes) {
            crc ^= byte;
            for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
        }
        return ~crc >>> 0;
    };
    const index = new DataView(new ArrayBuffer(20));
    index.setBigUint64(8, BigInt(chunk.length), true);
    index.setUint32(16, crc32c(new Uint8Array(index.buffer, 0, 16)), true);
    const file = await (await folder(['layers', '07', 'activations', 'c', '1', '0', '0', '0'])).getFileHandle('0');
    const writable = await file.createWritable();
    await writable.write(new Blob([chunk, index]));
    await writable.close();
    for (const group of ['entropy', 'distances']) await (await folder([])).removeEntry(group, { recursive: true });
    return 0;
";

#[test]
fn a_cell_that_is_no_number_is_named_on_the_page_and_never_measured() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SMALL, "")?;
    page.eval(&format!("(async () => {{ {POISON} }})()"), SOON)?;
    for query in ["H(dCNN(-, 7, -, 1))", "h(dCNN(-, 7, -, 1))", "H(dCNN(-, 7, 0, 1) | dCNN(-, 1, 0, 1))"] {
        let refused =
            format!("cnnslicer.query('{query}').then(() => null, (error) => [error.code, error.message])");
        let refused = page.eval(&refused, LONG)?;
        assert_eq!(refused[0], json!("non_finite"), "{query}: {refused}");
        assert!(refused[1].to_string().contains("dCNN(-, 7, -, 1)"), "{query}: {refused}");
    }
    let page = site.open("view=layer&layer=7")?;
    page.wait_for("document.body.innerText.includes('dCNN(-, 7, -, 1) has no value')", LONG)?;
    page.wait_for("document.querySelectorAll('canvas').length > 0", SOON)?;
    let others = page.eval("(await cnnslicer.query('H(dCNN(-, 6, -, 1))')).values", LONG)?;
    assert!(others.as_f64() > Some(0.0), "the other layers go on: {others}");
    Ok(())
}

#[test]
fn a_query_of_many_parts_can_be_called_off_and_asked_again() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SMALL, "")?;
    let ask = "cnnslicer.query('H(dCNN(0..9, -, -, -))')";
    let code = page.eval(
        &format!(
            "(() => {{ const asked = {ask}.then(() => 'answered', (error) => error.code); \
             const stop = setInterval(() => cnnslicer.cancel(), 5); \
             return asked.finally(() => clearInterval(stop)); }})()"
        ),
        LONG,
    )?;
    assert_eq!(code, json!("cancelled"));
    let answer = page.eval(ask, LONG)?;
    assert_eq!(answer["shape"], json!([9, 2]), "layers with the input, epochs");
    assert_eq!(page.eval(&format!("(await {ask}).values"), LONG)?, answer["values"]);
    let single = page.eval("(await cnnslicer.query('H(dCNN(0..9, 3, -, 1))')).values", LONG)?;
    assert_eq!(single, answer["values"][3][1]);
    Ok(())
}

/// From now on, kills the worker that gets a task, as a crash would, as often as `window.workersToKill` says.
const KILL: &str = "(() => {
  const plain = Worker.prototype.postMessage;
  window.workersToKill = 0;
  window.posted = performance.now();
  Worker.prototype.postMessage = function (...given) {
    window.posted = performance.now();
    if (window.workersToKill === 0) return plain.apply(this, given);
    window.workersToKill -= 1;
    this.terminate();
    setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { message: 'killed by a test' })), 0);
  };
})()";

#[test]
fn a_measure_is_taken_again_by_another_worker_when_one_dies_over_it() -> Result<()> {
    let site = Site::at("/")?;
    let page = runs::shown(&site, SMALL, "")?;
    page.eval(KILL, SOON)?;
    // Nothing else is asked of the workers any more, such as the size of the run.
    page.wait_for("performance.now() - window.posted > 1500", SOON)?;
    // On a part of the probe set: measured when it is asked for.
    let ask = "cnnslicer.query('H(dCNN(0..9, 3, -, 1))')";
    let killed = |times: u32| {
        format!(
            "(window.workersToKill = {times}, {ask}.then(({{ values }}) => values, ({{ code }}) => code))"
        )
    };
    let twice = page.eval(&killed(2), LONG)?;
    assert!(twice.is_string(), "two workers died over it: {twice}");
    let once = page.eval(&killed(1), LONG)?;
    assert!(once.as_f64() > Some(0.0), "{once}");
    assert_eq!(page.eval("window.workersToKill", SOON)?, json!(0), "one was killed");
    let forget = "(async () => {
        const runs = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
        for await (const run of runs.values()) await run.removeEntry('answers', { recursive: true });
        return 0;
    })()";
    page.eval(forget, SOON)?;
    assert_eq!(page.eval(&format!("(await {ask}).values"), LONG)?, once, "in peace");
    Ok(())
}
