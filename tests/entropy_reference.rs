//! The measures against the reference implementation in Python, on random inputs with duplicates, ties and
//! constants. Needs `CNNSLICER_REFERENCE` (the folder of `entropy_reference.py`) and `CNNSLICER_PYTHON` (an
//! interpreter with numpy, which `cargo xtask test` provides); without them the test is skipped and says so.

#![allow(clippy::unwrap_used, reason = "a failed test may panic")]

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

use cnnslicer::entropy::{
    CapacityMatrix, Distance, InterSampleSettings, IntraSampleSettings, LayerCells, LayerCodes, PairSchedule,
    RangeScope, inter_sample_entropy, intra_sample_entropy, label_entropies,
};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

/// Cases of each measure.
const CASES: usize = 60;
/// Of a difference, in bits.
const TOLERANCE: f64 = 1e-8;

/// A question to the reference, and our answer.
struct Case {
    question: Value,
    ours: Vec<f64>,
}

#[test]
fn the_measures_agree_with_the_reference_on_awkward_inputs() {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let (Some(reference), Some(python)) = (set("CNNSLICER_REFERENCE"), set("CNNSLICER_PYTHON")) else {
        println!("skipped: CNNSLICER_REFERENCE or CNNSLICER_PYTHON is not set");
        return;
    };
    let mut draw = Draw(Pcg64Mcg::seed_from_u64(11));
    let makers = [inter_sample, intra_sample, labels, capacity];
    let cases: Vec<Case> = (0..CASES * makers.len()).map(|at| makers[at % makers.len()](&mut draw)).collect();
    let mut child = Command::new(python)
        .arg("tests/python/differential.py")
        .env("CNNSLICER_REFERENCE", reference)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let questions: Vec<String> = cases.iter().map(|case| case.question.to_string()).collect();
    let questions = questions.join("\n");
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the reference failed; its message is above");
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), cases.len());
    for (case, answer) in cases.iter().zip(answers.lines()) {
        let theirs: Vec<Value> = serde_json::from_str(answer).unwrap();
        assert_eq!(case.ours.len(), theirs.len(), "{}", case.question);
        for (at, (&ours, theirs)) in case.ours.iter().zip(&theirs).enumerate() {
            assert!(same(ours, theirs), "{at}: ours {ours}, the reference's {theirs}: {}", case.question);
        }
    }
}

fn same(ours: f64, theirs: &Value) -> bool {
    match theirs {
        Value::Null => ours.is_nan(),
        Value::String(_) => ours.is_infinite(),
        number => number.as_f64().is_some_and(|theirs| (ours - theirs).abs() <= TOLERANCE),
    }
}

/// Seeded random inputs.
struct Draw(Pcg64Mcg);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end as u64) as usize
    }

    fn from(&mut self, start: usize, end: usize) -> usize {
        start + self.below(end - start)
    }

    fn uniform(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// `n` rows: smooth, coarse (ties), rectified or constant values, some rows copies of others.
    fn rows(&mut self, n: usize, dimension: usize) -> Vec<f32> {
        let kind = self.below(4);
        let constant = self.uniform();
        let value = |draw: &mut Self| match kind {
            0 => draw.uniform() * 8.0 - 4.0,
            1 => draw.below(4) as f32,
            2 => (draw.uniform() - 0.75).max(0.0),
            _ => constant,
        };
        let mut rows: Vec<f32> = (0..n * dimension).map(|_| value(self)).collect();
        for _ in 0..self.below(n) {
            let (from, to) = (self.below(n), self.below(n));
            rows.copy_within(from * dimension..(from + 1) * dimension, to * dimension);
        }
        rows
    }
}

fn inter_sample(draw: &mut Draw) -> Case {
    let (n, dimension, k) = (draw.from(2, 60), draw.from(1, 12), draw.from(1, 70));
    let samples = draw.rows(n, dimension);
    let rho = draw.below(2) == 1;
    let settings = InterSampleSettings { k, rho, distance: Distance::Euclidean };
    let ours = inter_sample_entropy(&samples, n, dimension, &settings).unwrap().bits;
    let question =
        json!({ "kind": "inter", "samples": samples, "samples_shape": [n, dimension], "k": k, "rho": rho });
    Case { question, ours: vec![ours] }
}

fn intra_sample(draw: &mut Draw) -> Case {
    let (channels, images, positions, classes) = (draw.from(1, 4), draw.from(1, 9), draw.from(1, 50), 3);
    let values = draw.rows(channels * images, positions);
    let labels: Vec<u8> = (0..images).map(|_| draw.below(classes) as u8).collect();
    let bins = draw.from(1, 40);
    let (scope, name) = match draw.below(4) {
        0 => (RangeScope::Map, json!("map")),
        1 => (RangeScope::Channel, json!("channel")),
        2 => (RangeScope::Layer, json!("layer")),
        _ => (RangeScope::Fixed { lo: -1.0, hi: 2.5 }, json!([-1.0, 2.5])),
    };
    let cells = LayerCells::new(&values, channels, images, positions).unwrap();
    let ours = intra_sample_entropy(&cells, &labels, classes, &IntraSampleSettings { bins, scope }).unwrap();
    // The reference has images first.
    let map = |channel, image| &values[(channel * images + image) * positions..][..positions];
    let image_major: Vec<f32> =
        (0..images).flat_map(|image| (0..channels).flat_map(move |c| map(c, image))).copied().collect();
    let shape = [images, channels, positions];
    let question = json!({ "kind": "intra", "cells": image_major, "cells_shape": shape, "labels": labels,
        "classes": classes, "bins": bins, "scope": name });
    Case { question, ours }
}

fn labels(draw: &mut Draw) -> Case {
    let classes = draw.from(1, 8);
    let counts: Vec<u32> = (0..classes * classes).map(|_| draw.below(6).saturating_sub(2) as u32).collect();
    let entropies = label_entropies(&counts, classes).unwrap();
    let question = json!({ "kind": "labels", "counts": counts, "counts_shape": [classes, classes] });
    Case { question, ours: [entropies.label_given_prediction, entropies.prediction_given_label].concat() }
}

fn capacity(draw: &mut Draw) -> Case {
    let (n, bins) = (draw.from(2, 40), draw.from(1, 64));
    let (width_a, width_b) = (draw.from(1, 9), draw.from(1, 9));
    let (a, b) = (draw.rows(n, width_a), draw.rows(n, width_b));
    let schedule = PairSchedule::all(n).unwrap();
    let codes = |values: &[f32], width| {
        let cells = LayerCells::new(values, 1, n, width).unwrap();
        LayerCodes::measure(&cells, &schedule, bins).unwrap()
    };
    let information =
        CapacityMatrix::from_codes(&codes(&a, width_a), &codes(&b, width_b)).unwrap().information(0, 0);
    let question = json!({ "kind": "capacity", "a": a, "a_shape": [n, width_a], "b": b, "b_shape": [n, width_b],
        "bins": bins });
    let ours = vec![
        information.h_a,
        information.h_b,
        information.h_ab,
        information.capacity(),
        information.miller_madow(),
    ];
    Case { question, ours }
}
