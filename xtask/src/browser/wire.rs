//! One request of the `WebDriver` protocol: JSON to 127.0.0.1, JSON back.

use crate::problem::{About, Problem, Result};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The driver answers a script that takes long only when it has ended; `patience` bounds the wait.
pub(super) fn request(
    port: u16,
    method: &str,
    path: &str,
    body: &Value,
    patience: Duration,
) -> Result<Value> {
    let about = format!("webdriver {method} {path}");
    let response = exchange(port, method, path, body, patience).about(&about)?;
    let mut answer: Value = serde_json::from_str(&response.body).about(&about)?;
    let value = answer.get_mut("value").map_or(Value::Null, Value::take);
    if response.success {
        return Ok(value);
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Err(Problem::new(format!("{about}: {}: {}", text("error"), text("message"))))
}

/// What the driver sent back.
#[derive(Debug, PartialEq, Eq)]
struct Response {
    /// Its status was 200.
    success: bool,
    body: String,
}

fn exchange(
    port: u16,
    method: &str,
    path: &str,
    body: &Value,
    patience: Duration,
) -> std::io::Result<Response> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let body = if method == "POST" { body.to_string() } else { String::new() };
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    read(BufReader::new(stream))
}

/// Reads a response, whose `Content-Length` chromedriver always sends.
fn read(mut reader: impl BufRead) -> std::io::Result<Response> {
    let mut status = String::new();
    reader.read_line(&mut status)?;
    let success = status.split_whitespace().nth(1) == Some("200");
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8(body).map_err(std::io::Error::other)?;
    Ok(Response { success, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_as_long_as_its_head_says() {
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more";
        assert_eq!(read(response.as_bytes()).unwrap(), Response { success: true, body: "hello".to_owned() });
    }

    #[test]
    fn a_status_other_than_200_is_a_failure() {
        let response = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}";
        assert!(!read(response.as_bytes()).unwrap().success);
    }

    #[test]
    fn a_response_that_breaks_off_is_an_error() {
        assert!(read("HTTP/1.1 200 OK\r\nContent-Le".as_bytes()).is_err());
        assert!(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello".as_bytes()).is_err());
    }
}
