//! The browser glue in a real browser, in a dedicated worker as the programs use it.
#![cfg(target_arch = "wasm32")]

use cnnslicer::browser::opfs::Opfs;
use cnnslicer::browser::{fetch, turn};
use cnnslicer::storage::{ByteStore, Entry, StorageError};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn opfs() -> Opfs {
    Opfs::open().await.expect("the test browser has OPFS")
}

#[wasm_bindgen_test]
async fn what_is_written_in_parts_is_read_back_whole() {
    let store = opfs().await;
    store.write("test/whole/a.bin", &[&[1, 2], &[], &[3]]).await.expect("written");
    assert_eq!(store.read("test/whole/a.bin").await, Ok(Some(vec![1, 2, 3])));
    assert_eq!(store.size("test/whole/a.bin").await, Ok(Some(3)));
}

#[wasm_bindgen_test]
async fn a_shorter_file_replaces_a_longer_one() {
    let store = opfs().await;
    store.write("test/shorter", &[&[7; 100]]).await.expect("written");
    store.write("test/shorter", &[&[8; 3]]).await.expect("written again");
    assert_eq!(store.read("test/shorter").await, Ok(Some(vec![8; 3])));
}

#[wasm_bindgen_test]
async fn a_range_is_read_and_a_range_past_the_end_is_refused() {
    let store = opfs().await;
    store.write("test/range", &[&[0, 1, 2, 3, 4, 5]]).await.expect("written");
    assert_eq!(store.read_range("test/range", 2, 3).await, Ok(vec![2, 3, 4]));
    let past = store.read_range("test/range", 4, 3).await;
    assert!(matches!(past, Err(StorageError::Platform { .. })), "{past:?}");
    let missing = store.read_range("test/none", 0, 1).await;
    assert_eq!(missing, Err(StorageError::Missing("test/none".to_owned())));
}

#[wasm_bindgen_test]
async fn a_folder_lists_its_entries_by_name_and_goes_with_all_in_it() {
    let store = opfs().await;
    store.write("test/list/b", &[b"1"]).await.expect("written");
    store.write("test/list/a/deep", &[b"2"]).await.expect("written");
    let entry = |name: &str, is_folder| Entry { name: name.to_owned(), is_folder };
    assert_eq!(store.list("test/list").await, Ok(vec![entry("a", true), entry("b", false)]));
    store.remove("test/list").await.expect("removed");
    assert_eq!(store.list("test/list").await, Ok(Vec::new()));
    assert_eq!(store.read("test/list/a/deep").await, Ok(None));
    assert_eq!(store.remove("test/list").await, Ok(()), "removing nothing is no error");
}

#[wasm_bindgen_test]
async fn a_path_cannot_leave_the_store() {
    let store = opfs().await;
    for path in ["", "../x", "a//b", "/a", "a/.", "a\\b"] {
        let outcome = store.write(path, &[b"x"]).await;
        assert_eq!(outcome, Err(StorageError::BadPath(path.to_owned())));
    }
}

#[wasm_bindgen_test]
async fn two_readers_read_one_file_at_once() {
    let (one, other) = (opfs().await, opfs().await);
    one.write("test/shared", &[&[5; 1000]]).await.expect("written");
    let (first, second) = (one.file("test/shared").await, other.file("test/shared").await);
    assert_eq!(first.expect("read").expect("there").size(), 1000.0);
    assert_eq!(second.expect("read").expect("there").size(), 1000.0);
}

#[wasm_bindgen_test]
async fn a_missing_file_beside_the_page_is_an_error_with_its_status() {
    let error = fetch::bytes("./no-such-file.bin").await.expect_err("there is none");
    assert!(error.url.ends_with("no-such-file.bin"));
    assert_eq!(error.status, Some(404));
}

#[wasm_bindgen_test]
async fn a_turn_comes_back_quickly_and_a_sleep_does_not() {
    let start = turn::now_ms();
    for _ in 0..100 {
        turn::macrotask().await;
    }
    let turns = turn::now_ms() - start;
    turn::sleep(30.0).await;
    let slept = turn::now_ms() - start - turns;
    assert!(turns < 1000.0, "100 turns took {turns} ms");
    assert!(slept >= 29.0, "a sleep of 30 ms took {slept} ms");
}
