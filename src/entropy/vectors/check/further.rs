//! The checks of the measures beyond the paper's.

use serde_json::{Map, Value};

use super::{
    Measured, SINGLE_BINNED, Tolerance, expect_within, flatten, labels, object, only_keys, same, whole,
};
use crate::entropy::error::{EntropyError, expect_len};
use crate::entropy::label_channel::label_channel_of_weights;
use crate::entropy::readable::VOTES;
use crate::entropy::two_nn::KEPT_SHARE;
use crate::entropy::vectors::Problem;
use crate::entropy::vectors::input::{Inputs, number};
use crate::entropy::vectors::measure::{after_rounding, rounded};
use crate::entropy::vectors::tensor::Tensor;
use crate::entropy::{
    Cell, CentredGram, ImageOrder, InformationPlaneSettings, LayerDistances, LayerOutputs, NearestNeighbours,
    PairSchedule, SameClassPairs, cka, information_plane, layer_codes, neural_collapse, readable_information,
    same_class_information, two_nn,
};

/// Of the file's numbers.
const NUMBERS: Tolerance = Tolerance { relative: 1e-8, absolute: 1e-9 };
/// Of what an iteration comes near to.
const ITERATED: Tolerance = Tolerance { relative: 0.0, absolute: 1e-6 };
/// Bins of distances where a vector does not say.
const DISTANCE_BINS: usize = 32;

/// The values of a tensor in single or double precision.
struct Layer<'a, C> {
    values: &'a [C],
    samples: usize,
}

impl<C: Cell> Layer<'_, C> {
    fn outputs(&self) -> Result<LayerOutputs<'_, C>, EntropyError> {
        LayerOutputs::as_stored(self.values, self.samples)
    }
}

/// A measure with its settings; what is wrong with them is told when it is taken.
trait Measure {
    fn of<C: Cell>(&self, layers: &[Layer<'_, C>]) -> Result<Measured, EntropyError>;
}

/// In double precision against the file, and in single precision against double precision on the rounded values.
fn check(vector: &Value, tensors: &[Tensor], measure: &impl Measure) -> Result<(), Problem> {
    expect_within(vector, in_double(tensors, measure), NUMBERS)?;
    let single: Vec<Vec<f32>> = tensors.iter().map(rounded).collect();
    let of = |(values, tensor)| Layer { values: Vec::as_slice(values), samples: Tensor::samples(tensor) };
    let single = measure.of(&single.iter().zip(tensors).map(of).collect::<Vec<_>>());
    let stored: Vec<Tensor> = tensors.iter().map(after_rounding).collect();
    let numbers = |measured: Measured| measured.into_iter().flat_map(|(_, numbers)| numbers).collect();
    same(&single.map(numbers), &in_double(&stored, measure).map(numbers), SINGLE_BINNED)
}

fn in_double(tensors: &[Tensor], measure: &impl Measure) -> Result<Measured, EntropyError> {
    let layers = tensors.iter().map(|tensor| Layer { values: &tensor.values, samples: tensor.samples() });
    measure.of(&layers.collect::<Vec<_>>())
}

/// A number of a vector that need not be there.
fn optional(vector: &Value, key: &'static str, default: usize) -> Result<usize, EntropyError> {
    if vector[key].is_null() { Ok(default) } else { whole(vector, key) }
}

/// Labels and classes, which must be there.
fn required_labels(vector: &Value) -> Result<(Vec<u8>, usize), Problem> {
    labels(vector)?.ok_or_else(|| Problem::wrong("there are no labels"))
}

struct SameClass {
    bins: Result<usize, EntropyError>,
    labels: Vec<u8>,
    n_classes: usize,
}

impl Measure for SameClass {
    fn of<C: Cell>(&self, layers: &[Layer<'_, C>]) -> Result<Measured, EntropyError> {
        let order = ImageOrder::as_numbered(layers[0].samples);
        let pairs = SameClassPairs::new(&PairSchedule::all_of(&order)?, &self.labels, self.n_classes)?;
        let codes = layer_codes(layers[0].values, &order, self.bins?)?;
        let found = same_class_information(&codes, &pairs)?[0];
        Ok(vec![
            ("P", vec![found.pairs as f64]),
            ("H_code", vec![found.code_bits]),
            ("H_same", vec![found.same_bits]),
            ("I", vec![found.bits]),
        ])
    }
}

pub(super) fn same_class(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["a", "labels", "classes", "bins", "error"])?;
    let (labels, n_classes) = required_labels(vector)?;
    let measure = SameClass { bins: optional(vector, "bins", DISTANCE_BINS), labels, n_classes };
    check(vector, &[inputs.tensor(&vector["a"])?], &measure)
}

pub(super) fn label_channel(vector: &Value, _: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["matrix", "error"])?;
    let rows = vector["matrix"].as_array().ok_or_else(|| Problem::wrong("`matrix` is no list"))?;
    let columns = rows.first().and_then(Value::as_array).map_or(0, Vec::len);
    let found = label_channel_of_weights(&flatten(&vector["matrix"])?, rows.len(), columns);
    let is_iterated = |name: &str| matches!(name, "capacity" | "input");
    let measured = found.map(|channel| {
        vec![
            ("H_label", vec![channel.label_bits]),
            ("H_y", vec![channel.prediction_bits]),
            ("I", vec![channel.bits]),
            ("H_label_given_y", vec![channel.equivocation]),
            ("H_y_given_label", vec![channel.noise]),
            ("capacity", vec![channel.capacity]),
            ("input", channel.input),
        ]
    });
    if measured.is_err() || vector["expect"].is_null() {
        return expect_within(vector, measured, NUMBERS);
    }
    let part = |iterated: bool| -> Result<Value, Problem> {
        let numbers = object(&vector["expect"])?.iter().filter(|(name, _)| is_iterated(name) == iterated);
        Ok(expecting(numbers.map(|(name, value)| (name.clone(), value.clone())).collect()))
    };
    expect_within(&part(false)?, measured.clone(), NUMBERS)?;
    expect_within(&part(true)?, measured, ITERATED)
}

fn expecting(numbers: Map<String, Value>) -> Value {
    Value::Object(Map::from_iter([("expect".to_owned(), Value::Object(numbers))]))
}

struct Similarity;

impl Measure for Similarity {
    fn of<C: Cell>(&self, layers: &[Layer<'_, C>]) -> Result<Measured, EntropyError> {
        let [a, b] = [&layers[0], &layers[1]].map(Layer::outputs);
        let (a, b) = (a?, b?);
        expect_len("images of the second layer", a.images(), b.images())?;
        let gram = |outputs: &LayerOutputs<'_, C>| CentredGram::measure(&LayerDistances::measure(outputs)?);
        Ok(vec![("cka", vec![cka(&gram(&a)?, &gram(&b)?)?])])
    }
}

pub(super) fn similarity(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["a", "b", "error"])?;
    check(vector, &[inputs.tensor(&vector["a"])?, inputs.tensor(&vector["b"])?], &Similarity)
}

struct Dimension {
    kept_share: f64,
}

impl Measure for Dimension {
    fn of<C: Cell>(&self, layers: &[Layer<'_, C>]) -> Result<Measured, EntropyError> {
        let outputs = layers[0].outputs()?;
        let neighbours = NearestNeighbours::measure(&LayerDistances::measure(&outputs)?, 2)?;
        Ok(vec![("dimension", vec![two_nn(&neighbours, self.kept_share)?.dimension])])
    }
}

pub(super) fn dimension(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["a", "keep", "error"])?;
    let kept_share = if vector["keep"].is_null() { KEPT_SHARE } else { number(&vector["keep"])? };
    check(vector, &[inputs.tensor(&vector["a"])?], &Dimension { kept_share })
}

struct Collapse {
    labels: Vec<u8>,
    n_classes: usize,
}

impl Measure for Collapse {
    fn of<C: Cell>(&self, layers: &[Layer<'_, C>]) -> Result<Measured, EntropyError> {
        let found = neural_collapse(&layers[0].outputs()?, &self.labels, self.n_classes)?;
        Ok(vec![
            ("nc1", vec![found.nc1]),
            ("norms", vec![found.norms]),
            ("angles", vec![found.angles]),
            ("accuracy", vec![found.accuracy]),
        ])
    }
}

pub(super) fn collapse(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["a", "labels", "classes", "error"])?;
    let (labels, n_classes) = required_labels(vector)?;
    check(vector, &[inputs.tensor(&vector["a"])?], &Collapse { labels, n_classes })
}

struct Plane {
    settings: Result<InformationPlaneSettings, EntropyError>,
    labels: Vec<u8>,
    n_classes: usize,
}

impl Measure for Plane {
    fn of<C: Cell>(&self, layers: &[Layer<'_, C>]) -> Result<Measured, EntropyError> {
        let outputs = layers[0].outputs()?;
        outputs.labels(&self.labels, self.n_classes)?;
        let distances = LayerDistances::measure(&outputs)?;
        let found = information_plane(&distances, &self.labels, self.n_classes, &self.settings?)?;
        Ok(vec![
            ("binned I_x", vec![found.binned.input_bits]),
            ("binned I_y", vec![found.binned.label_bits]),
            ("kernel I_x", vec![found.kernel.input_bits]),
            ("kernel I_y", vec![found.kernel.label_bits]),
        ])
    }
}

pub(super) fn plane(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["a", "labels", "classes", "bins", "value_range", "noise_variance", "error"])?;
    let (labels, n_classes) = required_labels(vector)?;
    let usual = InformationPlaneSettings::default();
    let value_range = match flatten(&vector["value_range"]).ok().as_deref() {
        None if vector["value_range"].is_null() => None,
        Some(&[lo, hi]) => Some((lo, hi)),
        _ => return Err(Problem::wrong("`value_range` is no pair of numbers")),
    };
    let variance = &vector["noise_variance"];
    let noise_variance = if variance.is_null() { usual.noise_variance } else { number(variance)? };
    let settings = optional(vector, "bins", usual.bins).map(|bins| InformationPlaneSettings {
        bins,
        value_range,
        noise_variance,
    });
    let tensor = inputs.tensor(&vector["a"])?;
    check(&with_flat_names(vector)?, &[tensor], &Plane { settings, labels, n_classes })
}

/// `{"binned": {"I_x": …}}` as `{"binned I_x": …}`.
fn with_flat_names(vector: &Value) -> Result<Value, Problem> {
    if vector["expect"].is_null() {
        return Ok(vector.clone());
    }
    let mut flat = Map::new();
    for (estimator, numbers) in object(&vector["expect"])? {
        match numbers.as_object() {
            Some(numbers) => {
                flat.extend(
                    numbers.iter().map(|(name, value)| (format!("{estimator} {name}"), value.clone())),
                );
            }
            None => _ = flat.insert(estimator.clone(), numbers.clone()),
        }
    }
    Ok(expecting(flat))
}

struct Readable {
    k: Result<usize, EntropyError>,
    labels: Vec<u8>,
    n_classes: usize,
}

impl Measure for Readable {
    fn of<C: Cell>(&self, layers: &[Layer<'_, C>]) -> Result<Measured, EntropyError> {
        let outputs = layers[0].outputs()?;
        outputs.labels(&self.labels, self.n_classes)?;
        let distances = LayerDistances::measure(&outputs)?;
        let k = self.k?;
        let neighbours = NearestNeighbours::measure(&distances, k)?;
        let found = readable_information(&outputs, &neighbours, k, &self.labels, self.n_classes)?;
        Ok(vec![
            ("I", vec![found.bits]),
            ("H_label", vec![found.label_bits]),
            ("accuracy", vec![found.accuracy]),
        ])
    }
}

pub(super) fn readable(vector: &Value, inputs: &mut Inputs) -> Result<(), Problem> {
    only_keys(vector, &["a", "labels", "classes", "k", "error"])?;
    let (labels, n_classes) = required_labels(vector)?;
    let measure = Readable { k: optional(vector, "k", VOTES), labels, n_classes };
    check(vector, &[inputs.tensor(&vector["a"])?], &measure)
}
