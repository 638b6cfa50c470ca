//! A client under load: it sends numbered messages, comes back by itself, and remembers everything it
//! was told and shown.
//!
//! Decides when a connection is given up: when nothing comes for [`Plan::patience`] although
//! something is unanswered. Does not judge. Invariant: a number is sent again until it is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chinwag::ids::{Epoch, Seq};
use chinwag::wire::Event;
use chinwag::wire::event::{ByeCode, Cursor, RefusalCode, Retry};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::common::client::{draw, text};
use crate::common::{Carrier, Failure, Link, Target};
use crate::proxy::Wire;
use crate::random::Random;
use crate::verdict::{Seen, words};
use crate::visit::{Visit, Wish};

/// Messages that may be unanswered: below the protocol's 64, so that a retry fits beside them.
const UNDER_WAY: u64 = 16;

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
    /// How long it waits for an answer before it gives the connection up.
    pub patience: Duration,
    /// Between two messages.
    pub pace: Duration,
    /// Messages to send; without a number, until it is told to stop.
    pub quota: Option<u64>,
    /// Bytes after which each of its connections is cut.
    pub cut_after: Option<std::ops::Range<u64>>,
    pub target: Target,
    pub random: Random,
}

/// What others may know of a client while it works.
#[derive(Default)]
pub struct Progress {
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
    /// On WebSocket: a connection over WebTransport that is being tried.
    trying: Option<oneshot::Receiver<Link>>,
    try_at: Instant,
    /// And one that was opened.
    home: Option<Link>,
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
            trying: None,
            try_at: now,
            home: None,
        }
    }

    /// Works until everything that it sent is answered and nothing more is to be sent.
    pub async fn work(mut self) -> Seen {
        while !self.is_done() {
            let mut pause = self.plan.random.ms(20..100);
            let arriving = timeout(self.plan.patience, self.arrive());
            // Whatever is wrong with a connection, the next one is tried.
            if let Ok(Ok((mut visit, _wire))) = arriving.await {
                self.stay(&mut visit).await;
                self.progress
                    .on_webtransport
                    .store(false, Ordering::Relaxed);
                if let Some(told) = self.hear_goodbye(&mut visit).await {
                    pause = told;
                }
            }
            self.choose_carrier();
            if !self.is_done() {
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
        let (mut link, wire) = self.open().await?;
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
            greeted.1.resumed || self.settled == 0,
            "the session is forgotten"
        );
        (self.token, self.next) = (Some(self.next), draw());
        let visit = Visit::join(link, greeted, &wish, &mut self.seen.entries).await?;
        self.epoch = Some(visit.welcome.epoch);
        assert!(visit.mark.refused.is_empty(), "{:?}", visit.mark);
        self.settle(visit.mark.number.0);
        self.seen.welcomes += 1;
        let is_home = self.plan.carrier == Carrier::WebTransport;
        self.progress
            .on_webtransport
            .store(is_home, Ordering::Relaxed);
        (self.heard, self.retry_at) = (Instant::now(), Some(Instant::now()));
        Ok((visit, wire))
    }

    async fn open(&mut self) -> Result<(Link, Option<Wire>), Failure> {
        if let Some(home) = self.home.take() {
            return Ok((home, None));
        }
        let Some(bytes) = self.plan.cut_after.clone() else {
            let link = Link::try_open(self.plan.carrier, &self.plan.target).await?;
            return Ok((link, None));
        };
        let bytes = self.plan.random.within(bytes);
        let wire = Wire::new(&self.plan.target, self.plan.carrier, bytes).await;
        let link = Link::try_open(self.plan.carrier, &wire.target).await?;
        Ok((link, Some(wire)))
    }

    /// Sends and listens until the connection is lost or given up, or all is done.
    async fn stay(&mut self, visit: &mut Visit) {
        while !self.is_done() && !self.is_called_home() {
            let sending = timeout(self.plan.patience, self.send(visit));
            if sending.await.is_err() {
                return;
            }
            let next = match visit.waiting.pop_front() {
                Some(event) => Ok(Some(event)),
                None => timeout(self.wait(), visit.lane.next()).await,
            };
            match next {
                Ok(Some(event)) => self.take(event),
                Ok(None) => return,
                Err(_) if self.is_out_of_patience() => return,
                Err(_) => {}
            }
        }
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
        wait.clamp(Duration::from_millis(1), Duration::from_millis(50))
    }

    fn is_out_of_patience(&self) -> bool {
        self.waiting.is_some() && self.heard.elapsed() >= self.plan.patience
    }

    fn may_send_more(&self) -> bool {
        let wanted = match self.plan.quota {
            Some(quota) => self.seen.sent < quota,
            None => !*self.stop.borrow(),
        };
        wanted && self.seen.sent < self.settled + UNDER_WAY
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
            self.send_at = now + self.plan.pace;
            self.say(visit, self.seen.sent).await;
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
        if self.is_done() || self.is_out_of_patience() {
            return None;
        }
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

    fn choose_carrier(&mut self) {
        let other = match (self.plan.carrier, &self.home) {
            _ if !self.plan.moves => return,
            (Carrier::WebSocket, None) => return,
            (Carrier::WebSocket, Some(_)) => Carrier::WebTransport,
            (Carrier::WebTransport, _) => Carrier::WebSocket,
        };
        self.plan.carrier = other;
        self.try_at = Instant::now() + STAY;
        self.seen.moves += 1;
    }

    /// On WebSocket: whether WebTransport works again. It is tried beside what goes on.
    fn is_called_home(&mut self) -> bool {
        if !self.plan.moves || self.plan.carrier == Carrier::WebTransport {
            return false;
        }
        match self.trying.as_mut().map(oneshot::Receiver::try_recv) {
            Some(Ok(link)) => (self.trying, self.home) = (None, Some(link)),
            Some(Err(oneshot::error::TryRecvError::Empty)) => {}
            Some(Err(oneshot::error::TryRecvError::Closed)) => {
                (self.trying, self.try_at) = (None, Instant::now() + STAY);
            }
            None if self.try_at <= Instant::now() => self.try_home(),
            None => {}
        }
        self.home.is_some()
    }

    fn try_home(&mut self) {
        let (opened, opening) = oneshot::channel();
        let (target, patience) = (self.plan.target.clone(), self.plan.patience);
        self.trying = Some(opening);
        tokio::spawn(async move {
            let link = Link::try_open(Carrier::WebTransport, &target);
            if let Ok(Ok(link)) = timeout(patience, link).await {
                // The client may have ended meanwhile.
                opened.send(link).ok();
            }
        });
    }
}
