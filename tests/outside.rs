//! The page on the protocol is enough: its examples are true, and a client in another language
//! that was written from it alone chats with this server.

mod common;

use std::path::PathBuf;
use std::process::Command;

use chinwag::wire::frame::HEADER;
use chinwag::wire::raw::RawCommand;
use chinwag::wire::{self, decode_event};
use common::Server;

fn page() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.md");
    std::fs::read_to_string(path).unwrap()
}

/// The bytes of an example: what stands before the notes of each line.
fn bytes(example: &str) -> Vec<u8> {
    let columns = example.lines().map(|line| line.split("  ").next().unwrap());
    let digits = columns.flat_map(str::split_whitespace);
    digits
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// The examples of this kind on the page.
fn examples(page: &str, kind: &str) -> Vec<Vec<u8>> {
    let fence = format!("```hex {kind}\n");
    let after = page.split(&fence).skip(1);
    let blocks = after.map(|rest| rest.split("```").next().unwrap());
    blocks.map(bytes).collect()
}

fn assert_length(frame: &[u8]) {
    let length = u32::from_le_bytes(frame[..HEADER].try_into().unwrap());
    assert_eq!(frame.len() - HEADER, usize::try_from(length).unwrap());
}

// C: docs/protocol.md
#[test]
fn the_examples_of_the_page_are_true() {
    let page = page();
    let commands = examples(&page, "command");
    let events = examples(&page, "event");
    assert!(commands.len() >= 7 && events.len() >= 10);
    for frame in commands {
        assert_length(&frame);
        wire::decode_command(&frame[HEADER..]).unwrap_or_else(|why| panic!("{why}: {frame:02x?}"));
    }
    for frame in events {
        assert_length(&frame);
        let event = decode_event(&frame[HEADER..]);
        let event = event.unwrap_or_else(|why| panic!("{why}: {frame:02x?}"));
        assert_eq!(wire::encode_event(&event).unwrap(), frame);
    }
}

// C: docs/protocol.md
#[test]
fn the_example_of_a_join_is_the_encoders() {
    let page = page();
    let join = common::client::join(
        "lobby",
        "Ann",
        Some(chinwag::wire::event::Cursor {
            epoch: chinwag::ids::Epoch(4_711),
            seq: chinwag::ids::Seq(2),
        }),
    );
    for command in [join, RawCommand::Ping { nonce: 7 }] {
        let frame = wire::encode_command(&command).unwrap();
        assert!(
            examples(&page, "command").contains(&frame.to_vec()),
            "{command:?}"
        );
    }
}

// C: docs/protocol.md
#[tokio::test]
async fn a_client_written_from_the_page_alone_chats_with_the_server() {
    let found = Command::new("python3").arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("python3 is not installed, so the outside client was NOT run");
        return;
    }
    let server = Server::lasting().await;
    let address = format!("http://127.0.0.1:{}", server.http.port());
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/outside/chinwag_client.py");
    let run = move || {
        Command::new("python3")
            .arg(script)
            .arg(address)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim(), "ok", "{complaint}");
}
