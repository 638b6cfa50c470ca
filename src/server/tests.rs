//! The whole server from outside, over both carriers, by clients that hold nothing of it.

mod client;

use std::path::Path;
use std::time::SystemTime;

use ring::rand::SystemRandom;
use tokio_util::task::AbortOnDropHandle;

use super::*;
use crate::config::{SideListener, Storage, Transports};
use crate::ids::{LaneId, MemberSecret};
use crate::wire::event::{ByeCode, Content, RefusalCode};
use crate::wire::raw::{Hello, RawCommand};
use crate::wire::{self, Event};
use client::{Client, in_time};

const LANE: LaneId = LaneId(1);

/// A server on free ports of this machine, with everything it keeps in a folder of its own.
struct World {
    folder: tempfile::TempDir,
    at: Listening,
    certificates: Arc<Certificates>,
    gate: Gate,
    shutdown: CancellationToken,
    serving: AbortOnDropHandle<Result<(), ServerError>>,
}

fn config(folder: &Path) -> Config {
    Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        http: SideListener::At(vec!["127.0.0.1:0".parse().unwrap()]),
        metrics: SideListener::Off,
        storage: Storage::Folder(folder.join("data")),
        certificate: Certificate::SelfSigned {
            folder: folder.join("certs"),
        },
        ..Config::default()
    }
}

impl World {
    async fn new() -> Self {
        Self::with(config).await
    }

    async fn with(config: impl FnOnce(&Path) -> Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::bind(&config(folder.path())).await.unwrap();
        let shutdown = CancellationToken::new();
        Self {
            at: server.listening.clone(),
            certificates: server.certificates.clone(),
            gate: server.gate.clone(),
            serving: AbortOnDropHandle::new(tokio::spawn(server.serve(shutdown.clone()))),
            folder,
            shutdown,
        }
    }

    /// One client over each way in.
    async fn clients(&self) -> Vec<Client> {
        vec![
            client::webtransport(self, None).await.unwrap(),
            client::websocket(self, None).await.unwrap(),
            client::secure_websocket(self).await,
        ]
    }

    async fn drain(self) -> Result<(), ServerError> {
        self.shutdown.cancel();
        in_time(self.serving).await.unwrap()
    }
}

fn hello(version: u16) -> RawCommand {
    RawCommand::Hello(Hello {
        version,
        token: None,
        next: rand(),
        client: "test".into(),
    })
}

fn rand() -> [u8; 32] {
    ring::rand::generate::<[u8; 32]>(&SystemRandom::new())
        .unwrap()
        .expose()
}

fn join(room: &str, nick: &str) -> RawCommand {
    RawCommand::Join {
        room: room.into(),
        nick: nick.into(),
        cursor: None,
        member: MemberSecret(rand()),
    }
}

fn say(number: u64, body: &str) -> RawCommand {
    RawCommand::Send {
        number,
        content: Content::text(body),
    }
}

async fn greet(client: &mut Client) {
    client.send(LaneId::CONTROL, &hello(wire::VERSION)).await;
    let welcome = client.receive(LaneId::CONTROL).await;
    assert!(matches!(welcome, Event::Welcome(_)), "{welcome:?}");
}

async fn goodbye(client: &mut Client) -> ByeCode {
    match client.receive(LaneId::CONTROL).await {
        Event::Bye(bye) => bye.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_comes_back_over_every_way_in() {
    let world = World::new().await;
    for mut client in world.clients().await {
        greet(&mut client).await;
        let nonce = 7;
        client
            .send(LaneId::CONTROL, &RawCommand::Ping { nonce })
            .await;
        let pong = client.receive(LaneId::CONTROL).await;
        assert!(matches!(pong, Event::Pong { nonce: 7, .. }), "{pong:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_over_one_carrier_is_heard_over_the_others() {
    let world = World::new().await;
    let mut clients = world.clients().await;
    for (index, client) in clients.iter_mut().enumerate() {
        greet(client).await;
        client
            .send(LANE, &join("lobby", &format!("ann {index}")))
            .await;
        client
            .skip_to(LANE, |event| matches!(event, Event::Joined(_)))
            .await;
    }
    for speaker in 0..clients.len() {
        let body = format!("hello from {speaker}");
        clients[speaker].send(LANE, &say(1, &body)).await;
        for client in &mut clients {
            client
                .skip_to(LANE, |event| said(event) == Some(&body))
                .await;
        }
    }
}

fn said(event: &Event) -> Option<&str> {
    match event {
        Event::Entry(entry) => entry.content.body(),
        _ => None,
    }
}

// X4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_ends_its_own_connection_with_a_reason() {
    let world = World::new().await;
    for lane in [LaneId::CONTROL, LANE] {
        for mut client in world.clients().await {
            greet(&mut client).await;
            client.send_raw(lane, b"\xff\xff\0\0").await;
            assert_eq!(goodbye(&mut client).await, ByeCode::Malformed);
            client.ended().await;
        }
    }
    let mut sane = client::websocket(&world, None).await.unwrap();
    greet(&mut sane).await;
}

// X4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_before_the_greeting_or_twice_is_nonsense() {
    let world = World::new().await;
    for mut client in world.clients().await {
        client.send(LaneId::CONTROL, &RawCommand::Bye).await;
        assert_eq!(goodbye(&mut client).await, ByeCode::Malformed);
    }
    for mut client in world.clients().await {
        greet(&mut client).await;
        client.send(LaneId::CONTROL, &hello(wire::VERSION)).await;
        assert_eq!(goodbye(&mut client).await, ByeCode::Malformed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_version_is_told_so() {
    let world = World::new().await;
    for mut client in world.clients().await {
        client
            .send(LaneId::CONTROL, &hello(wire::VERSION + 1))
            .await;
        assert_eq!(goodbye(&mut client).await, ByeCode::Version);
        client.ended().await;
    }
}

// X4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_and_overlong_messages_end_a_websocket_with_a_reason() {
    let world = World::new().await;
    let overlong = vec![0; limits::WS_MESSAGE + 1];
    for message in [client::text("hello"), client::binary(overlong)] {
        let mut client = client::websocket(&world, None).await.unwrap();
        greet(&mut client).await;
        client.send_message(message).await;
        assert_eq!(goodbye(&mut client).await, ByeCode::Malformed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_number_can_be_used_again_after_a_refused_join_and_after_leaving() {
    let world = World::new().await;
    let mut client = client::websocket(&world, None).await.unwrap();
    greet(&mut client).await;
    client.send(LANE, &join("", "")).await;
    match client.receive(LANE).await {
        Event::JoinRefused { refusal, .. } => {
            assert_eq!(refusal.code, RefusalCode::NameOrRoomMissing);
        }
        other => panic!("{other:?}"),
    }
    for _ in 0..2 {
        client.send(LANE, &join("lobby", "ann")).await;
        client
            .skip_to(LANE, |event| matches!(event, Event::Joined(_)))
            .await;
        client.send(LANE, &RawCommand::Leave).await;
        client
            .skip_to(LANE, |event| matches!(event, Event::Left))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_lanes_than_allowed_end_a_websocket_and_wait_over_webtransport() {
    let world = World::new().await;
    let mut client = client::websocket(&world, None).await.unwrap();
    greet(&mut client).await;
    for lane in 1..=limits::ROOM_LANES + 1 {
        client.send(LaneId(lane), &RawCommand::Typing).await;
    }
    client.skip_to_bye(ByeCode::Malformed).await;

    let mut client = client::webtransport(&world, None).await.unwrap();
    greet(&mut client).await;
    // More than are granted at first: the others follow.
    in_time(async {
        for lane in 1..=limits::ROOM_LANES {
            client.send(LaneId(lane), &RawCommand::Typing).await;
        }
    })
    .await;
    assert!(client.is_out_of_streams().await);
}

// X11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_pages_are_refused_and_our_own_are_let_in() {
    let world = World::new().await;
    for foreign in ["https://evil.example", "null"] {
        assert!(client::webtransport(&world, Some(foreign)).await.is_none());
        assert!(client::websocket(&world, Some(foreign)).await.is_none());
    }
    for ours in ["http://localhost:4480", "https://127.0.0.1:4433"] {
        assert!(client::webtransport(&world, Some(ours)).await.is_some());
        assert!(client::websocket(&world, Some(ours)).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_path_is_no_webtransport_endpoint() {
    let world = World::new().await;
    assert!(client::webtransport_at(&world, "/").await.is_none());
    assert!(client::webtransport_at(&world, "/wt/").await.is_none());
    assert!(client::webtransport_at(&world, "/wt?v=1").await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_leaves_nothing_behind() {
    let world = World::new().await;
    for mut client in world.clients().await {
        greet(&mut client).await;
        client.send(LANE, &join("lobby", "ann")).await;
        client.close().await;
    }
    in_time(async {
        while world.gate.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drain_tells_every_client_when_to_come_back_and_ends_well() {
    let world = World::new().await;
    let mut clients = world.clients().await;
    for client in &mut clients {
        greet(client).await;
    }
    let address = world.at.plain[0];
    let drained = tokio::spawn(world.drain());
    for client in &mut clients {
        assert_eq!(goodbye(client).await, ByeCode::Draining);
        client.ended().await;
    }
    in_time(drained).await.unwrap().unwrap();
    in_time(async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_and_tcp_share_a_port_and_the_second_address_has_it_too() {
    let world = World::with(|folder| Config {
        listen: vec![
            "127.0.0.1:0".parse().unwrap(),
            "127.0.0.2:0".parse().unwrap(),
        ],
        ..config(folder)
    })
    .await;
    let ports: Vec<u16> = world.at.secure.iter().map(SocketAddr::port).collect();
    assert_eq!(ports.len(), 2);
    assert_eq!(ports[0], ports[1]);
    assert!(std::net::UdpSocket::bind(world.at.secure[1]).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_carrier_that_is_not_offered_does_not_answer() {
    let offer = |webtransport, websocket| {
        move |folder: &Path| Config {
            transports: Transports {
                webtransport,
                websocket,
            },
            ..config(folder)
        }
    };
    let world = World::with(offer(true, false)).await;
    assert!(client::websocket(&world, None).await.is_none());
    assert!(client::webtransport(&world, None).await.is_some());
    let world = World::with(offer(false, true)).await;
    assert!(client::websocket(&world, None).await.is_some());
    assert!(std::net::UdpSocket::bind(world.at.secure[0]).is_ok());
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_setting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (setting, config) in [
        (
            "--listen",
            Config {
                listen: vec![address],
                ..config(folder.path())
            },
        ),
        (
            "--http",
            Config {
                http: SideListener::At(vec![address]),
                ..config(folder.path())
            },
        ),
    ] {
        let error = Server::bind(&config).await.unwrap_err().to_string();
        assert!(error.contains(setting), "{error}");
        assert!(error.contains(&address.to_string()), "{error}");
    }
    let left_out = Config {
        http: SideListener::IfFree(vec![address]),
        ..config(folder.path())
    };
    let server = Server::bind(&left_out).await.unwrap();
    assert!(server.listening().plain.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_loaded_the_hashes_before_a_rotation_still_connects() {
    let world = World::new().await;
    let known = world.certificates.hashes();
    let soon = SystemTime::now() + Duration::from_secs(12 * 24 * 60 * 60);
    assert!(world.certificates.rotate(soon).unwrap());
    assert_ne!(world.certificates.hashes(), known);
    // The next is not valid yet by the clock of this test, so only its hash can be asked for.
    assert_eq!(world.certificates.hashes()[0], known[1]);
}
