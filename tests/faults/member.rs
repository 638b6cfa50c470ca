//! A client under load: it sends numbered messages, comes back by itself, and remembers everything it
//! was told and shown.
//!
//! Decides when a connection is given up. While something is unanswered it asks for signs of life; when none has come
//! for [`Plan::suspicion`] it opens a connection over the other carrier beside, and goes there as soon as that is open
//! (if it [`Plan::moves`]); after [`Plan::patience`] it gives up in any case. Does not judge. Invariant: a number is
//! sent again until it is answered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chinwag::ids::{Epoch, Seq};
use chinwag::wire::Event;
use chinwag::wire::event::{ByeCode, Cursor, RefusalCode, Retry};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::beside::{self, Beside};
use crate::common::client::{draw, text};
use crate::common::{Carrier, Failure, Link, Target};
use crate::proxy::Wire;
use crate::random::Random;
use crate::verdict::{Seen, words};
use crate::visit::{Next, Visit, Wish};

/// How long a client that was moved to WebSocket stays before it tries WebTransport again.
const STAY: Duration = Duration::from_secs(3);

/// What a client shall do.
#[derive(Clone)]
pub struct Plan {
    pub nick: String,
    pub room: String,
    pub carrier: Carrier,
    /// Whether it goes to WebSocket when WebTransport does not answer, and back.
    pub moves: bool,
    /// When it starts.
    pub after: Duration,
    /// How long it waits for a sign of life before it looks for another carrier.
    pub suspicion: Duration,
    /// How long it waits for one before it gives the connection up.
    pub patience: Duration,
    /// Between two messages.
    pub pace: Duration,
    /// Messages that may be unanswered; the protocol allows 64.
    pub under_way: u64,
    /// Messages to send; without a number, until it is told to stop.
    pub quota: Option<u64>,
    /// Bytes after which each of its connections is cut, counted from when it is in its room; some of them sooner.
    pub cut_after: Option<std::ops::Range<u64>>,
    pub target: Target,
    pub random: Random,
}

/// What others may know of a client while it works.
#[derive(Debug, Default)]
pub struct Progress {
    /// When each message was sent first.
    pub said_at: Mutex<Vec<Instant>>,
    /// Messages acknowledged.
    pub acked: AtomicU64,
    /// Messages refused for now because they could not be stored.
    pub put_off: AtomicU64,
    /// Whether it is in its room, over WebTransport.
    pub on_webtransport: AtomicBool,
}

pub struct Member {
    plan: Plan,
    seen: Seen,
    progress: Arc<Progress>,
    stop: watch::Receiver<bool>,
    token: Option<[u8; 32]>,
    next: [u8; 32],
    epoch: Option<Epoch>,
    settled: u64,
    /// Since when something is unanswered.
    waiting: Option<Instant>,
    /// When something was heard last on this connection.
    heard: Instant,
    /// When the next message may be sent.
    send_at: Instant,
    /// After a refusal for now: when everything unanswered is sent again.
    retry_at: Option<Instant>,
    /// When it asked for a sign of life last.
    asked: Instant,
    beside: Beside,
    /// On WebSocket: when WebTransport is tried again.
    try_at: Instant,
}

/// Why a client stays no longer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Done,
    /// The connection has ended.
    Lost,
    /// It gives no sign of life.
    Silent,
    /// Another one is better.
    Moved,
}

impl Member {
    pub fn new(plan: Plan, progress: Arc<Progress>, stop: watch::Receiver<bool>) -> Self {
        let now = Instant::now();
        let nick = plan.nick.clone();
        Self {
            plan,
            seen: Seen {
                nick,
                ..Seen::default()
            },
            progress,
            stop,
            token: None,
            next: draw(),
            epoch: None,
            settled: 0,
            waiting: None,
            heard: now,
            send_at: now,
            retry_at: None,
            asked: now,
            beside: Beside::default(),
            try_at: now,
        }
    }

    /// Works until everything that it sent is answered and nothing more is to be sent.
    pub async fn work(mut self) -> Seen {
        tokio::time::sleep(self.plan.after).await;
        while !self.is_done() {
            let mut pause = self.plan.random.ms(20..100);
            let arriving = timeout(2 * self.plan.patience, self.arrive());
            // Whatever is wrong with a connection, the next one is tried.
            let mut left = Left::Silent;
            if let Ok(Ok((mut visit, wire))) = arriving.await {
                left = self.stay(&mut visit).await;
                self.seen.cuts += u32::from(wire.is_some_and(|wire| wire.is_cut()));
                let away = &self.progress.on_webtransport;
                away.store(false, Ordering::Relaxed);
                if left == Left::Lost {
                    pause = self.hear_goodbye(&mut visit).await.unwrap_or(pause);
                }
            }
            self.choose_carrier(left);
            if !self.is_done() && left != Left::Moved {
                tokio::time::sleep(pause).await;
            }
        }
        self.seen
    }

    fn is_done(&self) -> bool {
        let enough = match self.plan.quota {
            Some(quota) => self.seen.sent == quota,
            None => *self.stop.borrow(),
        };
        enough && self.settled == self.seen.sent
    }

    async fn arrive(&mut self) -> Result<(Visit, Option<Wire>), Failure> {
        let (mut link, wire, cut) = self.open().await?;
        let room = self.plan.room.clone();
        let seq = self.seen.entries.last().map_or(Seq(0), |entry| entry.seq);
        let wish = Wish {
            token: self.token,
            next: self.next,
            room: &room,
            nick: &self.plan.nick.clone(),
            held: self.epoch.map(|epoch| Cursor { epoch, seq }),
        };
        let greeted = Visit::greet(&mut link, &wish).await?;
        assert!(
            greeted.welcome.resumed || self.settled == 0,
            "the session is forgotten"
        );
        (self.token, self.next) = (Some(self.next), draw());
        let visit = Visit::join(link, greeted, &wish, &mut self.seen.entries).await?;
        self.epoch = Some(visit.welcome.epoch);
        assert!(visit.mark.refused.is_empty(), "{:?}", visit.mark);
        self.seen.acks_cut_off += u32::from(visit.mark.number.0 > self.settled);
        self.settle(visit.mark.number.0);
        self.seen.sent_again += u32::try_from(self.seen.sent - self.settled).unwrap();
        self.seen.welcomes += 1;
        if let (Some(wire), Some(bytes)) = (&wire, cut) {
            wire.cut_after(bytes);
        }
        let is_home = self.plan.carrier == Carrier::WebTransport;
        self.progress
            .on_webtransport
            .store(is_home, Ordering::Relaxed);
        (self.heard, self.retry_at) = (Instant::now(), Some(Instant::now()));
        Ok((visit, wire))
    }

    /// A connection, the wire that it goes through, and after how many bytes that is cut from when the client is in.
    async fn open(&mut self) -> Result<(Link, Option<Wire>, Option<u64>), Failure> {
        /// More than anybody needs to get in.
        const ENOUGH: u64 = 1 << 40;
        /// Of the wires that break sooner: QUIC pads its first packets and probes for larger ones.
        const EARLY: std::ops::Range<u64> = 100..14_000;
        let (carrier, target) = (self.plan.carrier, self.plan.target.clone());
        let Some(bytes) = self.plan.cut_after.clone() else {
            let link = match self.beside.take(carrier).await {
                Some(link) => link,
                None => beside::open(carrier, &target).await?,
            };
            return Ok((link, None, None));
        };
        let random = &mut self.plan.random;
        let (at_first, then) = match random.within(0..4) {
            0 => (random.within(EARLY), None),
            _ => (ENOUGH, Some(random.within(bytes))),
        };
        let wire = Wire::new(&target, carrier, at_first).await;
        let link = Link::try_open(carrier, &wire.target).await?;
        Ok((link, Some(wire), then))
    }

    /// Sends and listens until the connection is lost or given up, or all is done.
    async fn stay(&mut self, visit: &mut Visit) -> Left {
        while !self.is_done() {
            if self.is_called_away() {
                return Left::Moved;
            }
            if self.is_silent(self.plan.patience) {
                return Left::Silent;
            }
            let sending = timeout(self.plan.patience, self.send(visit));
            if sending.await.is_err() {
                return Left::Silent;
            }
            match timeout(self.wait(), visit.next()).await {
                Ok(Next::Event(event)) => self.take(event),
                Ok(Next::SignOfLife) => self.heard = Instant::now(),
                Ok(Next::End) => return Left::Lost,
                Err(_) => {}
            }
        }
        Left::Done
    }

    /// How long to listen before there is something else to do.
    fn wait(&self) -> Duration {
        let now = Instant::now();
        let has_more = self.may_send_more() && self.retry_at.is_none();
        let send_at = has_more.then_some(self.send_at);
        let give_up_at = self.heard + self.plan.patience;
        let due = [send_at, self.retry_at].into_iter().flatten().min();
        let due = due.map_or(give_up_at, |due| due.min(give_up_at));
        let wait = due.saturating_duration_since(now);
        // Whether to stop, or to go home, is looked at from time to time.
        wait.clamp(Duration::from_millis(1), self.plan.suspicion / 10)
    }

    /// Whether an answer was due, and nothing at all has come for so long.
    fn is_silent(&self, so_long: Duration) -> bool {
        let waiting = self.waiting.is_some_and(|since| since.elapsed() >= so_long);
        waiting && self.heard.elapsed() >= so_long
    }

    fn may_send_more(&self) -> bool {
        let wanted = match self.plan.quota {
            Some(quota) => self.seen.sent < quota,
            None => !*self.stop.borrow(),
        };
        wanted && self.seen.sent < self.settled + self.plan.under_way
    }

    async fn send(&mut self, visit: &mut Visit) {
        let now = Instant::now();
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
            for number in self.settled + 1..=self.seen.sent {
                self.say(visit, number).await;
            }
        }
        if self.retry_at.is_none() && self.may_send_more() && self.send_at <= now {
            self.seen.sent += 1;
            self.progress.said_at.lock().unwrap().push(now);
            // In time on the whole, but without a burst after a gap.
            self.send_at = (self.send_at + self.plan.pace).max(now);
            self.say(visit, self.seen.sent).await;
        }
        let often = self.plan.suspicion / 3;
        if self.is_silent(often) && self.asked.elapsed() >= often {
            self.asked = now;
            visit.ping().await;
        }
    }

    async fn say(&mut self, visit: &mut Visit, number: u64) {
        self.waiting.get_or_insert_with(Instant::now);
        let said = text(&words(&self.plan.nick, number));
        let command = chinwag::wire::raw::RawCommand::Send {
            number,
            content: said,
        };
        visit.lane.send(&command).await;
    }

    fn take(&mut self, event: Event) {
        self.heard = Instant::now();
        match event {
            Event::Entry(entry) => self.seen.entries.push(entry),
            Event::Ack { number } => self.settle(number.0),
            Event::Refused { refusal, .. } => {
                assert!(refusal.retry, "refused for good: {refusal:?}");
                self.answered();
                if refusal.code == RefusalCode::LogUnavailable {
                    self.progress.put_off.fetch_add(1, Ordering::Relaxed);
                }
                let wait = Duration::from_millis(refusal.retry_after_ms.into());
                self.retry_at = Some(self.heard + wait);
            }
            // Who comes and goes is not in the history.
            _ => {}
        }
    }

    /// Every number up to this one is stored.
    fn settle(&mut self, number: u64) {
        assert!(number <= self.seen.sent, "nobody has sent {number} yet");
        if number > self.settled {
            self.seen.acked.extend(self.settled + 1..=number);
            self.settled = number;
            self.progress.acked.store(number, Ordering::Relaxed);
            self.answered();
        }
    }

    fn answered(&mut self) {
        let now = Instant::now();
        if let Some(since) = self.waiting.take() {
            self.seen.gap = self.seen.gap.max(now - since);
        }
        self.waiting = (self.settled < self.seen.sent).then_some(now);
    }

    /// How long to stay away, if the server said so.
    async fn hear_goodbye(&mut self, visit: &mut Visit) -> Option<Duration> {
        let bye = visit.goodbye().await?;
        self.seen.told += u32::from(bye.code == ByeCode::Draining);
        match bye.retry {
            Retry::After(ms @ 2..) => Some(self.plan.random.ms(u64::from(ms) / 2..ms.into())),
            Retry::After(_) => None,
            // A greeting that was given up has come through after all.
            Retry::Stop if bye.code == ByeCode::Replaced => None,
            Retry::Stop => panic!("turned away: {bye:?}"),
        }
    }

    /// After a move, or when WebTransport is lost, it is the other one's turn.
    fn choose_carrier(&mut self, left: Left) {
        let is_lost = left != Left::Moved && self.plan.carrier == Carrier::WebTransport;
        if left == Left::Done || !self.plan.moves || !(is_lost || left == Left::Moved) {
            return;
        }
        self.plan.carrier = self.plan.carrier.other();
        self.try_at = Instant::now() + STAY;
        self.seen.moves += 1;
    }

    /// Whether a connection over the other carrier is open, and better than this one.
    fn is_called_away(&mut self) -> bool {
        let wanted = match self.plan.carrier {
            Carrier::WebTransport => self.is_silent(self.plan.suspicion),
            Carrier::WebSocket => self.beside.is_under_way() || self.try_at <= Instant::now(),
        };
        if !self.plan.moves {
            return false;
        }
        if !wanted {
            self.beside.forget();
            return false;
        }
        if !self.beside.is_under_way() {
            self.try_at = Instant::now() + STAY;
            let other = self.plan.carrier.other();
            self.beside
                .dial(other, &self.plan.target, 2 * self.plan.patience);
        }
        self.beside.is_open()
    }
}
