//! Files from the network through the machine's own `curl` or `wget`, whole or not at all.

use crate::problem::{About, Problem, Result};
use crate::process::{self, Echo};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(15);
const CONNECT_SECS: &str = "10";

/// How often a download that broke off is tried.
const ATTEMPTS: usize = 3;
/// Exit statuses of `curl` (proxy and host not resolved, no connection) and of `wget` (network) for a host that
/// cannot be reached: trying again, or another file of the same host, only costs time.
const UNREACHABLE: [i32; 4] = [4, 5, 6, 7];

/// Why a file did not come.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The host cannot be reached from here.
    Unreachable(Problem),
    /// Anything else.
    Other(Problem),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable(problem) | Failure::Other(problem) => problem,
        }
    }
}

/// Fetches `url` into `path`, which exists afterwards only when all of it has arrived. A download that breaks off
/// is tried again; a host that cannot be reached is not.
pub(crate) fn fetch(url: &str, path: &Path) -> std::result::Result<(), Failure> {
    let mut outcome = attempt(url, path);
    for _ in 1..ATTEMPTS {
        if !matches!(outcome, Err(Failure::Other(_))) {
            break;
        }
        outcome = attempt(url, path);
    }
    outcome
}

fn attempt(url: &str, path: &Path) -> std::result::Result<(), Failure> {
    let partial = partial_name(path);
    let mut command = downloader(url, &partial).map_err(Failure::Other)?;
    let finished = process::capture(&mut command, LIMIT, Echo::Hidden).map_err(Failure::Other)?;
    if finished.success {
        return std::fs::rename(&partial, path).about(path.display()).map_err(Failure::Other);
    }
    // Nothing may be there when the connection failed at once.
    let _ = std::fs::remove_file(&partial);
    let problem = Problem::new(format!("{url}: {}", reason(&finished.output)));
    let is_unreachable = finished.code.is_some_and(|code| UNREACHABLE.contains(&code));
    Err(if is_unreachable { Failure::Unreachable(problem) } else { Failure::Other(problem) })
}

/// The archive of a release, and how many folders in it stand above its programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) url: String,
    pub(crate) strip: u8,
}

/// Unpacks the first of `releases` that can be fetched into `folder`.
pub(crate) fn first_release(releases: &[Release], folder: &Path) -> Result<()> {
    let mut outcome = Err(Problem::new("there is no ready-made release for this machine"));
    for release in releases {
        outcome = fetch_and_unpack(release, folder);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// The names under which Rust projects publish for this machine, the preferred C library first.
pub(crate) fn triples(c_libraries: &[&str]) -> Vec<String> {
    let machine = env::consts::ARCH;
    match env::consts::OS {
        "linux" => c_libraries.iter().map(|library| format!("{machine}-unknown-linux-{library}")).collect(),
        "macos" => vec![format!("{machine}-apple-darwin")],
        "windows" => vec![format!("{machine}-pc-windows-msvc")],
        _ => Vec::new(),
    }
}

fn fetch_and_unpack(release: &Release, folder: &Path) -> Result<()> {
    let tar = process::on_path("tar").ok_or_else(|| Problem::new("no `tar` to unpack a download with"))?;
    std::fs::create_dir_all(folder).about(folder.display())?;
    let archive = folder.join("download.tar.gz");
    fetch(&release.url, &archive)?;
    let mut command = Command::new(tar);
    command.arg("-xzf").arg(&archive).arg("-C").arg(folder);
    command.arg(format!("--strip-components={}", release.strip));
    let unpacked = process::run(&mut command, Duration::from_mins(5));
    std::fs::remove_file(&archive).about(archive.display())?;
    unpacked
}

/// The name a file has while it is being written.
pub(crate) fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    path.with_file_name(name)
}

fn downloader(url: &str, path: &Path) -> Result<Command> {
    if let Some(curl) = process::on_path("curl") {
        let mut command = Command::new(curl);
        command.args(["-fsSL", "--connect-timeout", CONNECT_SECS, "-o"]).arg(path).arg(url);
        return Ok(command);
    }
    if let Some(wget) = process::on_path("wget") {
        let mut command = Command::new(wget);
        command.args(["-q", "--tries=1", "--connect-timeout", CONNECT_SECS, "-O"]).arg(path).arg(url);
        return Ok(command);
    }
    Err(Problem::new("neither `curl` nor `wget` is on PATH").remedy("install one of them"))
}

/// The last thing the downloader said.
fn reason(output: &str) -> &str {
    output.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("the download failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_that_fails_leaves_no_file() {
        let folder = env::temp_dir().join(format!("cnnslicer-download-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("file");
        let failure = fetch("http://127.0.0.1:9/nothing", &path).unwrap_err();
        assert!(matches!(failure, Failure::Unreachable(_)), "{failure:?}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn every_c_library_gives_a_name_on_linux() {
        let names = triples(&["musl", "gnu"]);
        if cfg!(target_os = "linux") {
            assert_eq!(names.len(), 2);
            assert!(names[0].ends_with("-unknown-linux-musl"));
        }
    }

    #[test]
    fn a_partial_file_lies_beside_the_whole_one() {
        assert_eq!(partial_name(Path::new("/a/b.gz")), Path::new("/a/b.gz.partial"));
    }
}
