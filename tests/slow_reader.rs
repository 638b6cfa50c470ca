//! A reader that is too slow is told so and loses nothing; nobody else waits for it.

mod common;

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::{ByeCode, Retry};
use common::client::{ann_and_bob, body, text};
use common::{Carrier, Client, Server};

/// One message of the largest kind: 16 kB.
fn long(index: u64) -> String {
    format!("{index:>8}{}", "😀".repeat(3_990))
}

// Law 6, section 4: slow reader
async fn a_reader_that_does_not_read_is_closed_and_resumes_without_loss(carrier: Carrier) {
    // Counting aloud, the filter meets numbers that it reads as words.
    let fast = [
        "--ephemeral",
        "--rate",
        "1000",
        "--burst",
        "10000",
        "--filter",
        "off",
    ];
    let server = Server::with(&fast).await;
    let [(_a, mut anns), (mut bob, bobs)] = ann_and_bob(carrier, &server).await;
    bob.link.read(false);
    // More than every buffer on the way holds: 8 MB.
    let count = 500;
    for index in 1..=count {
        let number = anns.send(text(&long(index))).await;
        // The sender is acknowledged as ever.
        anns.acked(number).await;
    }
    bob.link.read(true);
    let said = bob.control.rest().await;
    if let Some(Event::Bye(bye)) = said.last() {
        assert_eq!(bye.code, ByeCode::Slow);
        assert!(matches!(bye.retry, Retry::After(_)));
    } else {
        // Over WebSocket the goodbye may be stuck behind what was not read.
        assert_eq!((carrier, &said[..]), (Carrier::WebSocket, &[][..]));
    }
    drop(bobs);
    let mut bob = Client::resume(carrier, &server, bob.token).await;
    assert!(bob.welcome.resumed);
    let mut bobs = bob.rejoin("lobby", "Bob", Seq(0)).await;
    let page = bobs.joined.page.clone();
    let whole = bobs.whole_before(&page).await;
    let texts = whole.iter().map(body);
    assert!(
        texts.eq((1..=count).map(long)),
        "every message, once, in order"
    );
}

// Law 4
#[tokio::test]
async fn a_lane_that_is_not_read_does_not_hold_up_another() {
    let server = Server::start().await;
    let [(_a, mut anns), (mut bob, _bobs)] = ann_and_bob(Carrier::WebTransport, &server).await;
    // Bob's lane in the den is not read at all; its window is 16 kB.
    let connection = bob.link.webtransport().unwrap().clone();
    let (mut send, _unread) = connection.open_bi().await.unwrap().await.unwrap();
    let join = common::client::join("den", "Bob", None);
    send.write_all(&chinwag::wire::encode_command(&join).unwrap())
        .await
        .unwrap();
    let mut cy = Client::connect(Carrier::WebTransport, &server).await;
    let mut cys = cy.join("den", "Cy").await;
    for index in 0..10 {
        cys.say(&long(index)).await;
    }
    anns.say("in the lobby").await;
    bob.ping(7).await;
}

both_carriers![a_reader_that_does_not_read_is_closed_and_resumes_without_loss];
