//! The one driver of the chat: inbox to chat, effects to log and fan-out.
//!
//! Decides in which order things happen, and nothing about what they mean: arrivals are
//! handled in batches, one clock reading each; one group of records is at the log at a time,
//! what comes meanwhile is the next group. Invariant: effects are carried out in the order
//! in which the chat gave them, and the hub waits only for the stages after it.

mod inbox;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ring::rand::SystemRandom;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chat::{Chat, Effect, Effects, Input, LaneRef, Settings, Ticket};
use crate::clock::{self, Now};
use crate::fanout::{Fanout, Order};
use crate::ids::{ConnId, LaneId, SessionId, Timestamp};
use crate::log::{Reply, Request, Writer};
use crate::metrics::Metrics;
use crate::record::{Committed, LogError, Record};
use crate::wire::{self, Event};

pub use inbox::{Arrival, Carrier, Handle, HubGone};

/// Arrivals handled before their effects are carried out: long enough to share one wake and
/// one commit, short enough that the first does not wait for the last.
const BATCH: usize = 256;

/// Records stored by one commit, so that its time is bounded.
const GROUP: usize = 256;

/// Records that may wait for the log; beyond this no more arrivals are read.
const PENDING: usize = 16 * GROUP;

/// How long a session is remembered after it was last seen.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How often sessions that are no longer remembered are removed.
const EXPIRE_EVERY: Duration = Duration::from_secs(60 * 60);

/// How often the operator's gauges are set.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// What the hub drives.
pub struct Parts {
    /// What the chat needs to know from the start.
    pub settings: Settings,
    /// The log's thread.
    pub writer: Writer,
    /// Its replies.
    pub replies: mpsc::UnboundedReceiver<Reply>,
    /// The shards.
    pub fanout: Fanout,
    /// What is counted.
    pub metrics: Metrics,
}

/// The driver's state.
pub struct Hub {
    chat: Chat,
    writer: Writer,
    replies: mpsc::UnboundedReceiver<Reply>,
    fanout: Fanout,
    metrics: Metrics,
    inbox: mpsc::Receiver<Arrival>,
    carriers: HashMap<ConnId, Carrier>,
    arrivals: Vec<Arrival>,
    effects: Effects,
    orders: Vec<Order>,
    pending: Vec<Record>,
    /// Since when a group is at the log.
    committing: Option<Instant>,
    next_expiry: Instant,
    next_report: Instant,
    /// Whether something happened since the gauges were set.
    unreported: bool,
    random: SystemRandom,
}

/// Why the hub wakes.
enum Wake {
    Arrivals,
    Reply(Reply),
    Deadline,
    Shutdown,
}

impl Hub {
    /// A hub and the handle to its inbox.
    #[must_use]
    pub fn new(parts: Parts, now: Now) -> (Self, Handle) {
        let (handle, inbox) = Handle::new(parts.settings.filter.clone());
        let hub = Self {
            chat: Chat::new(parts.settings),
            writer: parts.writer,
            replies: parts.replies,
            fanout: parts.fanout,
            metrics: parts.metrics,
            inbox,
            carriers: HashMap::new(),
            arrivals: Vec::with_capacity(BATCH),
            effects: Vec::new(),
            orders: Vec::new(),
            pending: Vec::new(),
            committing: None,
            next_expiry: now.instant,
            next_report: now.instant,
            unreported: false,
            random: SystemRandom::new(),
        };
        (hub, handle)
    }

    /// Drives the chat until `shutdown`, then says goodbye to every client and closes the log.
    ///
    /// # Errors
    /// [`LogError::Broken`] when the log can no longer be trusted: nothing was acknowledged
    /// since, and the process must end.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), LogError> {
        let outcome = self.drive(&shutdown).await;
        self.handle(Input::Drain, clock::now());
        self.carry_out().await;
        self.writer.close().await;
        outcome
    }

    async fn drive(&mut self, shutdown: &CancellationToken) -> Result<(), LogError> {
        loop {
            let wake = self.wake(shutdown).await;
            let now = clock::now();
            match wake {
                Wake::Arrivals => self.take_arrivals(now),
                Wake::Deadline => self.take_deadline(now),
                Wake::Reply(reply) => self.take_reply(reply, now)?,
                Wake::Shutdown => return self.finish_commits().await,
            }
            self.carry_out().await;
        }
    }

    /// Replies come first, because they free what waits.
    async fn wake(&mut self, shutdown: &CancellationToken) -> Wake {
        let deadline = self.next_deadline();
        let has_room = self.pending.len() < PENDING;
        tokio::select! {
            biased;
            Some(reply) = self.replies.recv() => Wake::Reply(reply),
            () = shutdown.cancelled() => Wake::Shutdown,
            () = tokio::time::sleep_until(deadline.into()) => Wake::Deadline,
            count = self.inbox.recv_many(&mut self.arrivals, BATCH), if has_room => match count {
                0 => Wake::Shutdown,
                _ => Wake::Arrivals,
            },
        }
    }

    fn next_deadline(&self) -> Instant {
        let chat = self.chat.next_deadline();
        let report = self.unreported.then_some(self.next_report);
        let due = [chat, report].into_iter().flatten();
        due.fold(self.next_expiry, Instant::min)
    }

    fn take_arrivals(&mut self, now: Now) {
        let mut arrivals = std::mem::take(&mut self.arrivals);
        for arrival in arrivals.drain(..) {
            self.take_arrival(arrival, now);
        }
        self.arrivals = arrivals;
    }

    fn take_arrival(&mut self, arrival: Arrival, now: Now) {
        match arrival {
            Arrival::Connected {
                conn,
                greeting,
                outbox,
                carrier,
            } => {
                let lane = LaneId::CONTROL;
                self.orders.push(Order::Open { conn, lane, outbox });
                self.carriers.insert(conn, carrier);
                self.metrics.session_opened(carrier);
                let fresh = self.fresh_session();
                let input = Input::Connected {
                    conn,
                    greeting,
                    fresh,
                };
                self.handle(input, now);
            }
            Arrival::Lane { conn, lane, outbox } => {
                self.orders.push(Order::Open { conn, lane, outbox });
            }
            Arrival::Command {
                conn,
                lane,
                command,
            } => {
                let from = LaneRef { conn, lane };
                self.handle(Input::Command { from, command }, now);
            }
            Arrival::LaneClosed { conn, lane } => {
                self.handle(Input::LaneClosed(LaneRef { conn, lane }), now);
            }
            Arrival::Closed { conn } => self.forget(conn, now),
        }
    }

    fn forget(&mut self, conn: ConnId, now: Now) {
        self.handle(Input::Closed(conn), now);
        self.orders.push(Order::Gone { conn });
        if let Some(carrier) = self.carriers.remove(&conn) {
            self.metrics.session_closed(carrier);
        }
    }

    fn fresh_session(&self) -> SessionId {
        let drawn = ring::rand::generate::<[u8; 16]>(&self.random);
        let bytes = drawn.expect("the system gives random bytes").expose();
        SessionId(u128::from_le_bytes(bytes))
    }

    fn take_deadline(&mut self, now: Now) {
        self.handle(Input::DeadlineReached, now);
        if self.next_expiry <= now.instant {
            self.next_expiry = now.instant + EXPIRE_EVERY;
            let remembered = i64::try_from(REMEMBERED.as_millis()).unwrap_or(i64::MAX);
            let before = Timestamp(now.wall.0.saturating_sub(remembered));
            self.writer.request(Request::Expire(before));
        }
    }

    fn take_reply(&mut self, reply: Reply, now: Now) -> Result<(), LogError> {
        match reply {
            Reply::Appended(records) => {
                self.note_commit(&records);
                self.handle(Input::Committed(records), now);
            }
            Reply::AppendFailed(records, LogError::Full) => self.fail(records, now),
            Reply::AppendFailed(_, error) => return Err(error),
            Reply::Answer { ticket, answer } => {
                self.handle(Input::Answered(Ticket(ticket), answer), now);
            }
        }
        Ok(())
    }

    fn note_commit(&mut self, records: &[Committed]) {
        let is_entry = |record: &&Committed| matches!(record, Committed::Entry(..));
        let messages = records.iter().filter(is_entry).count();
        if let Some(since) = self.committing.take() {
            let took = clock::now().instant.saturating_duration_since(since);
            self.metrics.committed(messages, took);
        }
    }

    /// What waits behind a failed group fails with it: its numbers build on those that failed.
    fn fail(&mut self, mut records: Vec<Record>, now: Now) {
        tracing::warn!(
            records = records.len(),
            "the disk is full; messages are refused for now"
        );
        self.committing = None;
        records.append(&mut self.pending);
        self.handle(Input::CommitFailed(records), now);
    }

    fn handle(&mut self, input: Input, now: Now) {
        self.chat.handle(input, now, &mut self.effects);
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            self.translate(effect);
        }
        self.effects = effects;
    }

    fn translate(&mut self, effect: Effect) {
        match effect {
            Effect::Append(record) => self.pending.push(record),
            Effect::Ask(Ticket(ticket), query) => {
                self.writer.request(Request::Read { ticket, query });
            }
            Effect::Send(LaneRef { conn, lane }, event) => {
                self.note_refusal(&event);
                let frame = encode(&event);
                self.orders.push(Order::Send { conn, lane, frame });
            }
            Effect::Broadcast(room, event) => {
                let frame = encode(&event);
                self.orders.push(Order::Broadcast { room, frame });
            }
            Effect::Attach(room, LaneRef { conn, lane }) => {
                self.orders.push(Order::Attach { room, conn, lane });
            }
            Effect::Detach(room, LaneRef { conn, lane }) => {
                self.orders.push(Order::Detach { room, conn, lane });
            }
            Effect::EndLane(LaneRef { conn, lane }) => {
                self.orders.push(Order::EndLane { conn, lane });
            }
            Effect::Close(conn, bye) => {
                tracing::debug!(conn = conn.0, code = ?bye.code, "closing a connection");
                let bye = encode(&Event::Bye(bye));
                self.orders.push(Order::Close { conn, bye });
            }
        }
    }

    fn note_refusal(&self, event: &Event) {
        if let Event::Refused { refusal, .. }
        | Event::JoinRefused { refusal, .. }
        | Event::Rejected { refusal } = event
        {
            self.metrics.refused(refusal.code.name());
        }
    }

    /// Gives the next group to the log and the orders to the shards.
    async fn carry_out(&mut self) {
        self.submit();
        self.fanout.apply(&mut self.orders).await;
        self.report();
    }

    /// Counting everyone takes a walk over the rooms, so it is done now and then.
    fn report(&mut self) {
        let now = clock::now().instant;
        self.unreported = now < self.next_report;
        if self.unreported {
            return;
        }
        self.next_report = now + REPORT_EVERY;
        let counts = self.chat.counts();
        self.metrics.set_rooms(counts.rooms);
        self.metrics.set_members(counts.members);
        self.metrics.set_inbox_depth(self.inbox.len());
    }

    fn submit(&mut self) {
        if self.committing.is_some() || self.pending.is_empty() {
            return;
        }
        let rest = self.pending.split_off(self.pending.len().min(GROUP));
        let group = std::mem::replace(&mut self.pending, rest);
        self.committing = Some(clock::now().instant);
        self.writer.request(Request::Append(group));
    }

    /// Lets what is on its way to the log arrive, so that its authors still hear of it.
    async fn finish_commits(&mut self) -> Result<(), LogError> {
        while self.committing.is_some() {
            let Some(reply) = self.replies.recv().await else {
                return Err(LogError::Broken("its thread is gone".into()));
            };
            self.take_reply(reply, clock::now())?;
            self.carry_out().await;
        }
        Ok(())
    }
}

fn encode(event: &Event) -> Bytes {
    wire::encode_event(event).expect("every event is bounded to fit a frame")
}
