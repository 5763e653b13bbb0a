use super::*;
use std::io::{Read, Write};

/// A folder with a page, a script with a compressed copy, and a secret beside it.
fn site(name: &str) -> PathBuf {
    let top = std::env::temp_dir().join(format!("cnnslicer-serve-{name}-{}", std::process::id()));
    let folder = top.join("dist");
    std::fs::create_dir_all(folder.join("data")).unwrap();
    std::fs::write(top.join("secret"), "secret").unwrap();
    std::fs::write(folder.join("index.html"), "<p>page").unwrap();
    std::fs::write(folder.join("app.js"), "plain").unwrap();
    std::fs::write(folder.join("app.js.gz"), "small").unwrap();
    std::fs::write(folder.join("app.wasm"), "wasm").unwrap();
    folder
}

fn ask(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(server: &Server, path: &str) -> String {
    ask(server, &format!("GET {path} HTTP/1.1\r\n\r\n"))
}

#[test]
fn files_come_with_the_type_that_browsers_insist_on() {
    let server = Server::start(&site("types"), 0, "/").unwrap();
    assert!(get(&server, "/app.wasm").contains("Content-Type: application/wasm\r\n"));
    assert!(get(&server, "/").contains("Content-Type: text/html; charset=utf-8\r\n"));
    assert!(get(&server, "/").ends_with("\r\n\r\n<p>page"));
}

#[test]
fn a_compressed_copy_goes_to_those_who_accept_it() {
    let server = Server::start(&site("gzip"), 0, "/").unwrap();
    let compressed = ask(&server, "GET /app.js HTTP/1.1\r\nAccept-Encoding: gzip, br\r\n\r\n");
    assert!(compressed.contains("Content-Encoding: gzip\r\n") && compressed.ends_with("small"));
    assert!(compressed.contains("Content-Type: text/javascript"));
    let plain = get(&server, "/app.js");
    assert!(!plain.contains("Content-Encoding") && plain.ends_with("plain"));
}

#[test]
fn what_is_outside_the_folder_or_missing_is_refused() {
    let server = Server::start(&site("outside"), 0, "/").unwrap();
    for path in ["/../secret", "/%2e%2e/secret", "/data/..%2f..%2fsecret"] {
        let answer = get(&server, path);
        assert!(answer.starts_with("HTTP/1.1 400 ") && !answer.contains("secret"), "{path}");
    }
    assert!(get(&server, "/missing").starts_with("HTTP/1.1 404 "));
    assert!(get(&server, "/data/").starts_with("HTTP/1.1 404 "));
    assert!(ask(&server, "POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

#[test]
fn one_connection_carries_several_requests() {
    let server = Server::start(&site("several"), 0, "/").unwrap();
    let both = ask(&server, "HEAD /app.js HTTP/1.1\r\n\r\nGET /app.js HTTP/1.1\r\n\r\n");
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2);
    assert_eq!(both.matches("plain").count(), 1);
}

#[test]
fn a_page_can_be_served_below_a_path() {
    let server = Server::start(&site("mount"), 0, "/a/lesson/").unwrap();
    assert!(server.url().ends_with("/a/lesson/"));
    assert!(get(&server, "/a/lesson/app.js").ends_with("plain"));
    assert!(get(&server, "/app.js").starts_with("HTTP/1.1 404 "));
    assert!(get(&server, "/a/lesson").contains("Location: /a/lesson/\r\n"));
}

#[test]
fn a_port_that_is_taken_is_named_with_the_remedy() {
    let folder = site("taken");
    let first = Server::start(&folder, 0, "/").unwrap();
    let problem = Server::start(&folder, first.address.port(), "/").unwrap_err();
    assert!(problem.to_string().contains("--port N"), "{problem}");
}
