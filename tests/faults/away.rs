//! Clients that were away while much was said, and come back over a link with a known round trip.
//!
//! Measures the time from the first byte of `Hello` to the whole first screen, and holds what is on it, and what
//! `History` brings after it, against the history.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chinwag::ids::{Epoch, Seq};
use chinwag::wire::Event;
use chinwag::wire::event::{Cursor, Entry};
use chinwag::wire::raw::RawCommand;

use crate::bars::{Bars, percentile};
use crate::common::client::{draw, text};
use crate::common::{Carrier, Failure, Link, Target};
use crate::crowd::{Crowd, plan};
use crate::member::Plan;
use crate::process::Process;
use crate::scenarios::Told;
use crate::size;
use crate::verdict::{Seen, Verdict, judge, words};
use crate::visit::{LARGE_PAGE, Next, Visit, Wish};

/// Who speak meanwhile.
const WRITERS: u64 = 4;

/// Beyond the round trip.
const BAR: Duration = Duration::from_millis(250);

const ROOM: &str = "lobby";

/// What the network is like: 20 ms each way, nothing is lost.
pub const NETWORK: [&str; 2] = ["--delay-ms", "20"];

pub async fn inside(name: &str) -> Told {
    let listen = SocketAddr::from(([10, 77, 0, 1], 4433));
    let server = Process::start_in(&format!("{name}-a"), listen).await;
    let target = server.target();
    let carriers = [Carrier::WebTransport, Carrier::WebSocket];
    let mut friends = carriers.map(|carrier| Friend::new(&target, carrier));
    for friend in &mut friends {
        friend.come_first().await.expect("a first visit");
    }
    let mut bars = Bars::default();
    let mut done = Vec::new();
    let mut writers = Vec::new();
    for missed in [
        0,
        size("FAULTS_AWAY", 500, 200),
        size("FAULTS_AWAY_LONG", 100_000, 2_000),
    ] {
        for friend in &mut friends {
            friend.read_on().await.expect("a visit");
        }
        writers.extend(speak(&target, missed, writers.len() as u64).await);
        for friend in &mut friends {
            let back = friend.come_back(missed).await.expect("a way back");
            bars.measured(
                back.took <= back.round_trip + BAR,
                "a round trip and 250 ms",
            );
            bars.must(back.flaw.is_empty(), back.flaw);
            done.push(format!(
                "{missed} missed over {:?}: {} ms (round trip {} ms)",
                friend.carrier,
                back.took.as_millis(),
                back.round_trip.as_millis()
            ));
        }
        let [one, other] = &mut friends;
        let (one, other) = tokio::join!(one.read_back(), other.read_back());
        one.and(other).expect("what lies between");
    }
    let history = Visit::whole(&target, ROOM).await.expect("the history");
    writers.extend(friends.map(|friend| friend.seen));
    let verdict: Verdict = judge(&history, &writers);
    (done.join("; "), bars.outcome(verdict))
}

/// Lets others say so many messages.
async fn speak(target: &Target, messages: u64, spoken: u64) -> Vec<Seen> {
    let writers = if messages == 0 { 0 } else { WRITERS };
    let plans = (0..writers).map(|index| Plan {
        carrier: Carrier::WebSocket,
        suspicion: Duration::from_secs(3),
        patience: Duration::from_secs(10),
        pace: Duration::from_millis(1),
        under_way: 60,
        quota: Some(messages / WRITERS),
        ..plan(spoken + index, target)
    });
    let deadline = Duration::from_secs(60 + messages / 200);
    let rooms = Crowd::start(plans).finished(deadline).await;
    rooms.into_values().flatten().collect()
}

/// Somebody who comes and goes.
struct Friend {
    carrier: Carrier,
    target: Target,
    token: Option<[u8; 32]>,
    next: [u8; 32],
    epoch: Option<Epoch>,
    seen: Seen,
    /// Back, with a page that is not joined to what was held yet.
    back: Option<(Visit, Vec<Entry>)>,
}

/// How somebody came back.
struct Back {
    took: Duration,
    round_trip: Duration,
    /// What was not as it should be.
    flaw: String,
}

impl Friend {
    fn new(target: &Target, carrier: Carrier) -> Self {
        Self {
            carrier,
            target: target.clone(),
            token: None,
            next: draw(),
            epoch: None,
            seen: Seen {
                nick: format!("friend over {carrier:?}"),
                ..Seen::default()
            },
            back: None,
        }
    }

    fn held(&self) -> Option<Cursor> {
        let seq = self.seen.entries.last().map_or(Seq(0), |entry| entry.seq);
        self.epoch.map(|epoch| Cursor { epoch, seq })
    }

    /// Hello and Join in one flight, to the whole first screen.
    async fn enter(&mut self, mut link: Link) -> Result<(Visit, Duration), Failure> {
        let nick = self.seen.nick.clone();
        let wish = Wish {
            token: self.token,
            next: self.next,
            room: ROOM,
            nick: &nick,
            held: self.held(),
        };
        let since = Instant::now();
        let greeted = Visit::greet(&mut link, &wish).await?;
        let (visit, _) = Visit::enter(link, greeted).await?;
        let took = since.elapsed();
        assert!(self.token.is_none() || visit.welcome.resumed, "forgotten");
        (self.token, self.next) = (Some(self.next), draw());
        self.epoch = Some(visit.welcome.epoch);
        Ok((visit, took))
    }

    /// Says something, so that the session is one that is remembered.
    async fn come_first(&mut self) -> Result<(), Failure> {
        let link = Link::try_open(self.carrier, &self.target).await?;
        let (mut visit, _) = self.enter(link).await?;
        self.seen.entries.append(&mut visit.first_page.0.entries);
        self.seen.sent = 1;
        let content = text(&words(&self.seen.nick, 1));
        visit
            .lane
            .send(&RawCommand::Send { number: 1, content })
            .await;
        while self.seen.acked.is_empty() {
            match visit.next().await {
                Next::Event(Event::Entry(entry)) => self.seen.entries.push(entry),
                Next::Event(Event::Ack { number }) => self.seen.acked.push(number.0),
                Next::Event(_) | Next::SignOfLife => {}
                Next::End => return Err("the connection is lost".into()),
            }
        }
        Ok(())
    }

    /// Holds everything, and goes without a word.
    async fn read_on(&mut self) -> Result<(), Failure> {
        let link = Link::try_open(self.carrier, &self.target).await?;
        let (visit, _) = self.enter(link).await?;
        self.take(visit);
        self.read_back().await
    }

    async fn come_back(&mut self, missed: u64) -> Result<Back, Failure> {
        let round_trip = self.round_trip().await?;
        let link = Link::try_open(self.carrier, &self.target).await?;
        let held = self.held().map_or(0, |held| held.seq.0);
        let (visit, took) = self.enter(link).await?;
        let (page, continues) = &visit.first_page;
        let right = match missed {
            0 => *continues && page.entries.is_empty(),
            _ => is_newest(&page.entries, held + missed) && !*continues,
        };
        let flaw = match right {
            true => String::new(),
            false => format!(
                "the first screen after {missed}: {} entries, continues: {continues}",
                page.entries.len()
            ),
        };
        self.take(visit);
        Ok(Back {
            took,
            round_trip,
            flaw,
        })
    }

    /// As it is now: a ping of somebody else over the same carrier.
    async fn round_trip(&self) -> Result<Duration, Failure> {
        const PINGS: usize = 9;
        let mut friend = Self::new(&self.target, self.carrier);
        friend.seen.nick = format!("probe {}", self.seen.entries.len());
        let link = Link::try_open(self.carrier, &self.target).await?;
        let (mut visit, _) = friend.enter(link).await?;
        let mut times = Vec::new();
        for _ in 0..PINGS {
            let since = Instant::now();
            visit.ping().await;
            visit.control.next().await.ok_or("no pong")?;
            times.push(since.elapsed());
        }
        visit.lane.send(&RawCommand::Leave).await;
        visit.lane.rest().await;
        Ok(percentile(&mut times, 50))
    }

    fn take(&mut self, mut visit: Visit) {
        let page = std::mem::take(&mut visit.first_page.0.entries);
        self.back = Some((visit, page));
    }

    /// Asks for what lies between the first screen and what was held, page by page, and goes.
    async fn read_back(&mut self) -> Result<(), Failure> {
        let Some((mut visit, mut newest)) = self.back.take() else {
            return Ok(());
        };
        let held = self.held().map_or(0, |held| held.seq.0);
        let mut older = Vec::new();
        let mut first = newest.first().map_or(held + 1, |entry| entry.seq.0);
        while first > held + 1 {
            let limit = u16::try_from(first - held - 1)
                .unwrap_or(u16::MAX)
                .min(LARGE_PAGE);
            let question = RawCommand::older(first, limit);
            visit.lane.send(&question).await;
            let page = page(&mut visit).await?;
            first = page.first().ok_or("there was to be more")?.seq.0;
            older.push(page);
        }
        self.seen.entries.extend(older.into_iter().rev().flatten());
        self.seen.entries.append(&mut newest);
        Ok(())
    }
}

async fn page(visit: &mut Visit) -> Result<Vec<Entry>, Failure> {
    loop {
        match visit.next().await {
            Next::Event(Event::History(page)) => return Ok(page.entries),
            Next::Event(Event::Rejected { refusal }) => return Err(refusal.text.as_ref().into()),
            Next::Event(_) | Next::SignOfLife => {}
            Next::End => return Err("the connection is lost".into()),
        }
    }
}

/// A whole page, without a gap, whose last entry is `last`.
fn is_newest(page: &[Entry], last: u64) -> bool {
    /// The protocol, section 10.
    const WHOLE: u64 = 50;
    let seqs = page.iter().map(|entry| entry.seq.0);
    seqs.eq(last + 1 - WHOLE..=last)
}
