//! The page on the protocol is enough: its examples are true, and a client in another language
//! that was written from it alone chats with this server.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use chinwag::wire::frame::HEADER;
use chinwag::wire::raw::RawCommand;
use chinwag::wire::{self, decode_event};
use common::{Server, within};

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
    let mut join = common::client::join(
        "lobby",
        "Ann",
        Some(chinwag::wire::event::Cursor {
            epoch: chinwag::ids::Epoch(4_711),
            seq: chinwag::ids::Seq(2),
        }),
    );
    if let RawCommand::Join { member, .. } = &mut join {
        member.0 = std::array::from_fn(|at| 0x60 + u8::try_from(at).unwrap());
    }
    for command in [join, RawCommand::Ping { nonce: 7 }] {
        let frame = wire::encode_command(&command).unwrap();
        assert!(
            examples(&page, "command").contains(&frame.to_vec()),
            "{command:?}"
        );
    }
}

/// Whether this Python is there and has this module.
fn has(python: &Path, module: &str) -> bool {
    let import = format!("import {module}");
    let found = Command::new(python).args(["-c", &import]).output();
    found.is_ok_and(|output| output.status.success())
}

/// Lets a script of `tests/outside` chat with a server.
async fn plays(python: &Path, script: &str) {
    let server = Server::lasting().await;
    let address = format!("http://127.0.0.1:{}", server.http.port());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside");
    let mut command = tokio::process::Command::new(python);
    command.arg("-B").arg(folder.join(script)).arg(address);
    let output = command.kill_on_drop(true).output();
    let output = within("the end of the outside client", output)
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim(), "ok", "{complaint}");
}

// C: docs/protocol.md
#[tokio::test]
async fn a_client_written_from_the_page_alone_chats_with_the_server() {
    let python = Path::new("python3");
    if !has(python, "json") {
        eprintln!("python3 is not installed, so the outside client was NOT run");
        return;
    }
    plays(python, "chinwag_client.py").await;
}

// C: docs/protocol.md
#[tokio::test]
async fn and_so_it_does_over_webtransport() {
    let made = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/outside-venv/bin/python");
    let python = std::env::var_os("CHINWAG_PYTHON").map_or_else(made, PathBuf::from);
    if !has(&python, "aioquic") {
        eprintln!(
            "{} has no aioquic (.ci/outside-python installs it), so the outside client over \
             WebTransport was NOT run",
            python.display()
        );
        return;
    }
    plays(&python, "webtransport.py").await;
}
