//! What the next run's network comes to: shapes, parameters, bytes and time, as one types.

use crate::app::session::Session;
use crate::network::LayerSummary;

/// Multiplications and additions a second on the CPU of a usual laptop, in one worker (measured with
/// mnist-8, `benches/README.md`): for as long as no run has told how fast this machine is.
pub const USUAL_SPEED: f64 = 1.5e10;

/// A network in numbers, as far as it is possible.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Of the layers before the first impossible one, the class probabilities included.
    pub layers: Vec<LayerSummary>,
    /// Where the network is impossible, 1 first, if at one layer; and why.
    pub problem: Option<(Option<usize>, String)>,
    /// What it costs; `None` when it is impossible.
    pub estimate: Option<Estimate>,
}

/// What a network costs with the settings of the next run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Weights that are learnt.
    pub parameters: u64,
    /// Bytes of one recorded epoch's cells, before compression.
    pub recorded_bytes: u64,
    /// Seconds that training one epoch takes, recording not counted.
    pub epoch_seconds: f64,
    /// Whether that is from the speed of a run on this machine.
    pub is_measured: bool,
}

impl Session {
    /// The next run's network in numbers; `None` while nothing is known of its images.
    pub fn outline(&self) -> Option<Outline> {
        let subject = self.subject()?;
        let config = &self.draft.config;
        let network = config.network(subject.input, subject.classes());
        let (layers, problem) = network.inspect();
        let problem = problem.map(|problem| (problem.layer(), problem.to_string()));
        let speed = self.editor.operations_per_second;
        let estimate = || {
            let images = subject.train_images(config.per_class);
            Some(Estimate {
                parameters: layers.iter().map(|layer| layer.parameters).sum(),
                recorded_bytes: network.recorded_bytes(config.probe, &config.parts).ok()?,
                epoch_seconds: network.epoch_seconds(images, speed.unwrap_or(USUAL_SPEED)).ok()?,
                is_measured: speed.is_some(),
            })
        };
        let estimate = problem.is_none().then(estimate).flatten();
        Some(Outline { layers, problem, estimate })
    }
}

impl Outline {
    /// What is said of row `position` (0 first): its shape and parameters, or why it is impossible.
    pub fn row(&self, position: usize) -> String {
        match (self.layers.get(position), &self.problem) {
            (Some(layer), _) => {
                let shape = layer.shape;
                let shape = match layer.kind {
                    "dense" | "output" => format!("{} values", shape.width),
                    _ => format!("{}×{}×{}", shape.channels, shape.height, shape.width),
                };
                match layer.parameters {
                    0 => shape,
                    parameters => format!("{shape} · {} parameters", grouped(parameters)),
                }
            }
            (None, Some((Some(layer), _))) if *layer > position + 1 => String::new(),
            _ => "–".to_owned(),
        }
    }

    /// Why row `position` (0 first) is impossible; empty when it is not, or not known yet.
    pub fn row_problem(&self, position: usize) -> String {
        match &self.problem {
            Some((Some(layer), why)) if *layer == position + 1 => why.clone(),
            _ => String::new(),
        }
    }
}

/// A number in groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::{Event, fixture};
    use crate::protocol::{FromTrainer, Progress};

    fn with(settings: &[(&str, &str)]) -> Session {
        let mut session = Session::new(1);
        for (name, text) in settings {
            session.apply(Event::Edited { name: (*name).to_owned(), text: (*text).to_owned() }, 0.0);
        }
        session
    }

    #[test]
    fn a_network_is_told_layer_by_layer_with_its_cost() {
        let outline = with(&[("per_class", "100"), ("probe", "500")]).outline().unwrap();
        assert_eq!(outline.row(0), "16×28×28 · 160 parameters");
        assert_eq!(outline.row(2), "16×14×14");
        assert_eq!(outline.row(6), "64 values · 100,416 parameters");
        assert_eq!(outline.row(7), "10 values · 650 parameters");
        let estimate = outline.estimate.unwrap();
        assert_eq!(estimate.parameters, 160 + 2320 + 4640 + 9248 + 100_416 + 650);
        assert!(!estimate.is_measured && estimate.epoch_seconds > 0.0);
    }

    #[test]
    fn width_and_images_change_what_it_costs() {
        let estimate = |settings: &[(&str, &str)]| with(settings).outline().unwrap().estimate.unwrap();
        let (full, half) = (estimate(&[]), estimate(&[("width", "0.5")]));
        assert!(half.parameters < full.parameters && half.recorded_bytes < full.recorded_bytes);
        let twice = estimate(&[("per_class", "200")]);
        assert!((twice.epoch_seconds - 2.0 * full.epoch_seconds).abs() < 1e-9);
    }

    #[test]
    fn an_impossible_layer_is_named_in_its_row() {
        let outline =
            with(&[("model", "custom"), ("layers", "maxpool 9; conv 4 5x5; dense 3")]).outline().unwrap();
        assert_eq!(outline.row(0), "1×3×3");
        assert_eq!(outline.row_problem(0), "");
        assert_eq!(outline.row_problem(1), "Layer 2: a 5×5 kernel does not fit 3×3 maps.");
        assert_eq!((outline.row(2).as_str(), outline.estimate), ("–", None));
    }

    #[test]
    fn a_run_tells_how_fast_this_machine_is() {
        let mut session = with(&[]);
        let guess = session.outline().unwrap().estimate.unwrap();
        session.live.begin("a".into(), session.draft.config.clone());
        session.apply(Event::Trainer(fixture::started("a")), 0.0);
        let progress = Progress { epoch: 1, batches: 9, images_per_second: 100.0, ..Progress::default() };
        session.apply(Event::Trainer(FromTrainer::Progress(progress)), 0.0);
        let measured = session.outline().unwrap().estimate.unwrap();
        assert!(measured.is_measured && !guess.is_measured);
        // The same network: 1000 images at 100 a second.
        assert!((measured.epoch_seconds - 10.0).abs() < 1e-6, "{measured:?}");
    }

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
