//! `kill -9` under load: what was acknowledged or seen is there, once, at its place.

mod common;

use std::collections::{HashMap, HashSet};

use chinwag::ids::{Number, Seq};
use chinwag::wire::Event;
use chinwag::wire::event::Entry;
use common::client::{body, text};
use common::{Carrier, Client, Room, Server};
use tokio::task::JoinHandle;

/// What one member knows when the server is gone.
struct Witness {
    client: Client,
    room: Room,
    seen: Vec<Entry>,
    acked: HashSet<Number>,
    sent: u64,
}

impl Witness {
    async fn new(carrier: Carrier, server: &Server, nick: &str) -> Self {
        let mut client = Client::connect(carrier, server).await;
        let room = client.join("lobby", nick).await;
        Self {
            client,
            room,
            seen: Vec::new(),
            acked: HashSet::new(),
            sent: 0,
        }
    }

    /// Sends and listens until the server is gone.
    fn work(mut self, nick: &'static str) -> JoinHandle<Self> {
        const UNDER_WAY: u64 = 20;
        tokio::spawn(async move {
            loop {
                while self.sent < self.acked.len() as u64 + UNDER_WAY {
                    self.sent += 1;
                    let said = format!("{nick} {}", self.sent);
                    self.room.send_as(self.sent, text(&said)).await;
                }
                match self.room.lane.next().await {
                    Some(Event::Entry(entry)) => self.seen.push(entry),
                    Some(Event::Ack { number }) => assert!(self.acked.insert(number)),
                    Some(Event::Refused { refusal, .. }) => panic!("{refusal:?}"),
                    Some(_) => {}
                    None => return self,
                }
            }
        })
    }

    /// Comes back, sends again what was not answered, and says what the history holds.
    async fn come_back(&mut self, carrier: Carrier, server: &Server, nick: &str) -> Vec<Entry> {
        let mut client = Client::resume(carrier, server, self.client.token).await;
        assert!(client.welcome.resumed);
        assert_eq!(client.welcome.epoch, self.client.welcome.epoch);
        let mut room = client.join("lobby", nick).await;
        let settled = room.joined.mark.number;
        assert!(room.joined.mark.refused.is_empty());
        assert!(self.acked.iter().all(|number| *number <= settled));
        for number in 1..=self.sent {
            room.send_as(number, text(&format!("{nick} {number}")))
                .await;
            room.acked(Number(number)).await;
        }
        let mut fresh = Client::connect(carrier, server).await;
        let mut reader = fresh.join("lobby", &format!("{nick}'s reader")).await;
        let page = reader.joined.page.clone();
        let whole = reader.whole_before(&page).await;
        reader.leave().await;
        (self.client, self.room) = (client, room);
        whole
    }
}

/// Waits until the log has grown by so much, as a witness of its own.
async fn grown(carrier: Carrier, server: &Server, (by, watch): (u64, &str)) {
    let mut client = Client::connect(carrier, server).await;
    let mut room = client.join("lobby", watch).await;
    let until = Seq(room.joined.head.0 + by);
    room.find(|event| match event {
        Event::Entry(entry) if entry.seq >= until => Some(()),
        _ => None,
    })
    .await;
}

fn assert_once_each(whole: &[Entry], nicks: [(&str, u64); 2]) {
    let mut times: HashMap<&str, u32> = HashMap::new();
    for entry in whole {
        *times.entry(body(entry)).or_default() += 1;
    }
    for (nick, sent) in nicks {
        for number in 1..=sent {
            let said = format!("{nick} {number}");
            assert_eq!(times.remove(said.as_str()), Some(1), "{said}");
        }
    }
    assert!(times.is_empty(), "nobody said {times:?}");
}

// X12, section 4: message acknowledged
async fn nothing_acknowledged_or_seen_is_lost_or_doubled_by_a_crash(carrier: Carrier) {
    // Counting aloud, the filter meets numbers that it reads as words.
    let fast = ["--rate", "1000", "--burst", "10000", "--filter", "off"];
    let mut server = Server::with(&fast).await;
    let mut ann = Witness::new(carrier, &server, "Ann").await;
    let mut bob = Witness::new(carrier, &server, "Bob").await;
    for round in 0..3 {
        let (anns, bobs) = (ann.work("Ann"), bob.work("Bob"));
        // Its name is held over the crash: each is another.
        let watch = format!("watch {round}");
        grown(carrier, &server, (300 + 77 * round, &watch)).await;
        server = server.crash().await;
        (ann, bob) = (anns.await.unwrap(), bobs.await.unwrap());
        ann.come_back(carrier, &server, "Ann").await;
        let whole = bob.come_back(carrier, &server, "Bob").await;
        assert_once_each(&whole, [("Ann", ann.sent), ("Bob", bob.sent)]);
        for seen in ann.seen.drain(..).chain(bob.seen.drain(..)) {
            let index = usize::try_from(seen.seq.0 - 1).unwrap();
            assert_eq!(whole[index], seen, "what was seen is what is kept");
        }
        for witness in [&mut ann, &mut bob] {
            witness.acked = (1..=witness.sent).map(Number).collect();
        }
    }
}

both_carriers![nothing_acknowledged_or_seen_is_lost_or_doubled_by_a_crash];
