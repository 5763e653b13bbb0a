//! One check a section: expected numbers against measured ones.

mod further;

use serde_json::{Map, Value};

use super::Problem;
use super::input::{Inputs, number};
use super::measure::{
    after_rounding, capacity, inter_sample, inter_sample_single, intra_sample, layer_capacity,
    layer_information, rounded,
};
use super::tensor::Tensor;
use crate::entropy::capacity::{CapacityMatrix, PairInformation};
use crate::entropy::error::EntropyError;
use crate::entropy::inter_sample::{Distance, InterSampleSettings};
use crate::entropy::intra_sample::{IntraSampleSettings, RangeScope};
use crate::entropy::label::label_entropies_of_weights;

/// Of a double-precision number against the file; the absolute part is for numbers that are zero.
const DOUBLE: Tolerance = Tolerance { relative: 1e-9, absolute: 1e-12 };
/// Absolute, of H in single precision.
const SINGLE_H: f64 = 1e-5;
/// Absolute, of a binned quantity in single precision while no value crosses a bin's edge.
const SINGLE_BINNED: f64 = 1e-6;
/// A margin to the nearest bin edge below which a single-precision code may differ.
const SAFE_MARGIN: f64 = 1e-5;

/// What a number may differ by.
#[derive(Clone, Copy, Debug)]
struct Tolerance {
    relative: f64,
    absolute: f64,
}

type Check = fn(&Value, &mut Inputs) -> Result<(), Problem>;
/// Measured numbers under the names of the file.
type Measured = Vec<(&'static str, Vec<f64>)>;

/// How to check a vector of this section.
pub(super) fn of_section(name: &str) -> Option<Check> {
    Some(match name {
        "inter_sample" => check_inter_sample,
        "intra_sample" => check_intra_sample,
        "confusion" => check_confusion,
        "capacity" => |vector, inputs| check_capacity(vector, inputs, false),
        "layer_capacity" => |vector, inputs| check_capacity(vector, inputs, true),
        "layer_information" => check_layer_information,
        "same_class_information" => further::same_class,
        "label_channel" => further::label_channel,
        "cka" => further::similarity,
        "two_nn" => further::dimension,
        "neural_collapse" => further::collapse,
        "information_plane" => further::plane,
        "readable_information" => further::readable,
        _ => return None,
    })
}

/// Bins where a vector of whole layers does not say.
const LAYER_BINS: usize = 32;

fn check_inter_sample(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["input", "k", "rho"])?;
    let input = inputs.tensor(&vector["input"])?;
    let rho = vector["rho"].as_bool() == Some(true);
    let settings = whole(vector, "k").map(|k| InterSampleSettings { k, rho, distance: Distance::Euclidean });
    let double = settings.and_then(|settings| inter_sample(&input, &settings));
    let named = double.as_ref().map_err(|&error| error).map(|(entropy, sigmas)| {
        vec![
            ("H", vec![entropy.bits]),
            ("k_used", vec![entropy.k as f64]),
            ("N", vec![entropy.n as f64]),
            ("states", vec![entropy.states as f64]),
            ("sigma", sigmas.clone()),
        ]
    });
    expect(vector, named)?;
    let single = settings.and_then(|settings| inter_sample_single(&input, &settings)).map(|h| vec![h.bits]);
    let stored = after_rounding(&input);
    let double =
        if stored == input { double } else { settings.and_then(|settings| inter_sample(&stored, &settings)) };
    same(&single, &double.map(|(entropy, _)| vec![entropy.bits]), SINGLE_H)
}

fn check_intra_sample(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["input", "bins", "scope", "labels", "classes"])?;
    let input = inputs.tensor(&vector["input"])?;
    let scope = scope(&vector["scope"])?;
    let settings = whole(vector, "bins").map(|bins| IntraSampleSettings { bins, scope });
    let labels = labels(vector)?;
    let classes = labels.as_ref().map(|(labels, n_classes)| (labels.as_slice(), *n_classes));
    let double = settings.and_then(|settings| intra_sample(&input, &input.values, classes, &settings));
    expect(vector, double.map(|table| per_class(&table, classes.map_or(1, |(_, n_classes)| n_classes))))?;
    let single = settings.and_then(|settings| intra_sample(&input, &rounded(&input), classes, &settings));
    let stored = after_rounding(&input);
    let double = settings.and_then(|settings| intra_sample(&stored, &stored.values, classes, &settings));
    same(&single, &double, SINGLE_BINNED)
}

/// `[C, K + 1]` to the file's `channel[c]` and `per_class[class][c]`.
fn per_class(table: &[f64], n_classes: usize) -> Measured {
    let column = |class: usize| table.chunks_exact(n_classes + 1).map(move |row| row[class]);
    vec![("channel", column(n_classes).collect()), ("per_class", (0..n_classes).flat_map(column).collect())]
}

fn scope(value: &Value) -> Result<RangeScope, Problem> {
    match (value.as_str(), value.as_array().map(Vec::as_slice)) {
        (Some("map"), _) => Ok(RangeScope::Map),
        (Some("channel"), _) => Ok(RangeScope::Channel),
        (Some("layer"), _) => Ok(RangeScope::Layer),
        (_, Some([lo, hi])) => Ok(RangeScope::Fixed { lo: number(lo)?, hi: number(hi)? }),
        _ => Err(Problem::Wrong(format!("the scope {value} is not known"))),
    }
}

fn labels(vector: &Value) -> Result<Option<(Vec<u8>, usize)>, Problem> {
    let Some(labels) = vector["labels"].as_array() else { return Ok(None) };
    let label = |value: &Value| value.as_u64().and_then(|label| u8::try_from(label).ok());
    let labels = labels.iter().map(label).collect::<Option<Vec<u8>>>();
    let (Some(labels), Some(n_classes)) = (labels, vector["classes"].as_u64()) else {
        return Err(Problem::wrong("labels and classes must be whole numbers"));
    };
    Ok(Some((labels, n_classes as usize)))
}

fn check_confusion(vector: &Value, _: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["matrix"])?;
    let rows = vector["matrix"].as_array().ok_or_else(|| Problem::wrong("`matrix` is no list"))?;
    let columns = rows.first().and_then(Value::as_array).map_or(0, Vec::len);
    let flat = flatten(&vector["matrix"])?;
    expect(
        vector,
        label_entropies_of_weights(&flat, rows.len(), columns).map(|entropies| {
            vec![
                ("H_label_given_y", entropies.label_given_prediction),
                ("H_y_given_label", entropies.prediction_given_label),
            ]
        }),
    )
}

fn check_capacity(vector: &Value, inputs: &mut Inputs, layers: bool) -> Result<(), Problem> {
    only_keys(vector, &["a", "b", "bins"])?;
    let (a, b) = (inputs.tensor(&vector["a"])?, inputs.tensor(&vector["b"])?);
    let bins = whole(vector, "bins");
    let double = |a: &Tensor, b: &Tensor| {
        let (a, b) = ((a, a.values.as_slice()), (b, b.values.as_slice()));
        bins.and_then(|bins| if layers { layer_capacity(a, b, bins) } else { capacity(a, b, bins) })
    };
    let measured = double(&a, &b);
    expect(
        vector,
        if layers { measured.map(|m| vec![("I", m.capacity())]) } else { measured.map(|m| information(&m)) },
    )?;
    let (a_rounded, b_rounded) = (rounded(&a), rounded(&b));
    let (a_single, b_single) = ((&a, a_rounded.as_slice()), (&b, b_rounded.as_slice()));
    let single = bins.and_then(|bins| {
        if layers { layer_capacity(a_single, b_single, bins) } else { capacity(a_single, b_single, bins) }
    });
    let stored = double(&after_rounding(&a), &after_rounding(&b));
    let margin = vector["bin_margin"].as_f64().unwrap_or(1.0);
    same(&single.map(|m| m.capacity()), &stored.map(|m| m.capacity()), binned_tolerance(a.samples(), margin))
}

fn check_layer_information(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["a", "b", "bins", "error"])?;
    let (a, b) = (inputs.tensor(&vector["a"])?, inputs.tensor(&vector["b"])?);
    let bins = if vector["bins"].is_null() { Ok(LAYER_BINS) } else { whole(vector, "bins") };
    let double = |a: &Tensor, b: &Tensor| {
        bins.and_then(|bins| layer_information((a, a.values.as_slice()), (b, b.values.as_slice()), bins))
    };
    expect(vector, double(&a, &b).map(|of| named(&of)))?;
    let (a_rounded, b_rounded) = (rounded(&a), rounded(&b));
    let single =
        bins.and_then(|bins| layer_information((&a, a_rounded.as_slice()), (&b, b_rounded.as_slice()), bins));
    let stored = double(&after_rounding(&a), &after_rounding(&b));
    let bits = |of: PairInformation| vec![of.capacity(), of.a_given_b(), of.b_given_a()];
    same(&single.map(bits), &stored.map(bits), SINGLE_BINNED)
}

/// Below the safe margin a few pairs may change their bin, each by at most about log2(P)/P bits an entropy.
fn binned_tolerance(samples: usize, margin: f64) -> f64 {
    let pairs = (samples * samples.saturating_sub(1) / 2).max(2) as f64;
    if margin < SAFE_MARGIN { 8.0 * pairs.log2() / pairs } else { SINGLE_BINNED }
}

fn information(matrix: &CapacityMatrix) -> Measured {
    named(&matrix.information(0, 0))
}

fn named(of: &PairInformation) -> Measured {
    let numbers = [
        ("P", of.pairs as f64),
        ("H_a", of.h_a),
        ("H_b", of.h_b),
        ("H_ab", of.h_ab),
        ("H_a_given_b", of.a_given_b()),
        ("H_b_given_a", of.b_given_a()),
        ("I", of.capacity()),
        ("K_a", of.occupied_a as f64),
        ("K_b", of.occupied_b as f64),
        ("K_ab", of.occupied_ab as f64),
        ("I_mm", of.miller_madow()),
    ];
    numbers.map(|(name, value)| (name, vec![value])).to_vec()
}

/// A vector must hold nothing that the check would ignore.
fn only_keys(vector: &Value, known: &[&str]) -> Result<(), Problem> {
    const COMMON: [&str; 4] = ["name", "note", "expect", "bin_margin"];
    let object = object(vector)?;
    match object.keys().find(|key| !known.contains(&key.as_str()) && !COMMON.contains(&key.as_str())) {
        Some(key) => Err(Problem::Wrong(format!("the setting `{key}` is not known"))),
        None => Ok(()),
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>, Problem> {
    value.as_object().ok_or_else(|| Problem::wrong("a vector or its `expect` is no object"))
}

/// A setting that must be a whole number from 0; what is none is a bad argument before it reaches a measure.
fn whole(vector: &Value, key: &'static str) -> Result<usize, EntropyError> {
    let value = vector[key].as_f64().filter(|value| *value >= 0.0 && value.fract() == 0.0);
    let requirement = "must be a whole number";
    value.map(|value| value as usize).ok_or(EntropyError::BadArgument { argument: key, requirement })
}

/// The measured numbers are those of `expect`, or the error is.
fn expect(vector: &Value, measured: Result<Measured, EntropyError>) -> Result<(), Problem> {
    expect_within(vector, measured, DOUBLE)
}

/// The same within another tolerance.
fn expect_within(
    vector: &Value,
    measured: Result<Measured, EntropyError>,
    tolerance: Tolerance,
) -> Result<(), Problem> {
    // An error that is expected stands in the place of numbers, or among them.
    let no_numbers = Map::new();
    let outright = vector["error"].as_str();
    let expected = if outright.is_some() { &no_numbers } else { object(&vector["expect"])? };
    let code = outright.or(expected.get("error").and_then(Value::as_str));
    let measured = match (measured, code) {
        (Err(error), Some(code)) if error.code() == code => return Ok(()),
        (Err(error), _) => return Err(Problem::Wrong(format!("error {}", error.code()))),
        (Ok(_), Some(code)) => return Err(Problem::Wrong(format!("no error, expected {code}"))),
        (Ok(measured), None) => measured,
    };
    for (name, value) in expected {
        let Some((_, found)) = measured.iter().find(|(own, _)| own == name) else {
            return Err(Problem::Wrong(format!("the expected `{name}` is not known")));
        };
        let value = flatten(value)?;
        let agree = |(&found, &expected): (&f64, &f64)| {
            close(found, expected, tolerance.relative * expected.abs() + tolerance.absolute)
        };
        if value.len() != found.len() || !found.iter().zip(&value).all(agree) {
            return Err(Problem::Wrong(format!("{name} is {found:?}, expected {value:?}")));
        }
    }
    if expected.is_empty() { Err(Problem::wrong("nothing is expected")) } else { Ok(()) }
}

/// Single and double precision agree.
fn same(
    single: &Result<Vec<f64>, EntropyError>,
    double: &Result<Vec<f64>, EntropyError>,
    tolerance: f64,
) -> Result<(), Problem> {
    let agree = match (single, double) {
        (Ok(single), Ok(double)) => single.iter().zip(double).all(|(&s, &d)| close(s, d, tolerance)),
        (Err(single), Err(double)) => single.code() == double.code(),
        _ => false,
    };
    if agree {
        Ok(())
    } else {
        Err(Problem::Wrong(format!("single precision {single:?}, double {double:?}")))
    }
}

/// Equal infinities and two NaN are close.
fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    found == expected || (found.is_nan() && expected.is_nan()) || (found - expected).abs() <= tolerance
}

/// All numbers of nested lists, in order.
fn flatten(value: &Value) -> Result<Vec<f64>, Problem> {
    match value.as_array() {
        Some(list) => Ok(list.iter().map(flatten).collect::<Result<Vec<_>, _>>()?.concat()),
        None => Ok(vec![number(value)?]),
    }
}
