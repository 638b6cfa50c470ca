//! History: the newest page at a join, and the way back to the beginning.

mod common;

use chinwag::ids::{BODY_CHARS, Seq};
use chinwag::wire::Event;
use chinwag::wire::MAX_FRAME;
use chinwag::wire::event::{Entry, RefusalCode};
use chinwag::wire::raw::RawCommand;
use common::client::{assert_without_gaps, body, text};
use common::{Carrier, Client, Room, Server};

/// Says so many messages, as many at a time as the server takes.
async fn fill(room: &mut Room, count: u64, body: impl Fn(u64) -> String) {
    let window = 32;
    for from in (1..=count).step_by(window) {
        let until = count.min(from + window as u64 - 1);
        let mut last = None;
        for index in from..=until {
            last = Some(room.send(text(&body(index))).await);
        }
        if let Some(last) = last {
            room.acked(last).await;
        }
    }
}

fn seqs(entries: &[Entry]) -> (u64, u64) {
    (entries[0].seq.0, entries[entries.len() - 1].seq.0)
}

async fn a_joiner_gets_the_newest_page_and_pages_back_to_the_beginning(carrier: Carrier) {
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    fill(&mut anns, 130, |index| format!("message {index}")).await;
    let mut bob = Client::connect(carrier, &server).await;
    let mut bobs = bob.join("lobby", "Bob").await;
    assert_eq!(bobs.joined.head, Seq(130));
    assert!(!bobs.joined.continues && bobs.joined.page.more);
    assert_eq!(seqs(&bobs.joined.page.entries), (81, 130));
    let older = bobs.page(Seq(81), 50).await;
    assert_eq!((seqs(&older.entries), older.more), ((31, 80), true));
    let oldest = bobs.page(Seq(31), 50).await;
    assert_eq!((seqs(&oldest.entries), oldest.more), ((1, 30), false));
    assert_without_gaps(&oldest.entries, Seq(1));
    assert_eq!(body(&oldest.entries[6]), "message 7");
    let page = bobs.joined.page.clone();
    assert_eq!(bobs.whole_before(&page).await.len(), 130);
}

async fn a_page_is_bounded_in_entries_and_ends_at_the_beginning(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    let nothing = anns.page(Seq(1), 10).await;
    assert_eq!((nothing.entries.len(), nothing.more), (0, false));
    fill(&mut anns, 120, |index| index.to_string()).await;
    let most = anns.page(Seq(1_000), u16::MAX).await;
    assert_eq!((seqs(&most.entries), most.more), ((21, 120), true));
    let one = anns.page(Seq(3), 1).await;
    assert_eq!((seqs(&one.entries), one.more), ((2, 2), true));
    let none = anns.page(Seq(0), 10).await;
    assert_eq!((none.entries.len(), none.more), (0, false));
}

// X4
async fn a_page_before_any_number_at_all_is_the_newest(carrier: Carrier) {
    for server in [Server::start().await, Server::lasting().await] {
        let mut ann = Client::connect(carrier, &server).await;
        let mut anns = ann.join("lobby", "Ann").await;
        anns.say("one").await;
        for before in [2, 1 << 53, i64::MAX as u64, 1 << 63, u64::MAX] {
            let page = anns.page(Seq(before), 0).await;
            assert_eq!(seqs(&page.entries), (1, 1), "before {before}");
        }
    }
}

async fn a_page_of_long_messages_is_bounded_in_bytes(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    let long = "😀".repeat(BODY_CHARS);
    fill(&mut anns, 10, |_| long.clone()).await;
    let mut bob = Client::connect(carrier, &server).await;
    let mut bobs = bob.join("lobby", "Bob").await;
    let page = bobs.joined.page.clone();
    let most = MAX_FRAME / long.len();
    assert!(
        (1..=most).contains(&page.entries.len()),
        "{}",
        page.entries.len()
    );
    let whole = bobs.whole_before(&page).await;
    assert_eq!(whole.len(), 10);
    assert!(whole.iter().all(|entry| body(entry) == long));
}

async fn history_is_for_members_and_one_question_at_a_time(carrier: Carrier) {
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let question = RawCommand::older(10, 10);
    ann.control.send(&question).await;
    match ann.control.next().await {
        Some(Event::Rejected { refusal }) => assert_eq!(refusal.code, RefusalCode::NotJoined),
        other => panic!("not rejected but {other:?}"),
    }
    let mut anns = ann.join("lobby", "Ann").await;
    for _ in 0..20 {
        anns.lane.send(&question).await;
    }
    let mut answers = 0;
    for _ in 0..20 {
        match anns.next().await {
            Event::History(_) => answers += 1,
            Event::Rejected { refusal } => {
                assert_eq!(refusal.code, RefusalCode::Busy);
                assert!(refusal.retry);
            }
            other => panic!("no answer but {other:?}"),
        }
    }
    assert!(answers > 0);
}

async fn history_outlives_the_room_and_the_server(carrier: Carrier) {
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut anns = ann.join("Lobby", "Ann").await;
    fill(&mut anns, 3, |index| format!("message {index}")).await;
    let epoch = ann.welcome.epoch;
    anns.leave().await;
    ann.cut();
    let server = server.crash().await;
    let mut bob = Client::connect(carrier, &server).await;
    let bobs = bob.join("lobby", "Bob").await;
    assert_eq!(bob.welcome.epoch, epoch);
    assert_eq!(
        &*bobs.joined.room, "Lobby",
        "A8: as its first writer wrote it"
    );
    assert_eq!(bobs.joined.page.entries.len(), 3);
    assert!(!bobs.joined.page.more);
}

both_carriers![
    a_joiner_gets_the_newest_page_and_pages_back_to_the_beginning,
    a_page_is_bounded_in_entries_and_ends_at_the_beginning,
    a_page_before_any_number_at_all_is_the_newest,
    a_page_of_long_messages_is_bounded_in_bytes,
    history_is_for_members_and_one_question_at_a_time,
    history_outlives_the_room_and_the_server,
];
