//! A disk that fails while the server runs: it stops, says so, and has promised nothing that
//! it does not keep.

mod common;

use chinwag::wire::Event;
use chinwag::wire::event::{ByeCode, Retry};
use common::client::{ann_and_bob, body, text};
use common::{Carrier, Client, Room, Server};

/// No file may grow beyond some hundred kilobytes; beyond that a write fails with `EFBIG`, which
/// is no want of room that could end by itself.
const LIMITS: &str = "trap '' XFSZ; ulimit -f 400";

/// Far more messages than fit.
const SENDS: usize = 2_000;

/// Says one message after the other until the lane ends; returns those that were acknowledged.
async fn say_until_the_end(anns: &mut Room) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for count in 0..SENDS {
        let said = format!("{count} {}", "x".repeat(1_000));
        let number = anns.send(text(&said)).await;
        loop {
            match anns.lane.next().await {
                Some(Event::Ack { number: it }) if it == number => break,
                Some(Event::Refused { refusal, .. }) => panic!("refused: {refusal:?}"),
                Some(_) => {}
                None => return acknowledged,
            }
        }
        acknowledged.push(said);
    }
    panic!("the disk took everything");
}

async fn a_write_that_fails_ends_the_server_and_takes_back_nothing(carrier: Carrier) {
    let fast = ["--rate", "1000", "--burst", "10000"];
    let mut server = Server::limited(LIMITS, &fast).await;
    let [(mut ann, mut anns), (mut bob, _bobs)] = ann_and_bob(carrier, &server).await;
    let acknowledged = say_until_the_end(&mut anns).await;
    assert!(!acknowledged.is_empty());
    for client in [&mut ann, &mut bob] {
        let bye = client.bye().await;
        assert_eq!(bye.code, ByeCode::Draining);
        assert!(matches!(bye.retry, Retry::After(_)));
    }
    drop((ann, bob));
    assert_eq!(server.ended().await.code(), Some(1));
    let printed = server.printed();
    let errors: Vec<_> = printed.lines().filter(|it| it.contains("ERROR")).collect();
    assert_eq!(errors.len(), 1, "{printed}");
    assert!(errors[0].contains("the log is broken"), "{printed}");

    let server = server.again().await;
    let mut eve = Client::connect(carrier, &server).await;
    let mut eves = eve.join("lobby", "Eve").await;
    let newest = eves.joined.page.clone();
    let entries = eves.whole_before(&newest).await;
    let kept: Vec<_> = entries.iter().map(body).collect();
    assert_eq!(kept[..acknowledged.len()], acknowledged);
    assert!(kept.len() <= acknowledged.len() + 1, "each was said once");
    eves.say("goes on").await;
}

both_carriers!(a_write_that_fails_ends_the_server_and_takes_back_nothing);
