//! The load client against a server: what it measures, and what it notices.

mod common;

use std::process::Output;
use std::time::Duration;

use common::Server;
use serde_json::Value;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

/// A server that lets the load's senders speak as fast as they like.
async fn server() -> Server {
    Server::start().await
}

async fn load(server: &Server, flags: &[&str]) -> Output {
    let url = format!("https://{}", server.listen);
    let mut command = Command::new(env!("CARGO_BIN_EXE_chinwag"));
    let command = command.args(["load", &url, "--duration", "2"]).args(flags);
    common::within("the load", command.output()).await.unwrap()
}

async fn measured(server: &Server, flags: &[&str]) -> Value {
    let output = load(server, &[&["--json"], flags].concat()).await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn count(report: &Value, key: &str) -> u64 {
    report[key]
        .as_u64()
        .unwrap_or_else(|| panic!("{key} in {report}"))
}

fn assert_sound(report: &Value) {
    for fault in ["lost", "unanswered", "doubled", "reordered", "refused"] {
        assert_eq!(count(report, fault), 0, "{fault} in {report}");
    }
}

#[tokio::test]
async fn everything_that_is_said_at_a_pace_is_delivered_to_everybody_over_both_transports() {
    let server = server().await;
    let flags = [
        "--members",
        "6",
        "--rooms",
        "2",
        "--senders",
        "2",
        "--rate",
        "5",
    ];
    let report = measured(&server, &flags).await;
    assert_sound(&report);
    assert_eq!(count(&report, "sessions"), 6);
    assert!(count(&report, "delivered") > 0, "{report}");
    let latency = &report["latency_ms"];
    assert!(
        latency["p50"].as_f64() <= latency["max"].as_f64(),
        "{report}"
    );
}

#[tokio::test]
async fn a_flood_in_a_second_room_is_heard_by_all_members_and_not_among_what_is_measured() {
    let server = server().await;
    let flags = ["--members", "4", "--rate", "5", "--flood", "100"];
    for percent in ["0", "100"] {
        let flags = [&flags[..], &["--webtransport", percent]].concat();
        let report = measured(&server, &flags).await;
        assert_sound(&report);
        assert_eq!(count(&report, "sessions"), 5, "whoever floods is one more");
        // One sender, five times a second for two seconds, to four members.
        assert!((1..=4 * 10).contains(&count(&report, "delivered")));
        let flooded = report["flood"]["delivered_per_second"].as_f64();
        assert!(flooded > Some(4.0 * 5.0), "{report}");
    }
}

#[tokio::test]
async fn everybody_comes_back_to_a_flooded_room_too_and_nothing_is_doubled() {
    let server = server().await;
    let flags = [
        "--members",
        "4",
        "--rate",
        "20",
        "--flood",
        "50",
        "--storms",
        "1",
    ];
    let report = measured(&server, &flags).await;
    assert_sound(&report);
    assert!(report["return_ms"]["max"].as_f64() > Some(0.0), "{report}");
}

#[tokio::test]
async fn a_closed_loop_delivers_more_than_its_window() {
    let server = server().await;
    let report = measured(&server, &["--members", "3", "--closed", "2"]).await;
    assert_sound(&report);
    assert!(count(&report, "delivered") > 3 * 2, "{report}");
}

#[tokio::test]
async fn after_a_storm_everybody_is_back_and_nothing_is_lost_or_doubled() {
    let server = server().await;
    let flags = [
        "--members",
        "8",
        "--senders",
        "3",
        "--rate",
        "20",
        "--storms",
        "2",
    ];
    let report = measured(&server, &flags).await;
    assert_sound(&report);
    assert!(report["return_ms"]["max"].as_f64() > Some(0.0), "{report}");
}

#[tokio::test]
async fn what_a_server_that_dies_leaves_unanswered_is_a_failure() {
    let server = Server::counting().await;
    let dying = async {
        while server.metric("chinwag_messages_committed_total").await < 10 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.signal("KILL");
    };
    let flags = [
        "--json",
        "--members",
        "2",
        "--rate",
        "20",
        "--webtransport",
        "0",
    ];
    let (output, ()) = tokio::join!(load(&server, &flags), dying);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(count(&report, "unanswered") > 0, "{report}");
}

#[tokio::test]
async fn silent_sessions_are_in_and_the_server_is_found_by_its_port() {
    let server = server().await;
    let flags = ["--members", "2", "--idle", "5", "--webtransport", "0"];
    let report = measured(&server, &flags).await;
    assert_sound(&report);
    assert_eq!(count(&report, "sessions"), 7);
    assert!(
        report["server"]["memory_bytes"].as_u64() > Some(0),
        "{report}"
    );
}

#[tokio::test]
async fn people_get_a_table_and_a_plot() {
    let server = server().await;
    let folder = tempfile::tempdir().unwrap();
    let plot = folder.path().join("run.svg");
    let output = load(
        &server,
        &["--members", "2", "--plot", plot.to_str().unwrap()],
    )
    .await;
    let table = String::from_utf8(output.stdout).unwrap();
    for row in ["delivered", "latency", "lost", "doubled", "out of order"] {
        assert!(table.contains(row), "{row} in {table}");
    }
    let drawn = std::fs::read_to_string(plot).unwrap();
    assert!(drawn.contains("<svg") && drawn.contains("polyline"));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_in_one_sentence() {
    let server = server().await;
    let output = load(&server, &["--members", "1", "--ca", "/nonexistent"]).await;
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("--ca"), "{errors}");
}

#[tokio::test]
async fn a_load_that_makes_no_sense_is_refused_before_it_begins() {
    let cases: [&[&str]; 8] = [
        &["--rooms", "5", "--members", "4"],
        &["--senders", "3", "--members", "4", "--rooms", "2"],
        &["--closed", "65"],
        &["--rate", "0"],
        &["--size", "8"],
        &["--flood", "some"],
        &["http://localhost:1"],
        &["ftp://localhost"],
    ];
    for flags in cases {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chinwag"));
        let output = command.arg("load").args(flags).output().await.unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
}

#[tokio::test]
async fn a_guest_whose_first_attempt_fails_is_in_when_the_next_one_works() {
    let server = server().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let through = listener.local_addr().unwrap();
    let behind = server.listen;
    // The first is whether anybody listens, the second the guest's own.
    tokio::spawn(async move {
        for connection in 0.. {
            let (mut client, _) = listener.accept().await.unwrap();
            if connection < 2 {
                continue;
            }
            let mut server = TcpStream::connect(behind).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut client, &mut server).await });
        }
    });
    let url = format!("https://{through}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chinwag"));
    let flags = "--members 1 --webtransport 0 --duration 1 --json";
    let command = command.args(["load", &url]).args(flags.split(' '));
    let output = common::within("the load", command.output()).await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_sound(&report);
    assert_eq!(count(&report, "broken_connections"), 1, "{report}");
    assert!(count(&report, "delivered") > 0, "{report}");
}
