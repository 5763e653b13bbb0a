//! A network in one line of text, as links, the console and run files hold it: text ⇄ hidden layers.
//!
//! ```text
//! network    = [ layer { ";" layer } ]                  without the class probabilities, which the data say
//! layer      = "conv" CHANNELS KERNEL { "stride" N | "bn" | activation | "skip" N }
//!            | ( "maxpool" | "avgpool" ) SIZE [ "dropout" SHARE ]
//!            | "dense" UNITS { activation | "dropout" SHARE }
//!            | "dropout" SHARE                          belongs to the pool or dense layer before it
//! activation = "relu" | "leaky" | "tanh" | "gelu"       ReLU where none is named
//! KERNEL     = "3x3", or "3"
//! ```
//!
//! For example `conv 16 3x3 bn relu; maxpool 2 dropout 0.25; dense 64 relu`. White space and letter case are
//! free, and a line break stands for `;`. Whether the layers fit together is for [`super::shape`] to say.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Activation, LayerSpec, decimal};

/// The largest number that can be written; shapes draw narrower bounds.
const MOST: usize = 65_536;
/// Words that begin a layer.
const LAYERS: &str = "a layer: conv, maxpool, avgpool or dense";
/// What can follow in a convolution.
const CONV_PARTS: &str = "bn, relu, leaky, tanh, gelu, stride, skip or the next layer after “;”";
/// What can follow in a dense layer.
const DENSE_PARTS: &str = "relu, leaky, tanh, gelu, dropout or the next layer after “;”";
/// What can follow in a pool.
const POOL_PARTS: &str = "dropout or the next layer after “;”";

/// The layers of a network between the input and the class probabilities. Its text is the notation above.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HiddenLayers(Vec<LayerSpec>);

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: expected {expected}, found {found}")]
pub struct NotationError {
    /// Where, 1 first, in characters.
    pub column: usize,
    /// What would have been right there.
    pub expected: &'static str,
    /// What stood there.
    pub found: String,
}

impl HiddenLayers {
    /// These layers; class probabilities among them are left out.
    pub fn new(mut layers: Vec<LayerSpec>) -> Self {
        layers.retain(|layer| !matches!(layer, LayerSpec::Output { .. }));
        Self(layers)
    }

    /// In order, the first after the input first.
    pub fn layers(&self) -> &[LayerSpec] {
        &self.0
    }
}

impl fmt::Display for HiddenLayers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, layer) in self.0.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { "; " })?;
            write_layer(layer, f)?;
        }
        Ok(())
    }
}

fn write_layer(layer: &LayerSpec, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match *layer {
        LayerSpec::Conv { channels, kernel, stride, norm, activation, skip } => {
            write!(f, "conv {channels} {kernel}x{kernel}")?;
            if stride != 1 {
                write!(f, " stride {stride}")?;
            }
            f.write_str(if norm { " bn" } else { "" })?;
            write!(f, " {}", word(activation))?;
            if skip > 0 {
                write!(f, " skip {skip}")?;
            }
        }
        LayerSpec::MaxPool { size, .. } => write!(f, "maxpool {size}")?,
        LayerSpec::AvgPool { size, .. } => write!(f, "avgpool {size}")?,
        LayerSpec::Dense { units, activation, .. } => write!(f, "dense {units} {}", word(activation))?,
        LayerSpec::Output { .. } => {}
    }
    if layer.dropout() > 0.0 {
        write!(f, " dropout {}", layer.dropout())?;
    }
    Ok(())
}

/// An activation's word in the notation.
pub const fn word(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "relu",
        Activation::LeakyRelu => "leaky",
        Activation::Tanh => "tanh",
        Activation::Gelu => "gelu",
    }
}

/// The activation that a word stands for.
pub fn activation(word: &str) -> Option<Activation> {
    Some(match word {
        "relu" => Activation::Relu,
        "leaky" | "leaky_relu" | "leaky-relu" => Activation::LeakyRelu,
        "tanh" => Activation::Tanh,
        "gelu" => Activation::Gelu,
        _ => return None,
    })
}

impl From<HiddenLayers> for String {
    fn from(layers: HiddenLayers) -> Self {
        layers.to_string()
    }
}

impl TryFrom<String> for HiddenLayers {
    type Error = NotationError;

    fn try_from(text: String) -> Result<Self, NotationError> {
        text.parse()
    }
}

impl FromStr for HiddenLayers {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, NotationError> {
        let mut parser = Parser { words: words(text), at: 0, end: text.chars().count() + 1 };
        let mut layers = Vec::new();
        while parser.skip_separators() {
            parser.layer(&mut layers)?;
        }
        Ok(Self(layers))
    }
}

/// A word, or `;`, with its column.
struct Word {
    column: usize,
    text: String,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut is_open = false;
    for (column, c) in (1..).zip(text.chars()) {
        let is_separator = c == ';' || c == '\n';
        if is_separator {
            words.push(Word { column, text: ";".to_owned() });
        } else if !c.is_whitespace() {
            match words.last_mut().filter(|_| is_open) {
                Some(word) => word.text.push(c.to_ascii_lowercase()),
                None => words.push(Word { column, text: c.to_ascii_lowercase().to_string() }),
            }
        }
        is_open = !is_separator && !c.is_whitespace();
    }
    words
}

/// An option of a layer that may be given once.
type Once<T> = Option<T>;

struct Parser {
    words: Vec<Word>,
    at: usize,
    /// Column after the text.
    end: usize,
}

impl Parser {
    /// Passes over `;`; whether a word is left.
    fn skip_separators(&mut self) -> bool {
        while self.words.get(self.at).is_some_and(|word| word.text == ";") {
            self.at += 1;
        }
        self.at < self.words.len()
    }

    /// The next word of the layer, and passes over it.
    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).filter(|word| word.text != ";")?;
        self.at += 1;
        Some(word.text.clone())
    }

    /// That the word before the present position is not what was expected.
    fn wrong(&self, expected: &'static str) -> NotationError {
        match self.words.get(self.at - 1) {
            Some(word) => {
                NotationError { column: word.column, expected, found: format!("“{}”", word.text) }
            }
            None => NotationError { column: self.end, expected, found: "the end".to_owned() },
        }
    }

    fn layer(&mut self, layers: &mut Vec<LayerSpec>) -> Result<(), NotationError> {
        let kind = self.next().unwrap_or_default();
        let layer = match kind.as_str() {
            "conv" => self.conv()?,
            "maxpool" => {
                let (size, dropout) = self.pool()?;
                LayerSpec::MaxPool { size, dropout }
            }
            "avgpool" => {
                let (size, dropout) = self.pool()?;
                LayerSpec::AvgPool { size, dropout }
            }
            "dense" => self.dense()?,
            "dropout" => return self.dropout_of(layers),
            _ => return Err(self.wrong(LAYERS)),
        };
        layers.push(layer);
        Ok(())
    }

    fn conv(&mut self) -> Result<LayerSpec, NotationError> {
        let channels = self.number("a number of channels from 1 to 65536")?;
        let kernel = self.kernel()?;
        let (mut stride, mut skip, mut norm, mut function) = (None, None, None, None);
        while let Some(word) = self.next() {
            match word.as_str() {
                "bn" => self.once(&mut norm, true)?,
                "stride" => {
                    let number = self.number("a stride from 1 on")?;
                    self.once(&mut stride, number)?;
                }
                "skip" => {
                    let number = self.number("a number of layers to skip, from 1 on")?;
                    self.once(&mut skip, number)?;
                }
                other => {
                    let named = activation(other).ok_or_else(|| self.wrong(CONV_PARTS))?;
                    self.once(&mut function, named)?;
                }
            }
        }
        Ok(LayerSpec::Conv {
            channels,
            kernel,
            stride: stride.unwrap_or(1),
            norm: norm.unwrap_or(false),
            activation: function.unwrap_or(Activation::Relu),
            skip: skip.unwrap_or(0),
        })
    }

    fn pool(&mut self) -> Result<(usize, f64), NotationError> {
        let size = self.number("a pool size from 1 on")?;
        let mut dropout = None;
        while let Some(word) = self.next() {
            if word != "dropout" {
                return Err(self.wrong(POOL_PARTS));
            }
            let share = self.share()?;
            self.once(&mut dropout, share)?;
        }
        Ok((size, dropout.unwrap_or(0.0)))
    }

    fn dense(&mut self) -> Result<LayerSpec, NotationError> {
        let units = self.number("a number of units from 1 to 65536")?;
        let (mut function, mut dropout) = (None, None);
        while let Some(word) = self.next() {
            if word == "dropout" {
                let share = self.share()?;
                self.once(&mut dropout, share)?;
            } else {
                let named = activation(&word).ok_or_else(|| self.wrong(DENSE_PARTS))?;
                self.once(&mut function, named)?;
            }
        }
        let activation = function.unwrap_or(Activation::Relu);
        Ok(LayerSpec::Dense { units, activation, dropout: dropout.unwrap_or(0.0) })
    }

    /// `dropout SHARE` on its own.
    fn dropout_of(&mut self, before: &mut [LayerSpec]) -> Result<(), NotationError> {
        let place = match before.last_mut() {
            Some(
                LayerSpec::MaxPool { dropout, .. }
                | LayerSpec::AvgPool { dropout, .. }
                | LayerSpec::Dense { dropout, .. },
            ) if *dropout <= 0.0 => dropout,
            _ => return Err(self.wrong("dropout only after a pool or dense layer, and once")),
        };
        *place = self.share()?;
        if self.next().is_some() {
            return Err(self.wrong("the next layer after “;”"));
        }
        Ok(())
    }

    fn once<T>(&self, place: &mut Once<T>, value: T) -> Result<(), NotationError> {
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err(self.wrong("each option once")),
        }
    }

    /// The word that must come now; where there is none, what stands in its place is passed over, so that
    /// an error points at it.
    fn must(&mut self) -> String {
        self.next().unwrap_or_else(|| {
            self.at += 1;
            String::new()
        })
    }

    fn number(&mut self, expected: &'static str) -> Result<usize, NotationError> {
        let word = self.must();
        whole(&word).ok_or_else(|| self.wrong(expected))
    }

    fn kernel(&mut self) -> Result<usize, NotationError> {
        let word = self.must();
        let (rows, columns) = word.split_once(['x', '×']).unwrap_or((&word, &word));
        let kernel = whole(rows).filter(|_| rows == columns);
        kernel.ok_or_else(|| self.wrong("a square kernel such as 3x3"))
    }

    fn share(&mut self) -> Result<f64, NotationError> {
        let word = self.must();
        share(&word).ok_or_else(|| self.wrong("a share from 0 to below 1"))
    }
}

/// A share from 0 to below 1, to six decimals: few enough to be written and read again.
pub fn share(text: &str) -> Option<f64> {
    let share = (decimal::parse(text)? * 1e6).round() / 1e6;
    (share < 1.0).then_some(share)
}

fn whole(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| (1..=MOST).contains(number))
}

#[cfg(test)]
mod tests;
