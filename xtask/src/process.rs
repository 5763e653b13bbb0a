//! Child processes: found on PATH, watched against a hard limit, and ended with all they started.

use crate::problem::{About, Problem, Result};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(40);

/// What a captured process left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    /// It exited with status 0 inside its limit.
    pub(crate) success: bool,
    /// The status it exited with; none when it was killed.
    pub(crate) code: Option<i32>,
    /// It ran past its limit and was killed.
    pub(crate) timed_out: bool,
    /// Its two output streams, line by line as they came.
    pub(crate) output: String,
}

/// Whether a captured process is also seen on the terminal while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Echo {
    Shown,
    Hidden,
}

/// Runs `command` on this terminal, without input.
///
/// Fails when it cannot start, exits with another status than 0, or takes longer than `limit`.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<()> {
    let name = name_of(command);
    let mut child = command.stdin(Stdio::null()).spawn().about(&name)?;
    match wait(&mut child, limit).about(&name)? {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(Problem::new(format!("{name} failed ({status}); its messages are above"))),
        None => Err(Problem::new(format!("{name} was stopped after {} s", limit.as_secs()))),
    }
}

/// Runs `command` without input and keeps what it prints.
pub(crate) fn capture(command: &mut Command, limit: Duration, echo: Echo) -> Result<Finished> {
    let name = name_of(command);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().about(&name)?;
    let (sender, lines) = channel();
    read_lines(child.stdout.take(), sender.clone());
    read_lines(child.stderr.take(), sender);
    let deadline = Instant::now() + limit;
    let mut output = String::new();
    let timed_out = !collect(&lines, deadline, echo, &mut output);
    let outcome = wait(&mut child, deadline.saturating_duration_since(Instant::now())).about(&name)?;
    let success = outcome.is_some_and(|status| status.success());
    let code = outcome.and_then(|status| status.code());
    Ok(Finished { success, code, timed_out: timed_out || outcome.is_none(), output })
}

/// The first line a quick question to a program is answered with; `None` when it cannot be asked.
pub(crate) fn first_line(command: &mut Command) -> Option<String> {
    let finished = capture(command, Duration::from_secs(20), Echo::Hidden).ok()?;
    finished.success.then(|| finished.output.lines().next().unwrap_or_default().trim().to_owned())
}

/// Where PATH has a program of this name.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(&file)).find(|path| path.is_file())
}

/// Kills a process and everything it started; a browser's helpers outlive their parent otherwise.
pub(crate) fn kill_tree(root: u32) {
    if cfg!(windows) {
        quietly(Command::new("taskkill").args(["/T", "/F", "/PID", &root.to_string()]));
        return;
    }
    let family = descendants(root, &parents());
    quietly(Command::new("kill").arg("-9").args(family.iter().map(u32::to_string)));
}

/// Waits for the end of `child`; `None` when it had to be killed at the limit.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            kill_tree(child.id());
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

/// Gathers lines until both streams close; false when the deadline came first.
fn collect(lines: &Receiver<String>, deadline: Instant, echo: Echo, output: &mut String) -> bool {
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                if echo == Echo::Shown {
                    println!("{line}");
                }
                output.push_str(&line);
                output.push('\n');
            }
            Err(RecvTimeoutError::Disconnected) => return true,
            Err(RecvTimeoutError::Timeout) => return false,
        }
    }
}

fn read_lines(stream: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(std::result::Result::ok) {
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if lines.send(text).is_err() {
                break;
            }
        }
    });
}

fn name_of(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let program = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let first = command.get_args().next().map(|arg| arg.to_string_lossy().into_owned());
    match first.filter(|arg| !arg.starts_with('-') && !arg.contains('/')) {
        Some(argument) => format!("`{program} {argument}`"),
        None => format!("`{program}`"),
    }
}

fn quietly(command: &mut Command) {
    // Nothing is left to do about a process that is already gone.
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// Every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let listing = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    match listing {
        Ok(listing) if listing.status.success() => {
            String::from_utf8_lossy(&listing.stdout).lines().filter_map(pair).collect()
        }
        _ => parents_from_proc(),
    }
}

fn pair(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.split_whitespace().map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The same on a slim Linux without `ps`.
fn parents_from_proc() -> Vec<(u32, u32)> {
    let Ok(folder) = std::fs::read_dir("/proc") else { return Vec::new() };
    folder
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name stands in parentheses and may hold spaces; state and parent follow it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
}

fn descendants(root: u32, parents: &[(u32, u32)]) -> Vec<u32> {
    let mut family = vec![root];
    let mut next = 0;
    while next < family.len() {
        let parent = family[next];
        family
            .extend(parents.iter().filter(|(pid, of)| *of == parent && *pid != parent).map(|(pid, _)| *pid));
        next += 1;
    }
    family
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_the_process_and_all_below_it() {
        let parents = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 5)];
        assert_eq!(descendants(2, &parents), [2, 3, 4]);
    }

    #[cfg(unix)]
    #[test]
    fn a_process_past_its_limit_is_killed_with_its_children() {
        let started = Instant::now();
        let mut command = Command::new("sh");
        command.args(["-c", "echo first; sh -c 'sleep 60; echo late' & wait"]);
        let finished = capture(&mut command, Duration::from_millis(600), Echo::Hidden).unwrap();
        assert!(finished.timed_out && !finished.success);
        assert_eq!(finished.output, "first\n");
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[cfg(unix)]
    #[test]
    fn a_failing_process_is_named() {
        let problem = run(Command::new("sh").args(["-c", "exit 3"]), Duration::from_secs(20)).unwrap_err();
        assert_eq!(problem.to_string(), "`sh` failed (exit status: 3); its messages are above");
    }

    #[test]
    fn a_program_that_does_not_exist_is_not_on_the_path() {
        assert_eq!(on_path("no-such-program-anywhere"), None);
    }
}
