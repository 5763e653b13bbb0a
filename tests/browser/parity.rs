//! The two backends against each other: every kind of layer and every optimizer; and what WebGPU is asked for.
//!
//! The CPU backend is checked against definitions in f64 natively (`trainer::model`, `trainer::optimizer`); here
//! WebGPU is checked against the CPU, through the page, on what a run records.

use crate::site::{SOON, Site, root};
use crate::variant::Variant;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use xtask::browser::Options;
use xtask::problem::{Problem, Result};

/// Shaders are compiled in software.
const LONG: Duration = Duration::from_mins(8);

/// A network that trains for two steps, the second with the optimizer's memory of the first, and its number of layers.
struct Case {
    optimizer: &'static str,
    rate: f64,
    layers: &'static str,
    depth: usize,
}

/// Together: every kind of layer, of activation and of option, and every optimizer.
const CASES: [Case; 3] = [
    Case {
        optimizer: "sgd",
        rate: 0.05,
        layers: "conv 4 3x3 stride 2 relu; conv 6 3x3 bn relu skip 1; maxpool 2 dropout 0.25; dense 16 gelu dropout 0.25",
        depth: 5,
    },
    Case {
        optimizer: "adamw",
        rate: 0.003,
        layers: "conv 4 5x5 stride 2 tanh; conv 6 3x3 leaky; conv 6 1x1 gelu skip 2; avgpool 2; dense 8 tanh",
        depth: 6,
    },
    Case {
        optimizer: "adam",
        rate: 0.003,
        layers: "conv 4 3x3 stride 2 bn gelu; maxpool 2; dense 8 leaky",
        depth: 4,
    },
];

/// float16 cells of values up to a few units.
const FORWARD_TOLERANCE: f64 = 4e-3;
/// Mean difference after the steps as a share of how far they moved the values. More steps would say less: where the
/// input of a ReLU is zero but for rounding, as all over a drawing's flat background, the backends part ways.
const BACKWARD_TOLERANCE: f64 = 0.01;

/// Trains a run with these settings to its end; gives the status then.
fn train(site: &Site, settings: &Value) -> Result<Value> {
    let page = site.browser.page();
    page.open(&site.server.url())?;
    page.wait_for("typeof cnnslicer === 'object' && (await cnnslicer.ready, true)", SOON)?;
    page.eval(&format!("cnnslicer.train({settings}).then(() => cnnslicer.done())"), LONG)?;
    let status = page.eval("cnnslicer.status()", SOON)?;
    if status["state"] == json!("done") { Ok(status) } else { Err(Problem::new(format!("{status}"))) }
}

fn settings(case: &Case, backend: &str) -> Value {
    json!({
        "dataset": "strokes", "per_class": 4, "test_per_class": 20, "epochs": 1, "probe": 20, "batch": 20,
        "seed": 5, "data_seed": 5, "lr": case.rate,
        "optimizer": case.optimizer, "model": "custom", "layers": case.layers, "backend": backend,
    })
}

/// The cells of every layer before and after training: `[layer][epoch][value]`.
fn cells(site: &Site, case: &Case, backend: &str) -> Result<Vec<[Vec<f64>; 2]>> {
    let status = train(site, &settings(case, backend))?;
    assert_eq!(status["backend"], json!(backend));
    let slice = |layer: usize, epoch: usize| {
        let call =
            format!("cnnslicer.slice('dCNN(-, {layer}, -, {epoch})').then((cells) => [...cells.values])");
        let values = site.browser.page().eval(&call, LONG)?;
        let values = values.as_array().into_iter().flatten();
        Ok::<Vec<f64>, Problem>(values.map(|value| value.as_f64().unwrap_or(f64::NAN)).collect())
    };
    (1..=case.depth).map(|layer| Ok([slice(layer, 0)?, slice(layer, 1)?])).collect()
}

fn mean_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / a.len() as f64
}

#[test]
fn every_kind_of_layer_and_every_optimizer_do_the_same_on_both_backends() -> Result<()> {
    let site = Site::at("/")?;
    for case in &CASES {
        let (cpu, gpu) = (cells(&site, case, "cpu")?, cells(&site, case, "webgpu")?);
        let kinds = case.layers.split(';').chain(["probabilities"]);
        for ((kind, cpu), gpu) in kinds.zip(&cpu).zip(&gpu) {
            let forward = cpu[0].iter().zip(&gpu[0]).map(|(cpu, gpu)| (cpu - gpu).abs()).fold(0.0, f64::max);
            let moved = mean_difference(&cpu[0], &cpu[1]);
            let share = mean_difference(&cpu[1], &gpu[1]) / moved;
            println!(
                "{} {}: before training {forward:.1e} apart; steps move it by {moved:.1e}, apart by {share:.4} of that",
                case.optimizer,
                kind.trim(),
            );
            assert!(forward <= FORWARD_TOLERANCE, "{kind}: {forward}");
            assert!(moved > 0.0 && share <= BACKWARD_TOLERANCE, "{kind} with {}: {share}", case.optimizer);
        }
    }
    Ok(())
}

/// Counts what the trainer's worker asks of WebGPU and tells the page.
const COUNTING: &str = "
const asked = { submissions: 0, dispatches: 0, reads: 0, read_bytes: 0, written_bytes: 0 };
const counted = (type, name, count) => {
    const original = type.prototype[name];
    type.prototype[name] = function (...given) { count(this, ...given); return original.apply(this, given); };
};
if (self.GPUQueue) {
    counted(GPUQueue, 'submit', () => { asked.submissions += 1; });
    counted(GPUQueue, 'writeBuffer', (_, buffer, at, data, from, size) => {
        asked.written_bytes += size ?? data.byteLength;
    });
    counted(GPUComputePassEncoder, 'dispatchWorkgroups', () => { asked.dispatches += 1; });
    counted(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', () => { asked.dispatches += 1; });
    counted(GPUBuffer, 'mapAsync', (buffer, mode) => {
        if (mode & GPUMapMode.READ) { asked.reads += 1; asked.read_bytes += buffer.size; }
    });
    const told = new BroadcastChannel('webgpu');
    told.onmessage = ({ data }) => { if (data === 0) told.postMessage(asked); };
}
";

/// What the page is told when it asks, of all workers together: those that measure never ask for a device, so that the
/// trainer's answer is the one to wait for.
const ASK: &str = "new Promise((answer) => { const told = new BroadcastChannel('webgpu'); const sum = {}; \
    told.onmessage = ({ data }) => { for (const name in data) sum[name] = (sum[name] ?? 0) + data[name]; \
      if (data.submissions > 0) setTimeout(() => { told.close(); answer(sum); }, 1000); }; \
    told.postMessage(0); })";

const COUNTS: [&str; 5] = ["submissions", "dispatches", "reads", "read_bytes", "written_bytes"];

/// A page whose workers count.
fn counting() -> Result<Variant> {
    let variant = Variant::without_data()?;
    let name = worker_script(&root().join("dist"))?;
    let path = variant.folder().join(&name);
    let script = std::fs::read_to_string(&path)
        .map_err(|error| Problem::new(format!("{}: {error}", path.display())))?;
    variant.remove(&name)?;
    variant.put(&name, format!("{COUNTING}{script}").as_bytes())?;
    Ok(variant)
}

fn worker_script(dist: &Path) -> Result<String> {
    let entries = std::fs::read_dir(dist).map_err(|error| Problem::new(format!("dist: {error}")))?;
    let mut names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names
        .find(|name| {
            name.starts_with("worker-") && Path::new(name).extension().is_some_and(|end| end == "js")
        })
        .ok_or_else(|| Problem::new("dist has no worker-*.js"))
}

#[test]
fn a_step_on_webgpu_takes_few_submissions_uploads_its_batch_and_reads_back_once() -> Result<()> {
    let variant = counting()?;
    // Seven and twelve steps; all else is the same: the test set, and the two chunks in which the untrained network
    // sees the training set.
    let mut counts = Vec::new();
    for per_class in [14, 24] {
        let site = Site::of(variant.folder(), "/", &Options::default())?;
        let settings = json!({
            "dataset": "strokes", "per_class": per_class, "test_per_class": 20, "epochs": 1, "probe": 20,
            "batch": 20, "seed": 5, "width": 0.25, "backend": "webgpu",
        });
        train(&site, &settings)?;
        let asked = site.browser.page().eval(ASK, SOON)?;
        counts.push(COUNTS.map(|name| asked[name].as_f64().unwrap_or(f64::NAN)));
    }
    let steps = 5.0;
    let [submissions, dispatches, reads, read_bytes, written_bytes] =
        std::array::from_fn(|index| (counts[1][index] - counts[0][index]) / steps);
    println!(
        "a step: {submissions:.1} submissions of {dispatches:.1} dispatches, {reads:.2} reads of {read_bytes:.1} bytes, \
         {written_bytes:.0} bytes written"
    );
    assert!((1.0..=16.0).contains(&submissions), "{counts:?}");
    // Two numbers a step, in one of the smallest buffers that there are; a slow device is read after each step.
    assert!(reads <= 1.0 && read_bytes <= 16_384.0, "{counts:?}");
    let batch = 20.0 * (28.0 * 28.0 + 1.0) * 4.0;
    assert!((batch - 80.0..=batch + 4096.0).contains(&written_bytes), "{counts:?}");
    Ok(())
}
