//! What a client says of its moves is counted for the operator, and nobody else hears of it.

mod common;

use chinwag::wire::event::ByeCode;
use chinwag::wire::raw::{MoveReason, RawCommand, Transport};
use common::client::ann_and_bob;
use common::{Carrier, Client, Link, Server};

fn moved(from: Transport, reason: MoveReason) -> RawCommand {
    RawCommand::Moved { from, reason }
}

fn label(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::WebTransport => "webtransport",
        Carrier::WebSocket => "websocket",
    }
}

async fn a_move_is_counted_by_where_from_where_to_and_why(carrier: Carrier) {
    let server = Server::counting().await;
    let token = Client::connect(carrier.other(), &server).await.cut();
    let mut ann = Client::resume(carrier, &server, token).await;
    let to = label(carrier);
    let told = moved(Transport::WebSocket, MoveReason::Stalled);
    ann.control.send(&told).await;
    // It has no answer, and what follows it has.
    ann.ping(1).await;
    let stalled = format!(r#"chinwag_moves_total{{from="websocket",to="{to}",reason="stalled"}}"#);
    assert_eq!(server.metric(&stalled).await, 1);
    let mut ann = Client::resume(carrier, &server, ann.token).await;
    let back = moved(Transport::WebTransport, MoveReason::Network);
    ann.control.send(&back).await;
    ann.ping(2).await;
    let network =
        format!(r#"chinwag_moves_total{{from="webtransport",to="{to}",reason="network"}}"#);
    assert_eq!(server.metric(&network).await, 1);
    assert_eq!(server.metric(&stalled).await, 1);
}

// X4
async fn a_move_is_told_once_and_on_the_control_lane_only(carrier: Carrier) {
    let mut server = Server::counting().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let better = moved(Transport::WebSocket, MoveReason::Better);

    let mut early = Link::open(carrier, &server).await;
    let mut control = early.lane().await;
    control.send(&better).await;
    let said = control.rest().await;
    assert!(
        matches!(&said[..], [chinwag::wire::Event::Bye(bye)] if bye.code == ByeCode::Malformed),
        "before the greeting: {said:?}"
    );

    let mut eve = Client::connect(carrier, &server).await;
    let mut eves = eve.join("lobby", "Eve").await;
    eves.lane.send(&better).await;
    assert_eq!(eve.bye().await.code, ByeCode::Malformed, "on a room's lane");

    let mut mallory = Client::connect(carrier, &server).await;
    mallory.control.send(&better).await;
    mallory.control.send(&better).await;
    assert_eq!(mallory.bye().await.code, ByeCode::Malformed, "twice");

    let counted = format!(
        r#"chinwag_moves_total{{from="websocket",to="{}",reason="better"}}"#,
        label(carrier)
    );
    assert_eq!(server.metric(&counted).await, 1);
    anns.say("all well").await;
    bobs.hear("all well").await;
    assert!(server.is_alive());
}

both_carriers!(
    a_move_is_counted_by_where_from_where_to_and_why,
    a_move_is_told_once_and_on_the_control_lane_only,
);
