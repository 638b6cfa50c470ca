//! The process seen from outside: addresses, banner, settings, health, signals, deadlines.

mod common;

use std::time::Duration;

use chinwag::wire::event::{ByeCode, Retry};
use common::server::{command, folder};
use common::{Carrier, Client, Link, Server, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

// A1
#[tokio::test]
async fn the_banner_names_the_address_the_transports_and_the_data_folder() {
    let server = Server::lasting().await;
    let banner = server.printed();
    let first = banner.find("http").unwrap();
    assert!(
        banner[first..].starts_with("http://"),
        "plain HTTP first:\n{banner}"
    );
    for expected in [
        format!(":{}", server.http.port()),
        format!(":{}", server.listen.port()),
        "WebTransport".into(),
        "WebSocket".into(),
        "data".into(),
    ] {
        assert!(banner.contains(&expected), "no {expected} in\n{banner}");
    }
}

// A2
#[tokio::test]
async fn the_pages_are_served_and_any_other_path_is_a_404() {
    let server = Server::start().await;
    // Without a built client the page says so, with a status of its own.
    for path in ["/", "/r/lobby", "/r/lobby?name=ann"] {
        let (status, _) = server.get(path).await;
        assert!(matches!(status, 200 | 503), "{path}: {status}");
    }
    for path in [
        "/nothing",
        "/r",
        "/r/",
        "/r/a/b",
        "/../Cargo.toml",
        "/assets/nothing.js",
    ] {
        let (status, _) = server.get(path).await;
        assert_eq!(status, 404, "{path}");
    }
}

// C
#[tokio::test]
async fn the_discovery_document_says_how_to_connect() {
    let server = Server::start().await;
    let it = server.discovery().await;
    assert_eq!(it["server"], concat!("chinwag ", env!("CARGO_PKG_VERSION")));
    assert_eq!(it["protocols"], serde_json::json!([1]));
    assert_eq!(it["webtransport"]["path"], "/wt");
    assert_eq!(it["webtransport"]["port"], server.listen.port());
    assert_eq!(it["websocket"]["path"], "/ws");
    assert!(!server.hashes().await.is_empty());
}

// C
#[tokio::test]
async fn only_the_named_transports_are_offered() {
    let server = Server::with(&["--ephemeral", "--transports", "websocket"]).await;
    assert!(server.discovery().await["webtransport"].is_null());
    let server = Server::with(&["--ephemeral", "--transports", "webtransport"]).await;
    assert!(server.discovery().await["websocket"].is_null());
    assert_eq!(server.get("/ws").await.0, 404);
    Client::connect(Carrier::WebTransport, &server)
        .await
        .ping(1)
        .await;
}

// C
#[tokio::test]
async fn it_is_alive_and_ready_while_it_serves() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.0, 200);
    assert_eq!(server.get("/readyz").await.0, 200);
}

// C, section 4: server restart
async fn a_drain_says_goodbye_and_ends_well(carrier: Carrier) {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start().await;
        let mut ann = Client::connect(carrier, &server).await;
        let _lobby = ann.join("lobby", "Ann").await;
        server.signal(signal);
        let bye = ann.bye().await;
        assert_eq!(bye.code, ByeCode::Draining);
        assert!(matches!(bye.retry, Retry::After(_)));
        assert_eq!(server.ended().await.code(), Some(0), "{signal}");
    }
}

// C
#[tokio::test]
async fn a_drain_is_shown_as_not_ready_while_somebody_is_left() {
    let mut server = Server::start().await;
    let ann = Client::connect(Carrier::WebSocket, &server).await;
    // Does not read, so the drain waits for it for a while.
    ann.link.read(false);
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    server.signal("TERM");
    let request = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut statuses = Vec::new();
    while let Ok(()) = stream.write_all(request).await {
        let mut answer = String::new();
        if stream.read_to_string(&mut answer).await.is_err() || answer.is_empty() {
            break;
        }
        statuses.push(answer[9..12].to_owned());
        match TcpStream::connect(server.http).await {
            Ok(next) => stream = next,
            Err(_) => break,
        }
    }
    statuses.dedup();
    assert!(
        ["503".to_owned()].ends_with(&statuses[..]) || statuses == ["200", "503"],
        "{statuses:?}"
    );
    drop(ann);
    assert_eq!(server.ended().await.code(), Some(0));
}

// C, section 4
async fn after_a_drain_and_a_restart_the_session_goes_on(carrier: Carrier) {
    let mut server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    let said = anns.say("kept").await;
    server.signal("TERM");
    assert_eq!(ann.bye().await.code, ByeCode::Draining);
    assert_eq!(server.ended().await.code(), Some(0));
    let server = server.again().await;
    let mut ann = Client::resume(carrier, &server, ann.token).await;
    assert!(ann.welcome.resumed);
    let anns = ann.rejoin("lobby", "Ann", said.seq).await;
    assert!(anns.joined.continues && anns.joined.page.entries.is_empty());
}

// A1
#[tokio::test]
async fn the_port_can_come_from_the_environment() {
    let (home, _) = folder();
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let output = command(home.path())
        .args(["--http", "off", "--metrics", "off", "--ephemeral"])
        .env("PORT", port.to_string())
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains(&port.to_string()),
        "it tried the port: {said}"
    );
}

// C: exit code 2, one sentence that names the setting
#[test]
fn bad_settings_end_it_with_2_and_a_sentence_that_names_them() {
    let (home, _) = folder();
    for (args, named) in [
        (&["--listen", "nonsense"][..], "--listen"),
        (&["--http", "192.0.2.1:80"], "--http"),
        (&["--transports", "pigeon"], "--transports"),
        (&["--cert", "a.pem"], "--cert"),
        (&["--config", "missing.toml"], "missing.toml"),
        (&["--rate", "0"], "--rate"),
    ] {
        let output = command(home.path()).args(args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(named), "{args:?}: {said}");
        assert_eq!(said.trim().lines().count(), 1, "one sentence: {said}");
    }
    let output = command(home.path())
        .env("CHINWAG_RATE", "many")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("CHINWAG_RATE"), "{said}");
}

// X4: a connection that says nothing does not stay
async fn a_connection_without_a_hello_is_ended(carrier: Carrier) {
    let server = Server::start().await;
    let mut link = Link::open(carrier, &server).await;
    let mut control = link.lane().await;
    // Half a header: over WebTransport a stream exists only once something is written on it.
    if carrier == Carrier::WebTransport {
        control.frame(&[0]).await;
    }
    match control.next().await {
        Some(chinwag::wire::Event::Bye(bye)) => assert_eq!(bye.code, ByeCode::Timeout),
        other => panic!("no goodbye but {other:?}"),
    }
}

// X4: slow headers do not stay
#[tokio::test]
async fn a_request_that_never_ends_is_ended() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: local")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let ended = async {
        // Closed or reset, either way it is over.
        stream.read_to_end(&mut answer).await.ok();
    };
    within("the end of a request without an end", ended).await;
}

// X4: neither do those who begin TLS and say no more
#[tokio::test]
async fn a_tls_handshake_that_never_ends_is_ended_and_counted() {
    let server = Server::counting().await;
    let mut stream = TcpStream::connect(server.listen).await.unwrap();
    // The head of a record (RFC 8446, section 5.1) that never comes.
    stream.write_all(&[0x16, 3, 1, 2, 0]).await.unwrap();
    let mut answer = Vec::new();
    let ended = async {
        // Closed or reset, either way it is over.
        stream.read_to_end(&mut answer).await.ok();
    };
    within("the end of a handshake without an end", ended).await;
    let deadline = r#"chinwag_handshakes_refused_total{reason="deadline"}"#;
    server.counts(deadline, 1).await;
}

// X11
#[tokio::test]
async fn pages_of_other_sites_cannot_open_a_socket() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: localhost:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Origin: https://evil.example\r\n\r\n",
        server.http.port()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let read = stream.read_exact(&mut answer);
    within(
        "an answer",
        tokio::time::timeout(Duration::from_secs(20), read),
    )
    .await
    .unwrap()
    .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 403");
}

both_carriers![
    a_drain_says_goodbye_and_ends_well,
    after_a_drain_and_a_restart_the_session_goes_on,
    a_connection_without_a_hello_is_ended,
];
