//! Malformed input at every stage: it ends the connection it came on, and nothing else.

mod common;

use chinwag::wire::event::{ByeCode, RefusalCode, Retry};
use chinwag::wire::raw::RawCommand;
use chinwag::wire::{self, Event};
use common::client::{ann_and_bob, draw, hello, join};
use common::{Carrier, Client, Link, Room, Server};
use tokio_tungstenite::tungstenite::Message;

/// Enough for what happens at once; whether it happens is not asserted by this.
const A_WHILE: std::time::Duration = std::time::Duration::from_millis(300);

/// A frame whose header is right and whose payload is not a command.
fn nonsense() -> Vec<u8> {
    framed(&[0xff; 9])
}

fn framed(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&length.to_le_bytes()[..], payload].concat()
}

/// Bytes that look like nothing, the same at every run.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| byte()).collect()
}

/// The last thing said on a control lane is this goodbye.
fn assert_bye(said: &[Event], code: ByeCode) {
    match said.last() {
        Some(Event::Bye(bye)) => {
            assert_eq!(bye.code, code);
            assert_eq!(bye.retry == Retry::Stop, code != ByeCode::Timeout);
        }
        other => panic!("the last word was no goodbye but {other:?}"),
    }
}

/// The two who chat while somebody else misbehaves still can.
async fn assert_undisturbed(server: &mut Server, anns: &mut Room, bobs: &mut Room) {
    let said = format!("all well {}", anns.number);
    anns.say(&said).await;
    bobs.hear(&said).await;
    let heard = bobs.everything().await;
    assert!(
        !heard
            .iter()
            .any(|event| matches!(event, Event::Presence { .. })),
        "{heard:?}"
    );
    assert!(server.is_alive());
}

// X4
async fn a_first_frame_that_is_no_hello_is_answered_and_ended(carrier: Carrier) {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let ping = wire::encode_command(&RawCommand::Ping { nonce: 1 }).unwrap();
    let greeting = wire::encode_command(&hello(None, draw())).unwrap();
    for first in [
        nonsense(),
        framed(b""),
        ping.to_vec(),
        framed(&greeting[4..40]),
        framed(&[&greeting[4..], &[0]].concat()),
        u32::MAX.to_le_bytes().to_vec(),
        65_537_u32.to_le_bytes().to_vec(),
    ] {
        let mut link = Link::open(carrier, &server).await;
        let mut control = link.lane().await;
        control.frame(&first).await;
        assert_bye(&control.rest().await, ByeCode::Malformed);
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
async fn a_hello_of_another_version_is_told_so(carrier: Carrier) {
    let server = Server::start().await;
    for version in [0_u16, 2, u16::MAX] {
        let mut link = Link::open(carrier, &server).await;
        let mut control = link.lane().await;
        let [low, high] = version.to_le_bytes();
        // Whatever follows the version, because other versions may differ there.
        control
            .frame(&framed(&[0, 0, 0, 0, low, high, 1, 2, 3]))
            .await;
        assert_bye(&control.rest().await, ByeCode::Version);
    }
}

// X4
async fn nonsense_after_the_hello_ends_that_connection_alone(carrier: Carrier) {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    for frame in [
        nonsense(),
        framed(b""),
        wire::encode_command(&hello(None, draw())).unwrap().to_vec(),
        u32::MAX.to_le_bytes().to_vec(),
    ] {
        let mut cy = Client::connect(carrier, &server).await;
        cy.control.frame(&frame).await;
        assert_bye(&cy.control.rest().await, ByeCode::Malformed);
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
async fn nonsense_on_a_rooms_lane_ends_that_connection_alone(carrier: Carrier) {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    for joined_first in [true, false] {
        let mut cy = Client::connect(carrier, &server).await;
        let mut lane = cy.link.lane().await;
        if joined_first {
            lane.send(&join("den", "Cy", None)).await;
        }
        lane.frame(&nonsense()).await;
        assert_bye(&cy.control.rest().await, ByeCode::Malformed);
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
async fn half_a_frame_and_then_nothing_harms_nobody(carrier: Carrier) {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let greeting = wire::encode_command(&hello(None, draw())).unwrap();
    let mut halves = Vec::new();
    for end in [1, 3, 4, 5, 20] {
        let mut link = Link::open(carrier, &server).await;
        let mut control = link.lane().await;
        control.frame(&greeting[..end]).await;
        if carrier == Carrier::WebSocket {
            // A message holds whole frames.
            assert_bye(&control.rest().await, ByeCode::Malformed);
        }
        halves.push((link, control));
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
    for (link, _) in halves {
        link.cut();
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
async fn noise_of_any_kind_harms_nobody(carrier: Carrier) {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    for seed in 1..=30 {
        let length = usize::try_from(seed).unwrap() * 97;
        let mut link = Link::open(carrier, &server).await;
        let mut control = link.lane().await;
        if seed % 2 == 0 {
            control.send(&hello(None, draw())).await;
        }
        control.frame(&noise(seed, length)).await;
        if seed % 3 == 0 {
            link.cut();
        } else {
            drop(control);
        }
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
async fn too_many_lanes_harm_only_who_opens_them(carrier: Carrier) {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut cy = Client::connect(carrier, &server).await;
    let mut lanes = Vec::new();
    for count in 0..64 {
        lanes.push(cy.join(&format!("room {count}"), "Cy").await);
    }
    let denied = cy.try_join("one too many", "Cy", None).await.err().unwrap();
    assert_eq!(denied.refusal.code, RefusalCode::TooManyRooms);
    match carrier {
        Carrier::WebTransport => {
            // There is one stream to spare, and no more.
            let connection = cy.link.webtransport().unwrap();
            let open = async || {
                let opening = async { connection.open_bi().await.unwrap().await };
                tokio::time::timeout(A_WHILE, opening).await
            };
            let _spare = open().await;
            assert!(open().await.is_err(), "a 67th stream");
        }
        Carrier::WebSocket => {
            for _ in 0..2 {
                let mut lane = cy.link.lane().await;
                lane.send(&RawCommand::Typing).await;
            }
            assert_bye(&cy.control.rest().await, ByeCode::Malformed);
        }
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
async fn commands_before_the_welcome_are_kept_or_bounded(carrier: Carrier) {
    let mut server = Server::lasting().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut link = Link::open(carrier, &server).await;
    let mut control = link.lane().await;
    control.send(&hello(None, draw())).await;
    for nonce in 0..5 {
        control.send(&RawCommand::Ping { nonce }).await;
    }
    assert!(matches!(control.next().await, Some(Event::Welcome(_))));
    for expected in 0..5 {
        match control.next().await {
            Some(Event::Pong { nonce, .. }) => assert_eq!(nonce, expected),
            other => panic!("no pong but {other:?}"),
        }
    }
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
#[tokio::test]
async fn websocket_messages_that_are_no_frames_are_answered_and_ended() {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(Carrier::WebSocket, &server).await;
    let half = [&1_u32.to_le_bytes()[..], &framed(b"whole"), &[1, 0, 0]].concat();
    for message in [
        Message::Text("{\"hello\":1}".into()),
        Message::Binary(vec![0, 0, 0].into()),
        Message::Binary(half.into()),
        Message::Binary(vec![0; 70_000].into()),
    ] {
        let cy = Client::connect(Carrier::WebSocket, &server).await;
        let Client {
            link, mut control, ..
        } = cy;
        link.message(message).await;
        let said = control.rest().await;
        if !said.is_empty() {
            assert_bye(&said, ByeCode::Malformed);
        }
    }
    // A message beyond every limit may end the connection without a word, but it ends it.
    let cy = Client::connect(Carrier::WebSocket, &server).await;
    let Client {
        link, mut control, ..
    } = cy;
    link.message(Message::Binary(vec![0; 4 << 20].into())).await;
    control.rest().await;
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

// X4
#[tokio::test]
async fn unidirectional_streams_and_datagrams_harm_nobody() {
    let mut server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(Carrier::WebTransport, &server).await;
    let cy = Client::connect(Carrier::WebTransport, &server).await;
    let connection = cy.link.webtransport().unwrap();
    // It has no datagrams to send or sends them to nobody.
    connection.send_datagram(b"nothing").ok();
    let noisy = async {
        let mut stream = connection.open_uni().await.unwrap().await.unwrap();
        // The server may stop it at any moment.
        stream.write_all(&noise(7, 100_000)).await.ok();
    };
    // HTTP/3 itself may use up all streams of this kind, so it may wait for ever.
    tokio::time::timeout(A_WHILE, noisy).await.ok();
    assert_undisturbed(&mut server, &mut anns, &mut bobs).await;
}

both_carriers![
    a_first_frame_that_is_no_hello_is_answered_and_ended,
    a_hello_of_another_version_is_told_so,
    nonsense_after_the_hello_ends_that_connection_alone,
    nonsense_on_a_rooms_lane_ends_that_connection_alone,
    half_a_frame_and_then_nothing_harms_nobody,
    noise_of_any_kind_harms_nobody,
    too_many_lanes_harm_only_who_opens_them,
    commands_before_the_welcome_are_kept_or_bounded,
];
