//! `cargo xtask bench --training`: images a second of training, in the built page and elsewhere.
//!
//! The same networks at the same batch size, one after the other, round after round; the best round of each counts,
//! so that the machine's other work slows none of them alone. A contender that is not there leaves a gap, and why is
//! said once.

mod contender;
mod page;

use super::BenchOptions;
use crate::problem::{Problem, Result};
use crate::workspace::Workspace;
use contender::Contender;
use serde_json::{Value, json};
use std::fmt;

/// Rounds that every contender does.
const ROUNDS: usize = 2;
/// What a product of large matrices reaches in wasm with 128-bit SIMD, for comparison.
const GEMM_GFLOPS: f64 = 41.0;

/// A network, written as in the page's editor, and a batch size.
#[derive(Clone, Copy, Debug)]
struct Job {
    name: &'static str,
    layers: &'static str,
    batch: usize,
}

const MNIST_8: &str = "conv 16 3x3; conv 16 3x3; maxpool 2; conv 32 3x3; conv 32 3x3; maxpool 2; dense 64";
const SMALL: &str = "conv 16 3x3; maxpool 2; conv 32 3x3; maxpool 2; dense 128";

const JOBS: [Job; 4] = [
    Job { name: "small-32", layers: SMALL, batch: 32 },
    Job { name: "small-64", layers: SMALL, batch: 64 },
    Job { name: "mnist-8-32", layers: MNIST_8, batch: 32 },
    Job { name: "mnist-8-64", layers: MNIST_8, batch: 64 },
];

/// What a contender did in a round.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Speed {
    images_per_second: f64,
    /// Thousand million multiplications and additions of convolutions and dense layers a second, if it counts them.
    gflops: Option<f64>,
}

impl Speed {
    fn read(value: &Value) -> Result<Self> {
        let images_per_second = value["images_per_second"]
            .as_f64()
            .ok_or_else(|| Problem::new(format!("a benchmark gave no images_per_second: {value}")))?;
        Ok(Self { images_per_second, gflops: value["gflops"].as_f64() })
    }
}

/// A job's line: the best speed of each contender, in their order.
#[derive(Clone, Debug)]
struct Row {
    job: Job,
    speeds: [Option<Speed>; Contender::ALL.len()],
}

/// Measures the jobs that were asked for and prints them.
pub(super) fn run(workspace: &Workspace, options: &BenchOptions) -> Result<()> {
    let jobs = chosen(&options.jobs)?;
    let mut contenders = contender::ready(workspace)?;
    let show = |line: &dyn fmt::Display| {
        if options.json { eprintln!("{line}") } else { println!("{line}") }
    };
    show(&head());
    let mut rows = Vec::new();
    for job in jobs {
        let mut row = Row { job, speeds: [None; Contender::ALL.len()] };
        for _ in 0..ROUNDS {
            for (contender, speed) in &mut contenders {
                row.add(*contender, speed(job));
            }
        }
        show(&row);
        rows.push(row);
    }
    if options.json {
        println!("{}", json!(rows.iter().map(Row::json).collect::<Vec<_>>()));
    }
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<Job>> {
    let known = || JOBS.map(|job| job.name).join(", ");
    if let Some(unknown) = names.iter().find(|name| !JOBS.iter().any(|job| job.name.starts_with(*name))) {
        return Err(
            Problem::new(format!("there is no job {unknown:?}")).remedy(format!("the jobs are {}", known()))
        );
    }
    let asked = |job: &Job| names.is_empty() || names.iter().any(|name| job.name.starts_with(name.as_str()));
    Ok(JOBS.into_iter().filter(asked).collect())
}

fn head() -> String {
    let names: Vec<String> =
        Contender::ALL.iter().map(|contender| format!("{:>13}", contender.name())).collect();
    let names = names.concat();
    format!("images/s    {names}   worker: GFLOP/s, share of {GEMM_GFLOPS}, ratio to each")
}

impl Row {
    /// Keeps the better of two rounds; a failure is told and leaves what there is.
    fn add(&mut self, contender: Contender, round: Result<Speed>) {
        let best = &mut self.speeds[contender as usize];
        match round {
            Ok(speed) if best.is_none_or(|best| speed.images_per_second > best.images_per_second) => {
                *best = Some(speed);
            }
            Ok(_) => {}
            Err(problem) => eprintln!("{} {}: {}", self.job.name, contender.name(), problem.one_line()),
        }
    }

    fn speed(&self, contender: Contender) -> Option<f64> {
        self.speeds[contender as usize].map(|speed| speed.images_per_second)
    }

    /// How many times as fast the page is.
    fn ratio(&self, to: Contender) -> Option<f64> {
        Some(self.speed(Contender::Worker)? / self.speed(to)?)
    }

    /// Of the page: the native program knows how much arithmetic an image is.
    fn gflops(&self) -> Option<f64> {
        let native = self.speeds[Contender::Native as usize]?;
        Some(native.gflops? / native.images_per_second * self.speed(Contender::Worker)?)
    }

    fn json(&self) -> Value {
        let by_name = |value: &dyn Fn(Contender) -> Option<f64>| -> Value {
            Contender::ALL
                .iter()
                .map(|contender| (contender.name().to_owned(), json!(value(*contender))))
                .collect()
        };
        json!({
            "job": self.job.name, "layers": self.job.layers, "batch": self.job.batch,
            "images_per_second": by_name(&|contender| self.speed(contender)),
            "worker_ratio": by_name(&|contender| self.ratio(contender)),
            "worker_gflops": self.gflops(),
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
        };
        write!(f, "{:<12}", self.job.name)?;
        for contender in Contender::ALL {
            write!(f, "{:>13}", number(self.speed(contender), 1))?;
        }
        let share = self.gflops().map(|gflops| gflops / GEMM_GFLOPS);
        write!(f, "   {} {}", number(self.gflops(), 1), number(share, 2))?;
        for contender in &Contender::ALL[1..] {
            write!(f, " {}", number(self.ratio(*contender), 2))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(images_per_second: f64, gflops: Option<f64>) -> Speed {
        Speed { images_per_second, gflops }
    }

    #[test]
    fn the_best_round_counts_and_a_failed_one_does_not() {
        let mut row = Row { job: JOBS[1], speeds: [None; Contender::ALL.len()] };
        row.add(Contender::Worker, Ok(speed(50.0, None)));
        row.add(Contender::Worker, Ok(speed(80.0, None)));
        row.add(Contender::Worker, Err(Problem::new("no browser")));
        row.add(Contender::Native, Ok(speed(100.0, Some(2.0))));
        assert_eq!(row.ratio(Contender::Native), Some(0.8));
        assert_eq!(row.ratio(Contender::Torch), None);
        assert!((row.gflops().unwrap() - 1.6).abs() < 1e-12);
        assert_eq!(row.json()["worker_ratio"]["native"], 0.8);
        assert!(row.to_string().contains('–'));
    }

    #[test]
    fn jobs_are_chosen_by_how_their_names_begin() {
        assert_eq!(chosen(&["mnist-8".to_owned()]).unwrap().len(), 2);
        assert_eq!(chosen(&[]).unwrap().len(), JOBS.len());
        assert!(chosen(&["mnist-9".to_owned()]).unwrap_err().to_string().contains("\"mnist-9\""));
    }
}
