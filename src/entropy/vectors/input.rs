//! The inputs of test vectors: small deterministic generators, row-major tensors in double precision.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tensor::Tensor;
use super::{MnistFile, Problem};

/// Makes inputs from their descriptions; keeps the MNIST files it has been given.
pub(super) struct Inputs<'a> {
    mnist: &'a mut dyn FnMut(&str) -> Result<MnistFile, String>,
    files: BTreeMap<String, Result<MnistFile, String>>,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(mnist: &'a mut dyn FnMut(&str) -> Result<MnistFile, String>) -> Self {
        Self { mnist, files: BTreeMap::new() }
    }

    /// The tensor that a description stands for.
    pub(super) fn tensor(&mut self, input: &Value) -> Result<Tensor, Problem> {
        match text(input, "kind")? {
            "lcg" => {
                let seed = integer(input, "seed")?;
                let tensor = generate(shape(input)?, |count| lcg(seed as u32, count));
                affine(tensor, input)
            }
            "const" => {
                let value = number(&input["value"])?;
                Ok(generate(shape(input)?, |count| vec![value; count]))
            }
            "values" => values(input),
            "mod" => modular(input),
            "blobs" => blobs(input),
            "affine" => {
                let tensor = self.tensor(&input["of"])?;
                affine(tensor, input)
            }
            "mix" => {
                let (of, other) = (self.tensor(&input["of"])?, self.tensor(&input["other"])?);
                mix(of, &other, number(&input["mul"])?)
            }
            "repeat" => {
                let tensor = self.tensor(&input["of"])?;
                Ok(repeat(&tensor, integer(input, "times")? as usize))
            }
            "channels" => {
                let entries = input["list"].as_array().ok_or_else(|| Problem::wrong("`list` is no list"))?;
                channels(&entries.iter().map(|entry| self.tensor(entry)).collect::<Result<Vec<_>, _>>()?)
            }
            "mnist" => self.images(input),
            other => Err(Problem::Wrong(format!("the input `{other}` is not known"))),
        }
    }

    fn images(&mut self, input: &Value) -> Result<Tensor, Problem> {
        let name = text(input, "file")?;
        let file = self.files.entry(name.to_owned()).or_insert_with(|| (self.mnist)(name));
        let file = file.as_ref().map_err(|why| Problem::Missing(why.clone()))?;
        let (start, count) = (integer(input, "start")?, integer(input, "count")?);
        file.select(start as usize, count as usize, input["label"].as_u64(), input["op"].as_str())
    }
}

/// A number, or one of the strings that stand for what JSON cannot write.
pub(super) fn number(value: &Value) -> Result<f64, Problem> {
    match value {
        Value::String(text) if text == "NaN" => Ok(f64::NAN),
        Value::String(text) if text == "Infinity" => Ok(f64::INFINITY),
        Value::String(text) if text == "-Infinity" => Ok(f64::NEG_INFINITY),
        other => other.as_f64().ok_or_else(|| Problem::Wrong(format!("{other} is no number"))),
    }
}

fn text<'v>(input: &'v Value, key: &str) -> Result<&'v str, Problem> {
    input[key].as_str().ok_or_else(|| Problem::Wrong(format!("an input has no `{key}`")))
}

fn integer(input: &Value, key: &str) -> Result<u64, Problem> {
    input[key].as_u64().ok_or_else(|| Problem::Wrong(format!("an input has no whole number `{key}`")))
}

fn shape(input: &Value) -> Result<Vec<usize>, Problem> {
    let lengths = input["shape"].as_array().ok_or_else(|| Problem::wrong("an input has no `shape`"))?;
    let length = |value: &Value| value.as_u64().map(|length| length as usize);
    lengths
        .iter()
        .map(length)
        .collect::<Option<_>>()
        .ok_or_else(|| Problem::wrong("a length is no whole number"))
}

fn generate(shape: Vec<usize>, values: impl FnOnce(usize) -> Vec<f64>) -> Tensor {
    let count = shape.iter().product();
    Tensor { shape, values: values(count) }
}

/// s ← (1664525 s + 1013904223) mod 2³²; value ⌊s/256⌋ / 2²⁴ of the new s.
pub(super) fn lcg(seed: u32, count: usize) -> Vec<f64> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / 16_777_216.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// v·mul + add, then max(v, 0) if `relu`.
fn affine(tensor: Tensor, input: &Value) -> Result<Tensor, Problem> {
    let or = |key: &str, default: f64| if input[key].is_null() { Ok(default) } else { number(&input[key]) };
    let (mul, add) = (or("mul", 1.0)?, or("add", 0.0)?);
    let tensor = tensor.map(|v| v * mul + add);
    Ok(if input["relu"].as_bool() == Some(true) {
        tensor.map(|v| if v < 0.0 { 0.0 } else { v })
    } else {
        tensor
    })
}

/// of·mul + other·(1 − mul).
fn mix(of: Tensor, other: &Tensor, mul: f64) -> Result<Tensor, Problem> {
    if of.shape != other.shape {
        return Err(Problem::wrong("the parts of `mix` differ in shape"));
    }
    let values = of.values.iter().zip(&other.values).map(|(of, other)| of * mul + other * (1.0 - mul));
    Ok(Tensor { values: values.collect(), shape: of.shape })
}

fn values(input: &Value) -> Result<Tensor, Problem> {
    let data = input["data"].as_array().ok_or_else(|| Problem::wrong("an input has no `data`"))?;
    let tensor = Tensor { shape: shape(input)?, values: data.iter().map(number).collect::<Result<_, _>>()? };
    if tensor.values.len() == tensor.shape.iter().product::<usize>() {
        Ok(tensor)
    } else {
        Err(Problem::wrong("`data` does not fill `shape`"))
    }
}

/// Element j of sample i is (a i + b j + c i j) mod m.
fn modular(input: &Value) -> Result<Tensor, Problem> {
    let signed =
        |key: &str| input[key].as_i64().ok_or_else(|| Problem::Wrong(format!("`mod` has no `{key}`")));
    let (a, b, c, m) = (signed("a")?, signed("b")?, signed("c")?, signed("m")?);
    let shape = shape(input)?;
    let row: usize = shape.iter().skip(1).product();
    Ok(generate(shape, |count| {
        (0..count)
            .map(|at| ((at / row) as i64, (at % row) as i64))
            .map(|(i, j)| (a * i + b * j + c * i * j).rem_euclid(m.max(1)) as f64)
            .collect()
    }))
}

/// Sample i is centre[labels[i]] + spread · (noise[i] − ½); centres are lcg(seed), the noise is lcg(seed + 1).
fn blobs(input: &Value) -> Result<Tensor, Problem> {
    let labels = input["labels"].as_array().ok_or_else(|| Problem::wrong("`blobs` has no `labels`"))?;
    let (classes, dimension) = (integer(input, "classes")?, integer(input, "dimension")? as usize);
    let label = |label: &Value| label.as_u64().filter(|&label| label < classes);
    let labels = labels.iter().map(label).collect::<Option<Vec<u64>>>();
    let labels = labels.ok_or_else(|| Problem::wrong("a label of `blobs` is no class"))?;
    let (seed, spread) = (integer(input, "seed")? as u32, number(&input["spread"])?);
    let centres = lcg(seed, classes as usize * dimension);
    let noise = lcg(seed.wrapping_add(1), labels.len() * dimension);
    let centre = labels.iter().flat_map(|&label| &centres[label as usize * dimension..][..dimension]);
    let values = centre.zip(&noise).map(|(centre, noise)| centre + spread * (noise - 0.5)).collect();
    Ok(Tensor { shape: vec![labels.len(), dimension], values })
}

fn repeat(of: &Tensor, times: usize) -> Tensor {
    let mut shape = of.shape.clone();
    shape[0] *= times;
    let rows = of.values.chunks_exact(of.sample_len().max(1));
    Tensor { shape, values: rows.flat_map(|row| row.repeat(times)).collect() }
}

/// result[i][c] = list[c][i].
fn channels(list: &[Tensor]) -> Result<Tensor, Problem> {
    let first = list.first().ok_or_else(|| Problem::wrong("`channels` lists nothing"))?;
    if list.iter().any(|entry| entry.shape != first.shape) {
        return Err(Problem::wrong("the entries of `channels` differ in shape"));
    }
    let (samples, row) = (first.samples(), first.sample_len());
    let mut shape = vec![samples, list.len()];
    shape.extend(&first.shape[1..]);
    let maps = (0..samples).flat_map(|i| list.iter().map(move |entry| &entry.values[i * row..(i + 1) * row]));
    Ok(Tensor { shape, values: maps.flatten().copied().collect() })
}
