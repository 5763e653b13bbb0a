//! What is sent back: a file, its compressed copy, or a plain refusal.

use super::Site;
use super::request::{Request, segments};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The compressed copies that may lie beside a file, the smaller one first.
const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The answer to one request.
#[derive(Debug)]
pub(super) enum Response {
    /// A file's content, with its type and, for a compressed copy, its coding.
    Content { file: File, length: u64, media_type: &'static str, coding: Option<&'static str> },
    /// Another address, so that relative URLs in the page work.
    Moved { to: String },
    /// A status with its reason.
    Refused { status: &'static str },
}

const NOT_FOUND: Response = Response::Refused { status: "404 Not Found" };

/// Finds what the request asks for.
pub(super) fn answer(site: &Site, request: &Request) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Response::Refused { status: "405 Method Not Allowed" };
    }
    let Some(path) = request.path.strip_prefix(&site.mount) else {
        return if format!("{}/", request.path) == site.mount {
            Response::Moved { to: site.mount.clone() }
        } else {
            NOT_FOUND
        };
    };
    let Some(names) = segments(path) else { return Response::Refused { status: "400 Bad Request" } };
    let mut file: PathBuf = site.folder.clone();
    file.extend(names);
    if file.is_dir() {
        if !request.path.ends_with('/') {
            return Response::Moved { to: format!("{}/", request.path) };
        }
        file.push("index.html");
    }
    content(&file, request).unwrap_or(NOT_FOUND)
}

fn content(path: &Path, request: &Request) -> Option<Response> {
    let plain = File::open(path).ok()?;
    let media_type = media_type(path);
    let compressed =
        CODINGS.iter().filter(|(coding, _)| request.accepts(coding)).find_map(|(coding, ending)| {
            let mut name = path.file_name()?.to_os_string();
            name.push(format!(".{ending}"));
            Some((File::open(path.with_file_name(name)).ok()?, *coding))
        });
    let (file, coding) = compressed.map_or((plain, None), |(file, coding)| (file, Some(coding)));
    let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
    Some(Response::Content { file, length, media_type, coding })
}

impl Response {
    pub(super) fn write(self, mut stream: impl Write, request: &Request) -> io::Result<()> {
        match self {
            Self::Content { mut file, length, media_type, coding } => {
                let coding = coding.map_or_else(String::new, |name| format!("Content-Encoding: {name}\r\n"));
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n{coding}\
                     Vary: Accept-Encoding\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n\r\n"
                )?;
                if request.method == "GET" {
                    io::copy(&mut file, &mut stream)?;
                }
            }
            Self::Moved { to } => {
                write!(
                    stream,
                    "HTTP/1.1 308 Permanent Redirect\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
                )?;
            }
            Self::Refused { status } => {
                let length = status.len();
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
                )?;
                if request.method != "HEAD" {
                    stream.write_all(status.as_bytes())?;
                }
            }
        }
        stream.flush()
    }
}

/// The type a browser insists on for modules, workers and streamed wasm.
fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "gz" => "application/gzip",
        "zip" => "application/zip",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
