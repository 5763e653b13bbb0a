//! State ⇄ address bar: the page's settings as URL parameters.
//!
//! Read once when the page opens, written whenever the selection or the settings change. An unknown
//! or bad parameter becomes a [`Fault`] that names it, and is otherwise ignored.

use std::fmt::Write as _;

use crate::app::session::query::Picks;
use crate::app::session::{EntropyScale, LayerLook, LayerPair, TrainingAxis, View};
use crate::protocol::Fault;
use crate::query::{Selector, parse as parse_query};
use crate::training::TrainingConfig;
use crate::training::config::ConfigError;

/// Which colours the page uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl ThemeChoice {
    /// All choices in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word in the address bar and in `data-theme`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The choice called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }
}

/// What a link says.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Settings of the next run: the usual ones with what the link changes. `None` when it names no setting; the
    /// page then chooses.
    pub config: Option<TrainingConfig>,
    /// Whether a run starts at once.
    pub autostart: bool,
    /// The run to open.
    pub run: Option<String>,
    /// Which charts are on screen.
    pub view: View,
    /// Epoch number to look at; absent while the newest is followed.
    pub epoch: Option<u32>,
    /// Image of the probe set to look at.
    pub image: Option<usize>,
    /// Layer to look at.
    pub layer: Option<usize>,
    /// Channel of that layer to look at.
    pub channel: Option<usize>,
    /// Layer to show beside it in the channel view.
    pub beside: Option<usize>,
    /// In what the channel view shows intra-sample entropies.
    pub entropy_scale: EntropyScale,
    /// Pair of layers of the capacity heatmap.
    pub pair: Option<LayerPair>,
    /// What charts over training count.
    pub axis: TrainingAxis,
    /// What the query view asks, in the paper's notation.
    pub query: Option<String>,
    /// Runs that are compared.
    pub compare: Vec<String>,
    /// Colours; absent when the link does not say.
    pub theme: Option<ThemeChoice>,
    /// How the layer view looks.
    pub layer_look: LayerLook,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            config: None,
            autostart: false,
            run: None,
            view: View::Overview,
            epoch: None,
            image: None,
            layer: None,
            channel: None,
            beside: None,
            entropy_scale: EntropyScale::default(),
            pair: None,
            axis: TrainingAxis::default(),
            query: None,
            compare: Vec::new(),
            theme: None,
            layer_look: LayerLook::default(),
        }
    }
}

/// Reads the query part of an address, with or without the leading `?`.
pub fn parse(search: &str) -> (Link, Vec<Fault>) {
    let mut link = Link::default();
    let mut faults = Vec::new();
    for part in search.trim_start_matches('?').split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (decode(name), decode(value));
        if let Err(fault) = link.set(&name, &value) {
            faults.push(fault);
        }
    }
    // A query without a view is to be seen.
    if link.query.is_some() && link.view == View::Overview {
        link.view = View::Query;
    }
    // What starts by itself goes by the link alone.
    if link.autostart {
        link.config.get_or_insert_default();
    }
    (link, faults)
}

impl Link {
    fn set(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let bad = |expected: &str| bad_parameter(name, value, expected);
        match name {
            "autostart" => self.autostart = parse_switch(value).ok_or_else(|| bad("0 or 1"))?,
            "run" => {
                self.run = Some(parse_run(value).ok_or_else(|| {
                    bad("the identifier of a run, or the address of a .zarr.zip on this host")
                })?);
            }
            "view" => {
                self.view = View::from_name(value)
                    .ok_or_else(|| bad("overview, query, training, layer or channel"))?;
            }
            "epoch" => self.epoch = Some(value.parse().map_err(|_| bad("an epoch number, 0 or more"))?),
            "image" => {
                self.image = Some(value.parse().map_err(|_| bad("the number of an image, 0 or more"))?);
            }
            "layer" => self.layer = Some(value.parse().map_err(|_| bad("a layer number, 0 or more"))?),
            "channel" => {
                self.channel = Some(value.parse().map_err(|_| bad("a channel number, 0 or more"))?);
            }
            "beside" => self.beside = Some(value.parse().map_err(|_| bad("a layer number, 0 or more"))?),
            "h" => self.entropy_scale = EntropyScale::from_name(value).ok_or_else(|| bad("bits or share"))?,
            "pair" => self.pair = Some(parse_pair(value).ok_or_else(|| bad("two layer numbers, as in 2,3"))?),
            "axis" => {
                self.axis = TrainingAxis::from_name(value).ok_or_else(|| bad("epochs, updates or images"))?;
            }
            "q" => {
                parse_query(value).map_err(|error| bad(&format!("a query. {error}")))?;
                self.query = Some(value.to_owned());
            }
            "compare" => {
                let run = |run: &str| parse_run(run).filter(|run| !is_run_file(run));
                let runs: Option<Vec<String>> = value.split(',').map(run).collect();
                self.compare = runs.ok_or_else(|| bad("identifiers of runs, separated by commas"))?;
            }
            "theme" => {
                let theme = ThemeChoice::from_name(value).ok_or_else(|| bad("light, dark or auto"))?;
                self.theme = Some(theme);
            }
            _ => {
                if let Some(taken) = self.layer_look.set(name, value) {
                    return taken.map_err(bad);
                }
                let mut config = self.config.clone().unwrap_or_default();
                config
                    .set(name, value)
                    .map_err(|error| bad_setting(name, value, "the address is ignored", &error))?;
                self.config = Some(config);
            }
        }
        Ok(())
    }

    /// The query part of the address that brings this state back, without `?`; settings that are as
    /// they come are left out.
    pub fn to_query(&self) -> String {
        let mut query = String::new();
        let mut push = |name: &str, value: &str| {
            let joint = if query.is_empty() { "" } else { "&" };
            // Writing to a String cannot fail.
            let _ = write!(query, "{joint}{name}={}", encode(value));
        };
        if let Some(config) = &self.config {
            let mut pairs = config.changed_pairs();
            if pairs.is_empty() {
                // A link without any setting would leave the choice to the page.
                pairs.extend(config.pairs().into_iter().next());
            }
            for (name, value) in pairs {
                push(name, &value);
            }
        }
        if self.autostart {
            push("autostart", "1");
        }
        if let Some(run) = &self.run {
            push("run", run);
        }
        if self.view != View::Overview {
            push("view", self.view.name());
        }
        let mut push_number = |name: &str, number: Option<usize>| {
            if let Some(number) = number {
                push(name, &number.to_string());
            }
        };
        push_number("epoch", self.epoch.map(|epoch| epoch as usize));
        push_number("image", self.image);
        push_number("layer", self.layer);
        push_number("channel", self.channel);
        push_number("beside", self.beside);
        if self.entropy_scale != EntropyScale::default() {
            push("h", self.entropy_scale.name());
        }
        if let Some(pair) = self.pair {
            push("pair", &format!("{},{}", pair.a, pair.b));
        }
        if self.axis != TrainingAxis::default() {
            push("axis", self.axis.name());
        }
        if let Some(text) = &self.query {
            push("q", text);
        }
        if !self.compare.is_empty() {
            push("compare", &self.compare.join(","));
        }
        if let Some(theme) = self.theme {
            push("theme", theme.name());
        }
        for (name, value) in self.layer_look.changed_pairs() {
            push(name, &value);
        }
        query
    }
}

/// Whether going from one link to the other is a step that Back undoes: another view or another query. The epoch is
/// none, or playing through the epochs would fill the history.
pub fn is_step(from: &Link, to: &Link) -> bool {
    let asked = |link: &Link| {
        let mut picks = Picks::default();
        picks.take(&parse_query(link.query.as_ref()?).ok()?);
        picks.epochs = Selector::All;
        Some(picks)
    };
    from.view != to.view || asked(from) != asked(to)
}

fn parse_switch(value: &str) -> Option<bool> {
    match value {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// Whether `run=` names a run file on the same host, and not a run in storage.
pub fn is_run_file(run: &str) -> bool {
    run.ends_with(".zarr.zip")
}

/// An identifier is a folder name in storage: nothing that could leave the folder of runs. A run file is
/// an address without a question mark; the page's policy keeps it to the same host.
fn parse_run(value: &str) -> Option<String> {
    let in_address = |c: char| c.is_alphanumeric() || "-_.~/:%() ".contains(c);
    if is_run_file(value) {
        return (value.len() <= 500 && value.chars().all(in_address)).then(|| value.to_owned());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (!value.is_empty() && value.len() <= 120 && value.chars().all(plain)).then(|| value.to_owned())
}

fn parse_pair(value: &str) -> Option<LayerPair> {
    let (a, b) = value.split_once(',')?;
    Some(LayerPair { a: a.trim().parse().ok()?, b: b.trim().parse().ok()? })
}

/// A parameter of the address that was not taken.
pub fn bad_parameter(name: &str, value: &str, expected: &str) -> Fault {
    Fault::new(
        "bad_parameter",
        format!("“{name}={value}” in the address is ignored."),
        format!("Expected {expected}."),
        "Correct the link, or choose the setting on the page.",
    )
}

/// A setting that was not taken; `place` says where it stands and what became of it ("the address is ignored").
/// A name that the settings do not know is unknown altogether.
pub fn bad_setting(name: &str, value: &str, place: &str, error: &ConfigError) -> Fault {
    let named = format!("“{name}” in {place}.");
    let (code, what) = match error {
        ConfigError::UnknownName { .. } => ("unknown_parameter", named),
        ConfigError::BadValue { .. } | ConfigError::BadLayers(_) => {
            ("bad_parameter", format!("“{name}={value}” in {place}."))
        }
    };
    Fault::new(code, what, error.to_string(), "Correct it, or choose the setting on the page.")
}

/// Undoes percent-encoding; what is no valid escape or no UTF-8 stays as readable as possible.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = (byte == b'%').then(|| hex_pair(tail)).flatten();
        decoded.push(escape.unwrap_or(if byte == b'+' { b' ' } else { byte }));
        rest = if escape.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*bytes.get(index)?).to_digit(16);
    Some((digit(0)? * 16 + digit(1)?) as u8)
}

/// Percent-encodes all but the characters that a query part may hold as they are; `+` is a space.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~,:;".contains(&byte) {
            encoded.push(char::from(byte));
        } else if byte == b' ' {
            encoded.push('+');
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
