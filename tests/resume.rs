//! Coming back: after a lost connection, with another carrier, with a token that is known.

mod common;

use chinwag::ids::{Number, Seq};
use chinwag::wire::Event;
use chinwag::wire::event::{ByeCode, Cursor, RefusalCode, Retry};
use common::client::{ann_and_bob, assert_without_gaps, body, draw, text};
use common::{Carrier, Client, Server};

fn presences(events: &[Event]) -> usize {
    let told = events
        .iter()
        .filter(|event| matches!(event, Event::Presence { .. }));
    told.count()
}

// X3, X12
async fn what_was_said_meanwhile_is_there_without_gap_or_repeat(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let last = anns.say("before").await.seq;
    let token = ann.cut();
    for count in 0..10 {
        bobs.say(&format!("meanwhile {count}")).await;
    }
    let mut ann = Client::resume(carrier, &server, token).await;
    assert!(ann.welcome.resumed);
    let mut anns = ann.rejoin("lobby", "Ann", last).await;
    assert!(anns.joined.continues);
    assert_without_gaps(&anns.joined.page.entries, last.next());
    assert_eq!(anns.joined.page.entries.len(), 10);
    // What follows is live and begins right after the page.
    let next = bobs.say("live again").await;
    assert_eq!(next.seq, anns.joined.head.next());
    assert_eq!(anns.hear("live again").await, next);
    assert_eq!(
        presences(&bobs.everything().await),
        0,
        "nobody saw a leave or a join"
    );
    assert_eq!(presences(&anns.everything().await), 0);
}

// X3, X12
async fn who_missed_more_than_a_page_gets_the_newest_and_asks_for_the_rest(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let last = anns.say("before").await.seq;
    let token = ann.cut();
    for count in 0..70 {
        bobs.say(&format!("meanwhile {count}")).await;
    }
    let mut ann = Client::resume(carrier, &server, token).await;
    let mut anns = ann.rejoin("lobby", "Ann", last).await;
    let page = anns.joined.page.clone();
    assert!(!anns.joined.continues && page.more);
    assert_eq!(page.entries.last().unwrap().seq, anns.joined.head);
    let whole = anns.whole_before(&page).await;
    assert_eq!(whole.len(), 71);
    assert_eq!(body(&whole[1]), "meanwhile 0");
}

// X10
async fn a_name_is_held_for_the_lost_and_for_nobody_else(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let (you, last) = (anns.joined.you, anns.joined.head);
    let token = ann.cut();
    let mut cy = Client::connect(carrier, &server).await;
    let denied = cy.try_join("lobby", "ann", None).await.err().unwrap();
    assert_eq!(denied.refusal.code, RefusalCode::NameInUse);
    let mut ann = Client::resume(carrier, &server, token).await;
    let anns = ann.rejoin("lobby", "Ann", last).await;
    assert_eq!(anns.joined.you, you, "the same member as before");
    assert_eq!(anns.users(), ["Ann", "Bob"], "at the same place");
    assert!(
        !anns
            .before
            .iter()
            .any(|event| matches!(event, Event::Notice { .. })),
        "who was never away is not welcomed again"
    );
    assert_eq!(presences(&bobs.everything().await), 0);
}

// X10
async fn a_reload_that_overtakes_the_loss_takes_the_session_over(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, _anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut reloaded = Client::resume(carrier, &server, ann.token).await;
    assert!(reloaded.welcome.resumed);
    let bye = ann.bye().await;
    assert_eq!((bye.code, bye.retry), (ByeCode::Replaced, Retry::Stop));
    assert_eq!(ann.control.rest().await, []);
    let mut anns = reloaded.join("lobby", "Ann").await;
    anns.say("still me").await;
    assert_eq!(presences(&bobs.everything().await), 0);
}

// Law 8, X12
async fn a_retry_is_stored_once_and_answered_alike(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    anns.send(text("once")).await;
    let refusal = anns.fails(text("shit")).await;
    anns.send_as(1, text("once")).await;
    anns.acked(Number(1)).await;
    let token = ann.cut();
    let mut ann = Client::resume(carrier, &server, token).await;
    let mut anns = ann.join("lobby", "Ann").await;
    assert_eq!(anns.joined.mark.number, Number(2));
    let refused: Vec<_> = anns
        .joined
        .mark
        .refused
        .iter()
        .map(|it| (it.number, it.code))
        .collect();
    assert_eq!(refused, [(Number(2), RefusalCode::Profanity)]);
    anns.send_as(1, text("once")).await;
    anns.acked(Number(1)).await;
    anns.send_as(2, text("shit")).await;
    assert_eq!(anns.refused(Number(2)).await, refusal);
    let heard = bobs.everything().await;
    let entries = heard
        .iter()
        .filter(|event| matches!(event, Event::Entry(_)));
    assert_eq!(entries.count(), 1, "{heard:?}");
}

// X12
async fn what_was_sent_and_not_answered_is_settled_by_the_mark(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    for number in 1..=20 {
        anns.send(text(&format!("unanswered {number}"))).await;
    }
    let token = ann.cut();
    let mut ann = Client::resume(carrier, &server, token).await;
    let mut anns = ann.join("lobby", "Ann").await;
    let settled = anns.joined.mark.number.0;
    for number in settled + 1..=20 {
        let again = format!("unanswered {number}");
        anns.send_as(number, text(&again)).await;
        anns.acked(Number(number)).await;
    }
    for number in 1..=20 {
        let entry = bobs.hear(&format!("unanswered {number}")).await;
        assert_eq!(entry.seq, Seq(number), "once, and in order");
    }
}

// Law 5
async fn the_same_hello_again_means_the_same_session(carrier: Carrier) {
    let server = Server::start().await;
    let (first, second) = (draw(), draw());
    let ann = Client::greet(carrier, &server, (None, first))
        .await
        .unwrap();
    assert!(!ann.welcome.resumed);
    ann.cut();
    let ann = Client::greet(carrier, &server, (None, first))
        .await
        .unwrap();
    assert!(
        ann.welcome.resumed,
        "the answer to the first may have been lost"
    );
    ann.cut();
    for _ in 0..2 {
        let ann = Client::greet(carrier, &server, (Some(first), second)).await;
        assert!(ann.unwrap().welcome.resumed);
    }
}

async fn a_token_that_was_used_up_ends_the_session_for_both(carrier: Carrier) {
    let server = Server::start().await;
    let [(ann, _anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let stolen = ann.token;
    let mut ann = Client::resume(carrier, &server, stolen).await;
    let bye = Client::greet(carrier, &server, (Some(stolen), draw()))
        .await
        .err();
    let bye = bye.expect("a used-up token is refused");
    assert_eq!((bye.code, bye.retry), (ByeCode::TokenReused, Retry::Stop));
    assert_eq!(ann.bye().await.code, ByeCode::TokenReused);
    bobs.sees_leave("Ann").await;
}

async fn an_unknown_token_makes_a_new_session(carrier: Carrier) {
    let server = Server::start().await;
    let ann = Client::resume(carrier, &server, draw()).await;
    assert!(!ann.welcome.resumed);
}

// Section 4: transport lost
async fn a_session_moves_to_the_other_carrier_and_back(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut carriers = [carrier.other(), carrier].into_iter();
    let mut last = anns.say("at first").await.seq;
    for (round, carrier) in carriers.by_ref().enumerate() {
        let count = format!("round {round}");
        anns.send(text(&count)).await;
        let mut moved = Client::resume(carrier, &server, ann.token).await;
        assert_eq!(ann.bye().await.code, ByeCode::Replaced);
        let mut there = moved.rejoin("lobby", "Ann", last).await;
        assert!(there.joined.continues);
        let number = anns.number;
        there.send_as(number, text(&count)).await;
        there.acked(Number(number)).await;
        there.number = number;
        last = bobs.hear(&count).await.seq;
        (ann, anns) = (moved, there);
    }
    anns.say("at last").await;
    let heard = bobs.everything().await;
    assert_eq!(presences(&heard), 0);
    let entries = heard
        .iter()
        .filter(|event| matches!(event, Event::Entry(_)));
    assert_eq!(entries.count(), 2, "the first and the last: {heard:?}");
}

// Law 9
async fn a_cursor_of_another_history_starts_anew(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    anns.say("one").await;
    anns.say("two").await;
    let epoch = ann.welcome.epoch;
    let other = chinwag::ids::Epoch(epoch.0 ^ 1);
    for cursor in [
        Cursor {
            epoch: other,
            seq: Seq(1),
        },
        Cursor { epoch, seq: Seq(3) },
        Cursor {
            epoch,
            seq: Seq(u64::MAX),
        },
    ] {
        let room = ann.try_join("lobby", "Ann", Some(cursor)).await.unwrap();
        assert!(!room.joined.continues, "{cursor:?}");
        assert_eq!(room.joined.page.entries.len(), 2);
    }
    let room = ann.rejoin("lobby", "Ann", Seq(2)).await;
    assert!(room.joined.continues && room.joined.page.entries.is_empty());
}

// Section 4: server restart
async fn a_session_outlives_a_restart_of_the_server(carrier: Carrier) {
    let server = Server::lasting().await;
    let [(ann, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    let last = anns.say("before").await;
    let token = ann.token;
    let server = server.crash().await;
    let mut ann = Client::resume(carrier, &server, token).await;
    assert!(ann.welcome.resumed);
    let mut anns = ann.rejoin("lobby", "Ann", last.seq).await;
    assert!(anns.joined.continues && anns.joined.page.entries.is_empty());
    assert_eq!(anns.joined.mark.number, Number(1));
    assert_eq!(anns.joined.you, last.author);
    assert_eq!(anns.say("after").await.seq, last.seq.next());
}

// X3, X10: server restart
async fn members_who_return_after_a_crash_were_never_gone(carrier: Carrier) {
    let server = Server::lasting().await;
    let [(ann, anns), (bob, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut cy = Client::connect(carrier, &server).await;
    cy.join("lobby", "Cy").await.leave().await;
    let last = bobs.say("all before this is on disk").await.seq;
    let tokens = [ann.token, bob.token];
    let server = server.crash().await;
    let mut bob = Client::resume(carrier, &server, tokens[1]).await;
    let mut bobs = bob.rejoin("lobby", "Bob", last).await;
    assert_eq!(bobs.users(), ["Ann", "Bob"], "in the order of joining");
    let mut eve = Client::connect(carrier, &server).await;
    let denied = eve.try_join("lobby", "ann", None).await.err().unwrap();
    assert_eq!(denied.refusal.code, RefusalCode::NameInUse);
    let mut ann = Client::resume(carrier, &server, tokens[0]).await;
    assert!(ann.welcome.resumed, "although it never said anything");
    let again = ann.rejoin("lobby", "Ann", last).await;
    assert_eq!(again.joined.you, anns.joined.you);
    assert!(again.joined.continues);
    assert_eq!(presences(&bobs.everything().await), 0);
    eve.join("lobby", "Cy").await;
}

both_carriers![
    what_was_said_meanwhile_is_there_without_gap_or_repeat,
    who_missed_more_than_a_page_gets_the_newest_and_asks_for_the_rest,
    a_name_is_held_for_the_lost_and_for_nobody_else,
    a_reload_that_overtakes_the_loss_takes_the_session_over,
    a_retry_is_stored_once_and_answered_alike,
    what_was_sent_and_not_answered_is_settled_by_the_mark,
    the_same_hello_again_means_the_same_session,
    a_token_that_was_used_up_ends_the_session_for_both,
    an_unknown_token_makes_a_new_session,
    a_session_moves_to_the_other_carrier_and_back,
    a_cursor_of_another_history_starts_anew,
    a_session_outlives_a_restart_of_the_server,
    members_who_return_after_a_crash_were_never_gone,
];
