//! `cargo xtask bench`: the jobs of the speed table, natively and in a browser worker, with numpy beside them.
//!
//! All contenders do a job in turn, round after round, and the shortest time of each counts: the machine's other
//! work then slows none of them alone, and the ratios mean something even where the times do not. Natively it is the
//! processor's time that counts; a worker has only the clock on the wall, so on a busy machine its times are long.

mod contender;
mod program;
mod table;
mod training;

use crate::problem::{Problem, Result};
use crate::workspace::Workspace;
use contender::Contenders;
use table::Row;

/// Rounds that every contender does.
const ROUNDS: usize = 3;

/// A job of the table.
#[derive(Clone, Copy, Debug)]
struct Job {
    name: &'static str,
    /// The most its time in a worker may be as a share of numpy's; `None` where only growth is watched.
    aim: Option<f64>,
    /// Times it is done in a round.
    repetitions: usize,
    /// How far the contenders' results may be apart, as a share: they bin rounded distances, and sample other pairs.
    tolerance: f64,
}

const fn inter_sample(name: &'static str, aim: Option<f64>, repetitions: usize) -> Job {
    Job { name, aim, repetitions, tolerance: 1e-6 }
}

const JOBS: [Job; 15] = [
    inter_sample("inter-bytes-1000", Some(0.6), 5),
    inter_sample("inter-bytes-2000", Some(0.6), 3),
    inter_sample("inter-bytes-5000", None, 1),
    inter_sample("inter-bytes-10000", Some(0.6), 1),
    inter_sample("inter-bytes-20000", None, 1),
    inter_sample("inter-floats-1000", Some(0.6), 5),
    inter_sample("inter-floats-2000", Some(0.6), 3),
    inter_sample("inter-floats-5000", None, 1),
    inter_sample("inter-floats-10000", Some(0.6), 1),
    inter_sample("inter-floats-20000", None, 1),
    Job { name: "capacity-sampled", aim: Some(0.6), repetitions: 3, tolerance: 0.05 },
    Job { name: "capacity-all", aim: Some(0.5), repetitions: 1, tolerance: 1e-3 },
    // From stored codes, with the null.
    Job { name: "heatmap", aim: None, repetitions: 5, tolerance: 1e-6 },
    Job { name: "intra", aim: Some(0.05), repetitions: 3, tolerance: 1e-4 },
    // The same job; numpy takes all maps of a channel at once.
    Job { name: "intra-vectorised", aim: None, repetitions: 3, tolerance: 1e-4 },
];

/// The job whose growth with the workers is measured: what a recorded layer takes.
const GROWTH_JOB: &str = "inter-floats-1000";

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BenchOptions {
    /// Names of jobs, or their first words; all when empty.
    pub(crate) jobs: Vec<String>,
    /// One JSON object on standard output instead of a table.
    pub(crate) json: bool,
    /// The cargo profile of the program in the browser.
    pub(crate) profile: String,
    /// How fast training is, instead of the measures.
    pub(crate) training: bool,
}

impl Default for BenchOptions {
    fn default() -> Self {
        // What the compute worker is shipped in.
        Self { jobs: Vec::new(), json: false, profile: "release-compute".to_owned(), training: false }
    }
}

/// Measures the jobs that were asked for and prints them.
pub(crate) fn run(workspace: &Workspace, options: &BenchOptions) -> Result<()> {
    if options.training {
        return training::run(workspace, options);
    }
    let jobs = chosen(&options.jobs)?;
    let is_growing = jobs.iter().any(|job| job.name == GROWTH_JOB);
    let contenders = Contenders::prepare(workspace, &options.profile)?;
    let mut rows = Vec::new();
    // With JSON on standard output the table is the progress.
    let show = |line: &dyn std::fmt::Display| {
        if options.json { eprintln!("{line}") } else { println!("{line}") }
    };
    show(&table::HEAD);
    for job in jobs {
        let row = compete(job, &contenders)?;
        show(&row);
        rows.push(row);
    }
    let growth = if is_growing { contenders.growth(GROWTH_JOB)? } else { Vec::new() };
    for (workers, speed) in &growth {
        show(&format_args!(
            "{workers} workers at once do {speed:.2} times as many jobs ({GROWTH_JOB}) as one"
        ));
    }
    if options.json {
        println!("{}", table::json(&rows, &growth, &options.profile));
    }
    let apart: Vec<_> = rows.iter().filter_map(Row::disagreement).collect();
    if apart.is_empty() { Ok(()) } else { Err(Problem::new(apart.join("; "))) }
}

fn compete(job: Job, contenders: &Contenders) -> Result<Row> {
    let mut row = Row::new(job);
    for _ in 0..ROUNDS {
        row.numpy.add(contenders.numpy(job)?);
        row.native.add(Some(contenders.native(job)?));
        row.browser.add(contenders.browser(job)?);
    }
    Ok(row)
}

fn chosen(names: &[String]) -> Result<Vec<Job>> {
    let named = |job: &Job, name: &str| {
        job.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if let Some(unknown) = names.iter().find(|name| !JOBS.iter().any(|job| named(job, name))) {
        let known = JOBS.map(|job| job.name).join(", ");
        return Err(
            Problem::new(format!("there is no job {unknown:?}")).remedy(format!("the jobs are {known}"))
        );
    }
    let asked = |job: &Job| names.is_empty() || names.iter().any(|name| named(job, name));
    Ok(JOBS.into_iter().filter(asked).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_chosen_by_their_first_words() {
        let names = |wanted: &[&str]| -> Vec<_> {
            let wanted: Vec<_> = wanted.iter().map(|name| (*name).to_owned()).collect();
            chosen(&wanted).unwrap().into_iter().map(|job| job.name).collect()
        };
        assert_eq!(names(&[]).len(), JOBS.len());
        assert_eq!(names(&["capacity"]), ["capacity-sampled", "capacity-all"]);
        assert_eq!(names(&["inter-bytes-1000"]), ["inter-bytes-1000"]);
        assert!(chosen(&["sort".to_owned()]).unwrap_err().to_string().contains("\"sort\""));
    }
}
