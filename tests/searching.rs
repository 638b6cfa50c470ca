//! Searching, over both carriers and over a kill: what may be found, once, and what is gone.

mod common;

use std::path::{Path, PathBuf};

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::{Content, Entry};
use chinwag::wire::raw::RawCommand;
use common::client::{ann_and_bob, text};
use common::{Carrier, Client, Room, Server};

/// Messages sent before the first of them is waited for: fewer than may be under way.
const AT_ONCE: u64 = 50;

fn all(text: &str) -> RawCommand {
    sought(text, None, u64::MAX)
}

fn sought(text: &str, from: Option<&str>, below: u64) -> RawCommand {
    RawCommand::Search {
        text: text.to_owned(),
        from: from.map(str::to_owned),
        after: None,
        before: None,
        below,
        limit: 50,
    }
}

/// The hits of one answer, and whether there are older ones.
async fn ask(room: &mut Room, search: RawCommand) -> (Vec<Entry>, bool) {
    room.lane.send(&search).await;
    room.find(|event| match event {
        Event::Found { hits, more } => Some((hits.clone(), *more)),
        Event::Rejected { refusal } => panic!("{refusal:?}"),
        _ => None,
    })
    .await
}

async fn search(room: &mut Room, text: &str) -> Vec<Seq> {
    let (hits, _) = ask(room, all(text)).await;
    hits.iter().map(|hit| hit.seq).collect()
}

/// All that is found, answer after answer.
async fn search_through(room: &mut Room, text: &str) -> Vec<Seq> {
    let mut found = Vec::new();
    let mut below = u64::MAX;
    loop {
        let (hits, more) = ask(room, sought(text, None, below)).await;
        found.extend(hits.iter().map(|hit| hit.seq));
        if !more {
            return found;
        }
        below = hits.last().expect("there is more behind a hit").seq.0;
    }
}

/// Sends all of it, and waits until it is stored.
async fn say_all(room: &mut Room, contents: impl IntoIterator<Item = Content>) {
    for content in contents {
        let number = room.send(content).await;
        if number.0.is_multiple_of(AT_ONCE) {
            room.acked(number).await;
        }
    }
    let last = chinwag::ids::Number(room.number);
    if !last.0.is_multiple_of(AT_ONCE) {
        room.acked(last).await;
    }
}

// F2
async fn what_was_said_in_a_room_is_found_by_its_members(carrier: Carrier) {
    let server = Server::lasting().await;
    let [(mut ann, mut anns), (_bob, mut bobs)] = ann_and_bob(carrier, &server).await;
    let tea = anns.say("Tea at five?").await;
    let pot = bobs.say("The teapot is mine").await;
    let cake = anns.say("cake, then").await;
    let mut den = ann.join("den", "Ann").await;
    den.say("no tea for them").await;
    for room in [&mut anns, &mut bobs] {
        assert_eq!(search(room, "tea").await, [pot.seq, tea.seq]);
        assert_eq!(search(room, "\"tea\"").await, [tea.seq]);
        assert_eq!(search(room, "whisky").await, []);
        let (hits, more) = ask(room, sought("", Some("ann"), u64::MAX)).await;
        assert_eq!((hits, more), (vec![cake.clone(), tea.clone()], false));
    }
    let edit = Content::Edit {
        of: tea.seq,
        body: "coffee".into(),
    };
    say_all(&mut anns, [edit, Content::Delete { of: cake.seq }]).await;
    assert_eq!(search(&mut bobs, "tea").await, [pot.seq]);
    assert_eq!(search(&mut bobs, "cake").await, []);
    let (hits, _) = ask(&mut bobs, all("coffee")).await;
    assert_eq!(hits[0].content, text("coffee"));
}

// F2
async fn a_long_list_of_hits_comes_in_parts(carrier: Carrier) {
    let server = Server::start().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut room = ann.join("lobby", "Ann").await;
    say_all(&mut room, (1..=130).map(|n| text(&format!("again {n}")))).await;
    let whole: Vec<Seq> = (1..=130).rev().map(Seq).collect();
    assert_eq!(search_through(&mut room, "again").await, whole);
}

// F2
async fn a_message_is_found_once_although_the_server_was_killed_before_it_was_indexed(
    carrier: Carrier,
) {
    const SAID: u64 = 1_200;
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut room = ann.join("lobby", "Ann").await;
    let said = |n| text(&format!("tea {}", word(n)));
    say_all(&mut room, (1..=SAID).map(said)).await;
    let server = killed(server).await;
    assert!(left_to_index(&server) > 0, "all was indexed before");
    let server = server.again().await;
    let mut bob = Client::connect(carrier, &server).await;
    let mut room = bob.join("lobby", "Bob").await;
    // Each search first indexes some of what is left, in order.
    while search(&mut room, &word(SAID)).await != [Seq(SAID)] {}
    let whole: Vec<Seq> = (1..=SAID).rev().map(Seq).collect();
    assert_eq!(search_through(&mut room, "tea").await, whole);
    for n in [1, SAID / 2, SAID - 1] {
        assert_eq!(search(&mut room, &word(n)).await, [Seq(n)]);
    }
}

async fn a_deleted_text_is_in_no_file_although_the_server_was_killed_at_once(carrier: Carrier) {
    const SAID: u64 = 120;
    let server = Server::lasting().await;
    let mut ann = Client::connect(carrier, &server).await;
    let mut room = ann.join("lobby", "Ann").await;
    let said = |n| text(&format!("said {} once", word(n)));
    say_all(&mut room, (1..=SAID).map(said)).await;
    // Some are in the index, some are not when they are deleted.
    while search(&mut room, &word(SAID)).await != [Seq(SAID)] {}
    say_all(&mut room, (SAID + 1..=2 * SAID).map(said)).await;
    let delete = |n| Content::Delete { of: Seq(n) };
    let (gone, kept): (Vec<u64>, Vec<u64>) = (1..=2 * SAID).partition(|n| n % 3 > 0);
    // One by one: what is not among the newest the server looks up first.
    for n in &gone {
        say_all(&mut room, [delete(*n)]).await;
    }
    let server = killed(server).await.again().await;
    let mut bob = Client::connect(carrier, &server).await;
    let mut room = bob.join("lobby", "Bob").await;
    assert_eq!(left_in_files(&server, &gone), [0; 0]);
    assert_eq!(left_in_files(&server, &kept), kept);
    while search(&mut room, &word(2 * SAID)).await != [Seq(2 * SAID)] {}
    let found: Vec<Seq> = kept.iter().rev().map(|n| Seq(*n)).collect();
    assert_eq!(search_through(&mut room, "said").await, found);
    assert_eq!(left_in_files(&server, &gone), [0; 0]);
}

both_carriers![
    what_was_said_in_a_room_is_found_by_its_members,
    a_long_list_of_hits_comes_in_parts,
    a_message_is_found_once_although_the_server_was_killed_before_it_was_indexed,
    a_deleted_text_is_in_no_file_although_the_server_was_killed_at_once,
];

/// The server is gone as by `kill -9`; what it left is as it was at that moment.
async fn killed(mut server: Server) -> Server {
    server.signal("KILL");
    server.ended().await;
    server
}

fn files(server: &Server) -> [PathBuf; 2] {
    ["chinwag.db", "chinwag.db-wal"].map(|name| server.home().join("data").join(name))
}

/// Entries that the files of a server that has ended hold, and its index does not. A copy is
/// read: to open a database is to change it.
fn left_to_index(server: &Server) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let copy = |path: &Path| folder.path().join(path.file_name().unwrap());
    let [database, ahead] = files(server);
    for file in [&database, &ahead] {
        std::fs::copy(file, copy(file)).unwrap();
    }
    let connection = rusqlite::Connection::open(copy(&database)).unwrap();
    let left = "SELECT (SELECT max(rowid) FROM entries) - upto FROM indexed";
    connection.query_row(left, [], |row| row.get(0)).unwrap()
}

/// Those whose words stand in a file, whole or from the sixth letter on: an index may keep the
/// beginning elsewhere.
fn left_in_files(server: &Server, numbers: &[u64]) -> Vec<u64> {
    let files = files(server).map(|file| std::fs::read(file).unwrap_or_default());
    let holds = |n: &&u64| {
        let word = word(**n);
        let end = &word.as_bytes()[5..];
        let in_file = |file: &Vec<u8>| file.windows(end.len()).any(|found| found == end);
        files.iter().any(in_file)
    };
    numbers.iter().filter(holds).copied().collect()
}

/// A word that nothing else looks like.
fn word(n: u64) -> String {
    let mut rest = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63;
    let mut word = String::new();
    while rest > 0 {
        let letter = u8::try_from(rest % 26).expect("a remainder of 26");
        word.push(char::from(b'a' + letter));
        rest /= 26;
    }
    word
}
