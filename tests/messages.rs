//! Messages: who gets them, what is refused, and how refusals and numbers go together.

mod common;

use std::time::{SystemTime, UNIX_EPOCH};

use chinwag::ids::{BODY_CHARS, Number, Seq};
use chinwag::wire::Event;
use chinwag::wire::event::RefusalCode;
use chinwag::wire::raw::RawCommand;
use common::client::{ann_and_bob, assert_final, assert_without_gaps, body, text};
use common::{Carrier, Client, Server};

fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_millis().try_into().unwrap()
}

// A18, A19
async fn everyone_in_the_room_gets_name_text_and_the_servers_time(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let before = wall_ms();
    let mine = anns.say("Hello, world!").await;
    let after = wall_ms();
    let theirs = bobs.hear("Hello, world!").await;
    assert_eq!(mine, theirs, "the same entry for both");
    assert_eq!((&*mine.nick, mine.author), ("Ann", anns.joined.you));
    assert_eq!((mine.seq, mine.number), (Seq(1), Number(1)));
    assert!((before..=after).contains(&mine.at.0), "{mine:?}");
}

// A18
async fn the_sender_sees_its_message_before_the_acknowledgement(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    anns.everything().await;
    let number = anns.send(text("first the entry")).await;
    assert!(matches!(anns.next().await, Event::Entry(_)));
    assert_eq!(anns.next().await, Event::Ack { number });
}

// A16, X7
async fn profanity_is_refused_and_nobody_receives_it(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    for word in ["shit", "Oh, SHIT!"] {
        let refusal = anns.fails(text(word)).await;
        assert_final(
            &refusal,
            RefusalCode::Profanity,
            "Profanity is not allowed!",
        );
    }
    // The numbers of the refused ones are used up.
    let entry = anns.say("sorry").await;
    assert_eq!((entry.number, entry.seq), (Number(3), Seq(1)));
    let heard = bobs.everything().await;
    let entries = heard
        .iter()
        .filter(|event| matches!(event, Event::Entry(_)));
    assert_eq!(entries.count(), 1);
}

// A17
async fn the_filter_matches_whole_words_only(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    for fine in ["Scunthorpe is classic", "an assassin in Essex"] {
        anns.say(fine).await;
    }
}

// A17
async fn the_filter_can_be_turned_off_for_one_room_or_for_all(carrier: Carrier) {
    let server = Server::with(&["--ephemeral", "--filter-off-rooms", "Bar"]).await;
    let mut ann = Client::connect(carrier, &server).await;
    ann.join("bar", "Ann").await.say("shit").await;
    let refusal = ann.join("lobby", "Ann").await.fails(text("shit")).await;
    assert_eq!(refusal.code, RefusalCode::Profanity);
    let mild = Server::with(&["--ephemeral", "--filter-allow", "kill,god"]).await;
    let mut eve = Client::connect(carrier, &mild).await;
    let mut eves = eve.join("lobby", "Eve").await;
    eves.say("God, kill that process").await;
    let refusal = eves.fails(text("shit")).await;
    assert_eq!(refusal.code, RefusalCode::Profanity);
    let lax = Server::with(&["--ephemeral", "--filter", "off"]).await;
    let mut bob = Client::connect(carrier, &lax).await;
    bob.join("lobby", "Bob").await.say("shit").await;
}

// A20
async fn a_message_stays_in_its_room_and_as_written(carrier: Carrier) {
    let server = Server::start().await;
    let [(mut ann, mut anns), (mut bob, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut anns_den = ann.join("den", "Ann").await;
    let mut bobs_den = bob.join("den", "Bob").await;
    let written = "  two  spaces\n\n\ttab <b>&amp;</b> \u{202b}שלום  ";
    anns.say(written).await;
    bobs.hear(written).await;
    let said = anns_den.say("in the den").await;
    assert_eq!(said.seq, Seq(1), "each room has its own log");
    let heard = bobs_den.everything().await;
    let entries: Vec<_> = heard
        .iter()
        .filter_map(|event| match event {
            Event::Entry(entry) => Some(body(entry)),
            _ => None,
        })
        .collect();
    assert_eq!(entries, ["in the den"]);
}

// X2
async fn a_message_before_joining_is_refused_and_harms_nothing(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let early = RawCommand::Send {
        number: 1,
        content: text("too early"),
    };
    ann.control.send(&early).await;
    match ann.control.next().await {
        Some(Event::Refused { number, refusal }) => {
            assert_eq!((number, refusal.code), (Number(1), RefusalCode::NotJoined));
        }
        other => panic!("not refused but {other:?}"),
    }
    for command in [RawCommand::Typing, RawCommand::Leave] {
        ann.control.send(&command).await;
        match ann.control.next().await {
            Some(Event::Rejected { refusal }) => assert_eq!(refusal.code, RefusalCode::NotJoined),
            other => panic!("not rejected but {other:?}"),
        }
    }
    let mut anns = ann.join("lobby", "Ann").await;
    assert_eq!(anns.say("now").await.number, Number(1));
}

// X9
async fn blank_too_long_and_unprintable_messages_are_refused(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    let long = "é".repeat(BODY_CHARS + 1);
    for (bad, code) in [
        ("", RefusalCode::Blank),
        (" \n\u{200b}", RefusalCode::Blank),
        (&long, RefusalCode::TooLong),
        ("a\0b", RefusalCode::Unprintable),
    ] {
        let refusal = anns.fails(text(bad)).await;
        assert_eq!(refusal.code, code, "{refusal:?}");
        assert!(!refusal.text.is_empty() && !refusal.retry);
    }
    anns.say(&"😀".repeat(BODY_CHARS)).await;
}

// X9, X7
async fn a_flood_is_slowed_and_what_is_sent_again_arrives_once_and_in_order(carrier: Carrier) {
    let server = Server::with(&["--ephemeral", "--rate", "20", "--burst", "5"]).await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    let mut slowed = 0;
    for number in 1..=15 {
        loop {
            anns.send_as(number, text(&format!("flood {number}"))).await;
            let answer = anns.find(answer_to(number)).await;
            let Some(wait_ms) = answer else { break };
            slowed += 1;
            // The server says how long; a client does as it is told.
            tokio::time::sleep(std::time::Duration::from_millis(wait_ms.into())).await;
        }
    }
    assert!(slowed > 0, "fifteen at once are more than five");
    for number in 1..=15 {
        let entry = bobs.hear(&format!("flood {number}")).await;
        assert_eq!(entry.seq, Seq(number));
    }
}

/// `None` for an acknowledgement, the wait for a refusal.
fn answer_to(number: u64) -> impl Fn(&Event) -> Option<Option<u32>> {
    move |event| match event {
        Event::Ack { number: it } if it.0 == number => Some(None),
        Event::Refused {
            number: it,
            refusal,
        } if it.0 == number => {
            assert_eq!(refusal.code, RefusalCode::TooFast);
            assert!(refusal.retry);
            Some(Some(refusal.retry_after_ms))
        }
        _ => None,
    }
}

// Law 8
async fn a_number_that_skips_is_refused_and_not_used_up(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), _bob] = ann_and_bob(carrier, &server).await;
    for number in [0, 2, 0x1f_ffff_ffff_ffff, u64::MAX] {
        anns.send_as(number, text("too soon")).await;
        let refusal = anns.refused(Number(number)).await;
        assert_eq!(refusal.code, RefusalCode::NumberSkipped);
        assert!(refusal.retry);
    }
    assert_eq!(anns.say("one").await.number, Number(1));
    assert_eq!(anns.say("two").await.seq, Seq(2));
}

// Laws 2 and 9
async fn all_members_see_one_order_without_gaps(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    for count in 0..30 {
        anns.send(text(&format!("a{count}"))).await;
        bobs.send(text(&format!("b{count}"))).await;
    }
    let mut seen = Vec::new();
    for room in [&mut anns, &mut bobs] {
        let mut entries = Vec::new();
        while entries.len() < 60 {
            if let Event::Entry(entry) = room.next().await {
                entries.push(entry);
            }
        }
        assert_without_gaps(&entries, Seq(1));
        seen.push(entries);
    }
    assert_eq!(seen[0], seen[1]);
}

async fn writing_is_told_to_the_others_and_kept_nowhere(carrier: Carrier) {
    let server = Server::start().await;
    let [(_a, mut anns), (_b, mut bobs)] = ann_and_bob(carrier, &server).await;
    anns.lane.send(&RawCommand::Typing).await;
    let you = anns.joined.you;
    bobs.find(|event| (*event == Event::Typing { member: you }).then_some(()))
        .await;
    assert_eq!(bobs.say("I see").await.seq, Seq(1));
}

both_carriers![
    everyone_in_the_room_gets_name_text_and_the_servers_time,
    the_sender_sees_its_message_before_the_acknowledgement,
    profanity_is_refused_and_nobody_receives_it,
    the_filter_matches_whole_words_only,
    the_filter_can_be_turned_off_for_one_room_or_for_all,
    a_message_stays_in_its_room_and_as_written,
    a_message_before_joining_is_refused_and_harms_nothing,
    blank_too_long_and_unprintable_messages_are_refused,
    a_flood_is_slowed_and_what_is_sent_again_arrives_once_and_in_order,
    a_number_that_skips_is_refused_and_not_used_up,
    all_members_see_one_order_without_gaps,
    writing_is_told_to_the_others_and_kept_nowhere,
];
