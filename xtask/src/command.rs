//! The command line, parsed once.

use crate::bench::BenchOptions;
use crate::problem::{About, Problem, Result};
use crate::test::Stage;

/// What `cargo xtask` is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Serve { port: u16, open: bool, dev: bool },
    Build,
    Data,
    Test { stages: Vec<Stage> },
    Bench(BenchOptions),
    Help,
}

/// The port of the README.
const PORT: u16 = 8080;

/// What the commands and their options are.
pub(crate) const HELP: &str = "\
cargo xtask serve [--port N] [--open] [--dev]   build for release and serve on http://127.0.0.1:8080
                                                (--dev: debug build, reloads on change)
cargo xtask build                               the deployable folder dist/
cargo xtask data                                the public datasets, into public/data/
cargo xtask test [--only STAGE,…] [--skip STAGE,…]
                                                all checks, in a real browser too
cargo xtask bench [--job NAME,…] [--json] [--profile NAME]
                                                the speed table, natively and in a browser
cargo xtask bench --training [--job NAME,…] [--json]
                                                images/s of training in dist/, natively and with other libraries

CNNSLICER_DATA=<dir>    take the datasets from a local folder (mnist/*.gz, …)
CNNSLICER_REFERENCE=<dir>
                        measure against entropy_fast_numpy.py there (benches/README.md)
CNNSLICER_TENSORFLOW, CNNSLICER_TORCH=<python>, CNNSLICER_TFJS=<dir>
                        the libraries that training is measured against (benches/README.md)
CNNSLICER_TOOLS=<dir>   keep the pinned tools there instead of in the cache folder
CHROME, CHROMEDRIVER    the browser and the driver the tests use";

/// Reads the arguments after `cargo xtask`.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command> {
    let mut arguments = arguments.peekable();
    let name = arguments.next().unwrap_or_else(|| "help".to_owned());
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        match (name.as_str(), argument.as_str()) {
            ("serve", "--port") => options.port = value(&mut arguments, "--port")?.parse().about("--port")?,
            ("serve", "--open") => options.open = true,
            ("serve", "--dev") => options.dev = true,
            ("test", "--only") => options.only = stages(&value(&mut arguments, "--only")?)?,
            ("test", "--skip") => options.skip = stages(&value(&mut arguments, "--skip")?)?,
            ("bench", "--job") => {
                let names = value(&mut arguments, "--job")?;
                options.bench.jobs.extend(names.split(',').map(str::to_owned));
            }
            ("bench", "--training") => options.bench.training = true,
            ("bench", "--json") => options.bench.json = true,
            ("bench", "--profile") => options.bench.profile = value(&mut arguments, "--profile")?,
            _ => return Err(Problem::new(format!("`{name}` does not know {argument:?}")).remedy(HELP)),
        }
    }
    match name.as_str() {
        "serve" => Ok(Command::Serve { port: options.port, open: options.open, dev: options.dev }),
        "build" => Ok(Command::Build),
        "data" => Ok(Command::Data),
        "test" => Ok(Command::Test { stages: options.stages() }),
        "bench" => Ok(Command::Bench(options.bench)),
        "help" | "--help" | "-h" => Ok(Command::Help),
        _ => Err(Problem::new(format!("there is no command {name:?}")).remedy(HELP)),
    }
}

#[derive(Debug)]
struct Options {
    port: u16,
    open: bool,
    dev: bool,
    only: Vec<Stage>,
    skip: Vec<Stage>,
    bench: BenchOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: PORT,
            open: false,
            dev: false,
            only: Vec::new(),
            skip: Vec::new(),
            bench: BenchOptions::default(),
        }
    }
}

impl Options {
    /// The stages that were asked for, in their own order.
    fn stages(&self) -> Vec<Stage> {
        let asked = |stage: &Stage| self.only.is_empty() || self.only.contains(stage);
        Stage::ALL.into_iter().filter(|stage| asked(stage) && !self.skip.contains(stage)).collect()
    }
}

fn value(arguments: &mut impl Iterator<Item = String>, option: &str) -> Result<String> {
    arguments.next().ok_or_else(|| Problem::new(format!("{option} needs a value")))
}

fn stages(list: &str) -> Result<Vec<Stage>> {
    list.split(',')
        .map(|name| {
            Stage::ALL.into_iter().find(|stage| stage.name() == name).ok_or_else(|| {
                let known = Stage::ALL.map(Stage::name).join(", ");
                Problem::new(format!("there is no test stage {name:?}"))
                    .remedy(format!("the stages are {known}"))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn serving_has_the_port_of_the_readme_unless_told_otherwise() {
        assert_eq!(parsed("serve").unwrap(), Command::Serve { port: 8080, open: false, dev: false });
        assert_eq!(
            parsed("serve --port 9 --dev").unwrap(),
            Command::Serve { port: 9, open: false, dev: true }
        );
    }

    #[test]
    fn stages_are_chosen_by_name_and_keep_their_order() {
        assert_eq!(parsed("test").unwrap(), Command::Test { stages: Stage::ALL.to_vec() });
        let chosen = Command::Test { stages: vec![Stage::Format, Stage::Native] };
        assert_eq!(parsed("test --only native,format").unwrap(), chosen);
        let Command::Test { stages } = parsed("test --skip end-to-end").unwrap() else { panic!("not test") };
        assert_eq!(stages.len(), Stage::ALL.len() - 1);
    }

    #[test]
    fn jobs_of_the_bench_are_chosen_by_name() {
        assert_eq!(parsed("bench").unwrap(), Command::Bench(BenchOptions::default()));
        let Command::Bench(options) =
            parsed("bench --json --training --job intra,inter-bytes --job capacity").unwrap()
        else {
            panic!("not bench")
        };
        assert!(options.json && options.training);
        assert_eq!(options.jobs, ["intra", "inter-bytes", "capacity"]);
    }

    #[test]
    fn what_is_not_known_is_named() {
        for (line, named) in [
            ("sing", "\"sing\""),
            ("build --port 1", "\"--port\""),
            ("serve --port", "--port needs a value"),
            ("serve --port 70000", "--port: "),
            ("test --only all", "\"all\""),
        ] {
            let problem = parsed(line).unwrap_err().to_string();
            assert!(problem.contains(named), "{line}: {problem}");
        }
    }
}
