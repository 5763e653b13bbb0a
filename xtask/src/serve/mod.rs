//! A small static server for `dist/`: what `cargo xtask serve` and the end-to-end tests run on.
//!
//! It serves the way a plain static host does: no routes, no headers the page could come to depend
//! on. A compressed copy beside a file is sent when the browser accepts it.

mod request;
mod response;

use crate::problem::{About, Problem, Result};
use request::Request;
use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    mount: String,
    stopping: Arc<AtomicBool>,
}

impl Server {
    /// Serves `folder` on this machine only, below the path `mount` (`/`, or `/some/lesson/`).
    ///
    /// Port 0 takes any free one.
    ///
    /// # Errors
    /// The port is taken.
    pub fn start(folder: &Path, port: u16, mount: &str) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
            Problem::new(format!("port {port}: {error}")).remedy("choose another one with --port N")
        })?;
        let address = listener.local_addr().about("the server's address")?;
        let stopping = Arc::new(AtomicBool::new(false));
        let site = Arc::new(Site { folder: folder.to_path_buf(), mount: mount.to_owned() });
        let stop = Arc::clone(&stopping);
        thread::spawn(move || accept(&listener, &site, &stop));
        Ok(Self { address, mount: mount.to_owned(), stopping })
    }

    /// The page's address, with a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.mount)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for the next client.
        drop(TcpStream::connect(self.address));
    }
}

/// What is served, and below which path.
#[derive(Debug)]
struct Site {
    folder: PathBuf,
    mount: String,
}

fn accept(listener: &TcpListener, site: &Arc<Site>, stopping: &AtomicBool) {
    for stream in listener.incoming().flatten() {
        if stopping.load(Ordering::Relaxed) {
            return;
        }
        let site = Arc::clone(site);
        thread::spawn(move || converse(&stream, &site));
    }
}

/// Answers requests on one connection until the client closes it or asks for something unreadable.
fn converse(stream: &TcpStream, site: &Site) {
    let timeouts = stream.set_read_timeout(Some(PATIENCE)).and(stream.set_write_timeout(Some(PATIENCE)));
    if timeouts.is_err() {
        return;
    }
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader) {
        if response::answer(site, &request).write(stream, &request).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
