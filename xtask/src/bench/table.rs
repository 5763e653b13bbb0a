//! What was measured, as a table for people and as JSON.

use super::Job;
use crate::problem::{Problem, Result};
use serde_json::{Value, json};
use std::fmt;

/// One contender's round of a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) seconds: f64,
    /// The number all contenders must agree on.
    pub(super) check: f64,
    pub(super) peak_bytes: Option<u64>,
}

impl Measured {
    /// From a benchmark program's JSON.
    pub(super) fn read(value: &Value) -> Result<Self> {
        let number = |name: &str| {
            value[name].as_f64().ok_or_else(|| Problem::new(format!("a benchmark gave no {name}: {value}")))
        };
        let peak_bytes = value["peak_bytes"].as_u64();
        Ok(Self { seconds: number("seconds")?, check: number("check")?, peak_bytes })
    }
}

/// The best of a contender's rounds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Best(Option<Measured>);

impl Best {
    pub(super) fn add(&mut self, round: Option<Measured>) {
        let better = |round: &Measured| self.0.is_none_or(|best| round.seconds < best.seconds);
        if let Some(round) = round.filter(better) {
            self.0 = Some(round);
        }
    }

    fn seconds(&self) -> Option<f64> {
        self.0.map(|best| best.seconds)
    }

    fn json(&self) -> Value {
        self.0.map_or(
            Value::Null,
            |best| json!({ "seconds": best.seconds, "check": best.check, "peak_bytes": best.peak_bytes }),
        )
    }
}

/// A job's line.
#[derive(Clone, Debug)]
pub(super) struct Row {
    job: Job,
    pub(super) numpy: Best,
    pub(super) native: Best,
    pub(super) browser: Best,
}

/// The columns; `ratio` is to numpy.
pub(super) const HEAD: &str = "\
job                     numpy s  native s   ratio  worker s   ratio     aim  worker MB";

impl Row {
    pub(super) fn new(job: Job) -> Self {
        Self { job, numpy: Best::default(), native: Best::default(), browser: Best::default() }
    }

    fn ratio(&self, of: &Best) -> Option<f64> {
        Some(of.seconds()? / self.numpy.seconds()?)
    }

    /// Whose result is not that of the native program.
    pub(super) fn disagreement(&self) -> Option<String> {
        let ours = self.native.0?.check;
        let apart =
            |other: &Best| other.0.filter(|best| (best.check - ours).abs() > self.job.tolerance * ours.abs());
        let (name, other) = [("numpy", &self.numpy), ("worker", &self.browser)]
            .into_iter()
            .find_map(|(name, best)| Some((name, apart(best)?.check)))?;
        Some(format!("{}: {name} found {other}, the native program {ours}", self.job.name))
    }

    fn json(&self) -> Value {
        json!({
            "job": self.job.name, "aim": self.job.aim,
            "numpy": self.numpy.json(), "native": self.native.json(), "worker": self.browser.json(),
            "native_ratio": self.ratio(&self.native), "worker_ratio": self.ratio(&self.browser),
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
        };
        let peak = self.browser.0.and_then(|best| best.peak_bytes).map(|bytes| bytes as f64 / 1e6);
        write!(
            f,
            "{:<21}{:>10}{:>10}{:>8}{:>10}{:>8}{:>8}{:>11}",
            self.job.name,
            number(self.numpy.seconds(), 4),
            number(self.native.seconds(), 4),
            number(self.ratio(&self.native), 3),
            number(self.browser.seconds(), 4),
            number(self.ratio(&self.browser), 3),
            number(self.job.aim, 2),
            number(peak, 0),
        )
    }
}

/// All rows as one object.
pub(super) fn json(rows: &[Row], growth: &[(u64, f64)], profile: &str) -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let jobs: Vec<_> = rows.iter().map(Row::json).collect();
    let speed = |(workers, speed): &(u64, f64)| json!({ "workers": workers, "speed": speed });
    let growth: Vec<_> = growth.iter().map(speed).collect();
    json!({ "profile": profile, "cores": cores, "jobs": jobs, "growth": growth })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(native: f64, browser: f64) -> Row {
        let mut row = Row::new(Job { name: "sum", aim: Some(0.5), repetitions: 1, tolerance: 1e-3 });
        let round = |seconds, check| Some(Measured { seconds, check, peak_bytes: Some(3_000_000) });
        row.numpy.add(round(2.0, native));
        row.numpy.add(round(4.0, native));
        row.native.add(round(1.0, native));
        row.browser.add(round(0.5, browser));
        row
    }

    #[test]
    fn the_shortest_round_counts() {
        let line = row(7.0, 7.0).to_string();
        let cells: Vec<_> = line.split_whitespace().collect();
        assert_eq!(cells, ["sum", "2.0000", "1.0000", "0.500", "0.5000", "0.250", "0.50", "3"]);
        assert_eq!(json(&[row(7.0, 7.0)], &[(2, 1.9)], "p")["jobs"][0]["worker_ratio"], 0.25);
    }

    #[test]
    fn contenders_must_agree() {
        assert_eq!(row(7.0, 7.001).disagreement(), None);
        assert!(row(7.0, 7.1).disagreement().unwrap().contains("worker found 7.1"));
    }

    #[test]
    fn a_missing_contender_leaves_a_gap() {
        let mut alone = row(7.0, 7.0);
        alone.numpy = Best::default();
        assert!(alone.to_string().contains('–'));
        assert_eq!(alone.json()["native_ratio"], Value::Null);
    }
}
