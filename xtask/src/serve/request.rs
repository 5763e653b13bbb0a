//! What a browser asks for: method, path and the encodings it accepts.

use std::io::{BufRead, Read};

/// No browser sends a longer head; a client that does is dropped.
const HEAD_LIMIT: u64 = 32 * 1024;

/// One request without a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// As sent, without the query.
    pub(super) path: String,
    pub(super) accept_encoding: String,
}

impl Request {
    /// Reads the next request's head; `None` at the end of the connection or when it is malformed.
    pub(super) fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut head = reader.take(HEAD_LIMIT);
        let mut line = String::new();
        head.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?);
        let path = target.split(['?', '#']).next()?.to_owned();
        let mut accept_encoding = String::new();
        loop {
            let mut header = String::new();
            head.read_line(&mut header).ok()?;
            if header.trim_end().is_empty() {
                // A head cut off at the limit has no empty line at its end.
                return header.ends_with('\n').then_some(Self { method, path, accept_encoding });
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("accept-encoding")
            {
                accept_encoding = value.trim().to_ascii_lowercase();
            }
        }
    }

    /// Whether the client takes this content coding.
    pub(super) fn accepts(&self, coding: &str) -> bool {
        self.accept_encoding.split(',').any(|offer| {
            let mut parts = offer.split(';').map(str::trim);
            let named = parts.next() == Some(coding);
            let refused = parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            named && !refused
        })
    }
}

/// The file names on the way to a path; `None` when the path is malformed or leaves the folder.
pub(super) fn segments(path: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let name = percent_decoded(part)?;
        let leaves = name == ".." || name == "." || name.contains(['/', '\\', '\0']);
        let device = cfg!(windows) && name.contains(':');
        if leaves || device {
            return None;
        }
        names.push(name);
    }
    Some(names)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        bytes.push(16 * hex(digits[0])? + hex(digits[1])?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Request> {
        Request::read(&mut text.as_bytes())
    }

    #[test]
    fn a_request_is_its_method_its_path_and_its_encodings() {
        let request =
            read("GET /a/b.js?v=1 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br;q=0\r\n\r\n").unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/a/b.js"));
        assert!(request.accepts("gzip"));
        assert!(!request.accepts("br"));
        assert!(!request.accepts("zip"));
    }

    #[test]
    fn a_head_that_breaks_off_is_no_request() {
        assert_eq!(read(""), None);
        assert_eq!(read("GET"), None);
        assert_eq!(read("GET / HTTP/1.1\r\nHost: x\r\n"), None);
        let endless = format!("GET / HTTP/1.1\r\nX: {}", "y".repeat(100_000));
        assert_eq!(read(&endless), None);
    }

    #[test]
    fn a_path_is_decoded_segment_by_segment() {
        let names = |path| segments(path).map(|names| names.join("|"));
        assert_eq!(names("/a//b%20c.js").as_deref(), Some("a|b c.js"));
        assert_eq!(names("/").as_deref(), Some(""));
        assert_eq!(names("/%C3%A9").as_deref(), Some("é"));
    }

    #[test]
    fn no_path_leaves_the_folder() {
        for path in ["/../x", "/a/%2e%2e/x", "/..%2fx", "/a%5c..%5cx", "/.", "/x%00", "/%zz", "/%4", "/%ff"] {
            assert_eq!(segments(path), None, "{path}");
        }
    }
}
