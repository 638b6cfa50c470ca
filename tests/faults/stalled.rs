//! One reader of a busy room stops reading; what that costs the server and the others.
//!
//! Runs with and without one are made in turn, each with a server of its own and for the same time, because memory that a
//! process has had once it keeps. Decides nothing but what is compared: the growth of the server's memory from the end
//! of the warm-up to its peak, and the 99th percentile of the time from sending to being shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::{ByeCode, Content, Cursor, Entry};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::bars::{Bars, percentile};
use crate::common::client::draw;
use crate::common::{Carrier, Link, Target};
use crate::crowd::{Crowd, DEADLINE, plan};
use crate::member::{Plan, Progress};
use crate::process::Process;
use crate::scenarios::Told;
use crate::size;
use crate::verdict::{Seen, Verdict, judge};
use crate::visit::{Next, Visit, Wish};

/// Who write: 100 messages a second each.
const WRITERS: u64 = 10;

/// The server's memory and the clients' windows have found their size by then.
const WARM_UP: Duration = Duration::from_secs(6);

const CARRIERS: [Carrier; 2] = [Carrier::WebTransport, Carrier::WebSocket];

/// What one run has shown.
struct Run {
    /// In KiB.
    growth: i64,
    p99: Duration,
    /// Messages a second.
    rate: u64,
    /// Of the reader that stalled.
    end: Option<End>,
    verdict: Verdict,
}

/// How a connection that was not read has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    ToldSlow,
    Closed,
    Never,
}

/// Runs without a stalled reader, and with one over each carrier, in turn.
pub async fn compared() -> Told {
    let rounds = size("FAULTS_STALLS", 3, 1);
    let (mut without, mut with) = (Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..rounds {
        without.push(run(None).await);
        for (carrier, runs) in CARRIERS.into_iter().zip(&mut with) {
            runs.push(run(Some(carrier)).await);
        }
    }
    let mut bars = Bars::default();
    let (base, usual) = (median(&without, |run| run.growth), spread(&without));
    let rate = without.iter().map(|run| run.rate).min().unwrap_or(0);
    let mut done = format!(
        "{rounds} runs each at {rate} messages a second or more; without: {base} KiB of growth, p99 {} ms ({} to {} ms)",
        ms(median(&without, |run| run.p99)),
        ms(usual.0),
        ms(usual.1)
    );
    for (carrier, runs) in CARRIERS.into_iter().zip(&with) {
        let more = median(runs, |run| run.growth) - base;
        let p99 = median(runs, |run| run.p99);
        let told = runs.iter().filter(|run| run.end == Some(End::ToldSlow));
        let told = told.count();
        done += &format!(
            "; stalled over {carrier:?}: {more} KiB more, p99 {} ms, {told} told `Slow`",
            ms(p99)
        );
        bars.measured(more <= 1_024, "at most 1 MiB more");
        // What varies without a stalled reader says nothing about one.
        let bar = usual.1.max(median(&without, |run| run.p99).mul_f64(1.1));
        bars.measured(
            p99 <= bar,
            "the others' p99 shall stay within 10 %, or within what it varies",
        );
        let all_ended = runs.iter().all(|run| run.end != Some(End::Never));
        bars.measured(all_ended, "whoever does not read shall be told, or closed");
    }
    bars.measured(
        rate >= 9 * WRITERS * 10,
        "there shall be 1,000 messages a second",
    );
    let mut verdict = Verdict::default();
    for run in without.iter().chain(with.iter().flatten()) {
        verdict += run.verdict;
    }
    (done, bars.outcome(verdict))
}

fn median<T: Ord + Copy>(runs: &[Run], of: impl Fn(&Run) -> T) -> T {
    percentile(&mut runs.iter().map(of).collect::<Vec<T>>(), 50)
}

fn spread(runs: &[Run]) -> (Duration, Duration) {
    let mut p99s: Vec<Duration> = runs.iter().map(|run| run.p99).collect();
    (percentile(&mut p99s, 0), percentile(&mut p99s, 100))
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}

/// A room with a server of its own, where perhaps one stalls.
async fn run(stalls: Option<Carrier>) -> Run {
    let readers = size("FAULTS_READERS", 90, 8);
    let window = Duration::from_secs(size("FAULTS_STALL_SECONDS", 12, 4));
    let server = Process::start().await;
    let target = server.target();
    let crowd = Crowd::start((0..WRITERS).map(|index| Plan {
        suspicion: Duration::from_secs(3),
        patience: Duration::from_secs(10),
        ..plan(index, &target)
    }));
    let shared = Shared {
        writers: crowd.progress().into(),
        counts: Arc::default(),
        last: watch::Sender::new(None),
        reads: watch::Sender::new(true),
    };
    let carriers = (1..readers).map(|index| CARRIERS[usize::from(index % 2 == 1)]);
    let reading: Vec<_> = carriers
        .enumerate()
        .map(|(index, carrier)| shared.read(&target, carrier, index))
        .collect();
    let stalling = shared.stall(&target, stalls.unwrap_or(Carrier::WebTransport));
    crowd.each_acked(10).await;
    sleep(WARM_UP).await;
    let (before, since, acked) = (server.memory(), Instant::now(), crowd.acked());
    shared.counts.store(true, Ordering::Relaxed);
    shared.reads.send_replace(stalls.is_none());
    let (peak, ()) = server.peak(sleep(window)).await;
    shared.counts.store(false, Ordering::Relaxed);
    let rate =
        (crowd.acked() - acked) * 1_000 / u64::try_from(since.elapsed().as_millis()).unwrap();
    let rooms = crowd.gather().await;
    let history = Visit::whole(&target, "lobby").await.expect("the history");
    shared.last.send_replace(Some(history.len() as u64));
    shared.reads.send_replace(true);
    let mut clients = rooms.into_values().next().expect("a room");
    let (seen, end) = ended(stalling).await;
    clients.push(seen);
    let mut verdict = judge(&history, &clients);
    let mut times = Vec::new();
    for reader in reading {
        let read = ended(reader).await;
        verdict += read.0;
        times.extend(read.1);
    }
    Run {
        growth: peak - before,
        p99: percentile(&mut times, 99),
        rate,
        end: stalls.map(|_| end),
        verdict,
    }
}

async fn ended<T>(task: JoinHandle<T>) -> T {
    let ended = timeout(DEADLINE, task).await.expect("a reader ends");
    ended.expect("a reader ends well")
}

/// What the readers know of the run.
struct Shared {
    writers: Arc<[Arc<Progress>]>,
    /// Whether times are counted.
    counts: Arc<AtomicBool>,
    /// After which entry a reader ends.
    last: watch::Sender<Option<u64>>,
    /// Whether the one that may stall reads.
    reads: watch::Sender<bool>,
}

impl Shared {
    /// Somebody who reads everything, and counts instead of keeping it: a million entries would be the lab's load, not
    /// the server's.
    fn read(
        &self,
        target: &Target,
        carrier: Carrier,
        index: usize,
    ) -> JoinHandle<(Verdict, Vec<Duration>)> {
        let (target, writers) = (target.clone(), self.writers.clone());
        let (counts, mut last) = (self.counts.clone(), self.last.subscribe());
        tokio::spawn(async move {
            let mut reader = Reader::default();
            let (mut visit, _) = enter(&target, carrier, &format!("reader {index}")).await;
            reader.last = visit
                .first_page
                .0
                .entries
                .last()
                .map_or(0, |entry| entry.seq.0);
            while !last
                .borrow_and_update()
                .is_some_and(|last| last <= reader.last)
            {
                let next = tokio::select! {
                    next = visit.next() => next,
                    _ = last.changed() => continue,
                };
                match next {
                    Next::Event(Event::Entry(entry)) => {
                        reader.take(&entry, counts.load(Ordering::Relaxed).then_some(&writers));
                    }
                    Next::Event(_) | Next::SignOfLife => {}
                    Next::End => panic!("a reader that reads was closed"),
                }
            }
            reader.verdict.sessions = 1;
            (reader.verdict, reader.times)
        })
    }

    /// Somebody who stops reading when told so, and comes back for the rest when there is nothing more to come.
    fn stall(&self, target: &Target, carrier: Carrier) -> JoinHandle<(Seen, End)> {
        let target = target.clone();
        let (mut last, mut reads) = (self.last.subscribe(), self.reads.subscribe());
        tokio::spawn(async move {
            let (mut visit, token) = enter(&target, carrier, "staller").await;
            let mut seen = Seen {
                nick: "staller".into(),
                entries: visit.first_page.0.entries.clone(),
                ..Seen::default()
            };
            let (mut stalls, mut over) = (reads.clone(), last.clone());
            tokio::select! {
                _ = stalls.wait_for(|reads| !reads) => visit.link.read(false),
                _ = over.wait_for(Option::is_some) => {}
                () = listen(&mut visit, &mut seen.entries) => panic!("closed too early"),
            }
            last.wait_for(Option::is_some)
                .await
                .expect("the run goes on");
            let last = last.borrow().expect("the last entry");
            reads
                .wait_for(|reads| *reads)
                .await
                .expect("the run goes on");
            visit.link.read(true);
            let is_all = |seen: &Seen| seen.entries.last().is_some_and(|entry| entry.seq.0 == last);
            let mut end = End::Never;
            while !is_all(&seen) {
                match timeout(DEADLINE / 3, visit.next()).await {
                    Ok(Next::Event(Event::Entry(entry))) => seen.entries.push(entry),
                    Ok(Next::Event(_) | Next::SignOfLife) => {}
                    Ok(Next::End) => {
                        end = how_it_ended(&mut visit).await;
                        break;
                    }
                    Err(_) => panic!("neither read nor closed"),
                }
            }
            resume(&target, (carrier, token), (&visit, &mut seen)).await;
            (seen, end)
        })
    }
}

async fn listen(visit: &mut Visit, entries: &mut Vec<Entry>) {
    loop {
        match visit.next().await {
            Next::Event(Event::Entry(entry)) => entries.push(entry),
            Next::Event(_) | Next::SignOfLife => {}
            Next::End => return,
        }
    }
}

async fn how_it_ended(visit: &mut Visit) -> End {
    match visit.goodbye().await {
        Some(bye) if bye.code == ByeCode::Slow => End::ToldSlow,
        Some(bye) => panic!("told {bye:?}"),
        None => End::Closed,
    }
}

/// Comes back with its cursor for what is missing.
async fn resume(
    target: &Target,
    (carrier, token): (Carrier, [u8; 32]),
    (visit, seen): (&Visit, &mut Seen),
) {
    let epoch = visit.welcome.epoch;
    let seq = seen.entries.last().map_or(Seq(0), |entry| entry.seq);
    let wish = Wish {
        token: Some(token),
        next: draw(),
        room: "lobby",
        nick: "staller",
        held: Some(Cursor { epoch, seq }),
    };
    let mut link = Link::try_open(carrier, target).await.expect("a connection");
    let greeted = Visit::greet(&mut link, &wish).await.expect("a welcome");
    let joining = Visit::join(link, greeted, &wish, &mut seen.entries);
    joining.await.expect("everything that was missed");
}

/// Somebody new in the lobby, and what resumes the session.
async fn enter(target: &Target, carrier: Carrier, nick: &str) -> (Visit, [u8; 32]) {
    let mut link = Link::try_open(carrier, target).await.expect("a connection");
    let wish = Wish {
        token: None,
        next: draw(),
        room: "lobby",
        nick,
        held: None,
    };
    let greeted = Visit::greet(&mut link, &wish).await.expect("a welcome");
    let (visit, _) = Visit::enter(link, greeted).await.expect("a join");
    (visit, wish.next)
}

/// What somebody has read.
#[derive(Default)]
struct Reader {
    last: u64,
    verdict: Verdict,
    times: Vec<Duration>,
}

impl Reader {
    /// Counts an entry, and how long it took if its writers are given.
    fn take(&mut self, entry: &Entry, writers: Option<&Arc<[Arc<Progress>]>>) {
        let now = Instant::now();
        let skipped = entry.seq.0.saturating_sub(self.last + 1);
        self.verdict.lost += usize::try_from(skipped).unwrap();
        self.verdict.doubled += usize::from(entry.seq.0 <= self.last);
        self.last = self.last.max(entry.seq.0);
        let said_at = writers.and_then(|writers| said_at(writers, entry));
        self.times
            .extend(said_at.map(|at| now.saturating_duration_since(at)));
    }
}

/// When an entry was said: "m3 17" is the 17th of the third.
fn said_at(writers: &[Arc<Progress>], entry: &Entry) -> Option<Instant> {
    let Content::Text { .. } = &entry.content else {
        return None;
    };
    let writer: usize = entry.nick.strip_prefix('m')?.parse().ok()?;
    let number = usize::try_from(entry.number.0).ok()?;
    let said = writers.get(writer)?.said_at.lock().unwrap();
    said.get(number - 1).copied()
}
