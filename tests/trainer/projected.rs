//! Channels of recorded networks projected back to the input: against numpy, and what is refused.

use std::path::{Path, PathBuf};
use std::process::Command;

use cnnslicer::cube::archive;
use cnnslicer::protocol::FromTrainer;
use cnnslicer::protocol::examine::{MAX_PROJECTED, ProjectedImage, ProjectionOrder};
use cnnslicer::trainer::checkpoint;
use cnnslicer::trainer::error::TrainError;
use cnnslicer::trainer::examine::project::{control_weights, project};
use cnnslicer::training::config::{ModelName, Width};
use serde_json::{Value, json};

use crate::scripted::{Played, Scripted, order, play, play_on, tripled_bars};

const IMAGES: [usize; 2] = [0, 41];

fn projection(epoch: u32, layer: usize, feature: usize, images: &[usize]) -> ProjectionOrder {
    ProjectionOrder { run: "r".to_owned(), epoch, layer, feature, images: images.to_vec() }
}

fn projected(played: &Played, order: &ProjectionOrder) -> Result<Vec<ProjectedImage>, TrainError> {
    let mut host = Scripted::new(&[]);
    pollster::block_on(project(1, order, played.store.clone(), &mut host))?;
    let images = host.messages.into_iter().map(|message| match message {
        FromTrainer::Projected { ticket: 1, image } => *image,
        other => panic!("{other:?}"),
    });
    Ok(images.collect())
}

/// Projections of two features of every layer at the first and the last epoch.
fn cases(played: &Played, last_epoch: u32) -> Vec<Value> {
    let n_layers = played.reader().header().n_layers();
    let places =
        [0, last_epoch].into_iter().flat_map(|epoch| (1..=n_layers).map(move |layer| (epoch, layer)));
    let mut cases = Vec::new();
    for (epoch, layer) in places {
        for feature in [1, 3] {
            for found in projected(played, &projection(epoch, layer, feature, &IMAGES)).expect("projected") {
                cases.push(json!({
                    "epoch": epoch, "layer": layer, "feature": feature, "image": found.image,
                    "feature_map": found.feature_map.values, "deconvnet": found.deconvnet.values,
                    "gradient": found.gradient.values, "guided": found.guided.values,
                    "control": found.control.values,
                }));
            }
        }
    }
    cases
}

/// The run, its projections and the control's weights as files.
fn files(played: &Played, name: &str, last_epoch: u32) -> [PathBuf; 3] {
    let reader = played.reader();
    let header = reader.header();
    let control = control_weights(&header.spec(), header.seed).expect("possible");
    let contents = [
        pollster::block_on(archive::to_bytes(&reader)).expect("packed"),
        Value::from(cases(played, last_epoch)).to_string().into_bytes(),
        checkpoint::encode(&control, "control", 0).expect("encoded"),
    ];
    let endings = ["zarr.zip", "json", "safetensors"];
    let paths = endings.map(|end| Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{end}")));
    paths.iter().zip(contents).for_each(|(path, content)| std::fs::write(path, content).expect("written"));
    paths
}

/// Needs a Python with `numpy`, `zarr` 3 and `safetensors`, named by `CNNSLICER_PYTHON`.
fn check(played: &Played, name: &str, last_epoch: u32) {
    let Some(python) = std::env::var_os("CNNSLICER_PYTHON").filter(|python| !python.is_empty()) else {
        eprintln!("skipped: CNNSLICER_PYTHON does not name a Python with numpy, zarr and safetensors");
        return;
    };
    let files = files(played, name, last_epoch);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/check_projections.py");
    let compare = |closeness: &str| {
        Command::new(&python).arg(&script).args(&files).arg(closeness).output().expect("run")
    };
    let output = compare("1e-3");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    println!("{name}: {out}");
    // So that the comparison is known to compare: float32 alone is off by more than this.
    assert!(!compare("1e-9").status.success());
}

#[test]
fn numpy_projects_the_channels_of_a_plain_network_alike() {
    check(&play(&order(2), Scripted::new(&[])), "projected-plain", 2);
}

#[test]
fn numpy_projects_the_channels_of_a_residual_network_with_batch_norm_alike() {
    let mut order = order(2);
    order.config.model = ModelName::Residual;
    order.config.width = Width::Quarter;
    check(&play_on(&order, &tripled_bars(), Scripted::new(&[])), "projected-residual", 2);
}

#[test]
fn each_image_is_told_as_soon_as_it_is_there_with_its_class() {
    let played = play(&order(1), Scripted::new(&[]));
    let found = projected(&played, &projection(1, 3, 2, &[41, 0])).expect("projected");
    let labels = pollster::block_on(played.reader().probe()).expect("stored").labels;
    for (projected, image) in found.iter().zip([41, 0]) {
        assert_eq!((projected.image, projected.label), (image, usize::from(labels[image])));
        assert_eq!((projected.input.height, projected.deconvnet.values.len()), (8, 64));
        assert_eq!((projected.feature_map.height, projected.feature_map.values.len()), (4, 16));
    }
    let unit = projected(&played, &projection(1, 7, 63, &[5])).expect("projected");
    assert_eq!(unit[0].feature_map.values.len(), 1, "a unit of a dense layer");
}

#[test]
fn what_is_not_there_is_refused() {
    let played = play(&order(1), Scripted::new(&[]));
    let code = |order: &ProjectionOrder| projected(&played, order).unwrap_err().into_fault().code;
    for (layer, feature) in [(0, 0), (9, 0), (1, 16), (7, 64)] {
        assert_eq!(code(&projection(1, layer, feature, &[0])), "no_such_channel", "{layer} {feature}");
    }
    assert_eq!(code(&projection(1, 1, 0, &[50])), "no_such_image");
    assert_eq!(code(&projection(1, 1, 0, &[0; MAX_PROJECTED + 1])), "no_such_image");
    assert_eq!(code(&projection(7, 1, 0, &[0])), "storage");
}
