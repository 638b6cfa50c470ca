//! The one driver of the chat: inbox to chat, effects to log and fan-out.
//!
//! Decides in which order things happen, and nothing about what they mean: arrivals are
//! handled in batches, one clock reading each; one group of records is at the log at a time,
//! what comes meanwhile is the next group. Invariant: effects are carried out in the order
//! in which the chat gave them, and the hub waits only for the stages after it.

mod expiry;
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
use crate::ids::{ConnId, LaneId, SessionId};
use crate::log::{Reply, Request, Writer};
use crate::metrics::Metrics;
use crate::record::{Committed, LogError, Query, Record, StoredMember};
use crate::wire::{self, Event};

use expiry::Expiry;
pub use inbox::{Arrival, Carrier, Handle, HubGone, Place};

/// Arrivals handled before their effects are carried out: long enough to share one wake and
/// one commit, short enough that the first does not wait for the last.
const BATCH: usize = 256;

/// Records stored by one commit, so that its time is bounded.
const GROUP: usize = 256;

/// Records that may wait for the log; beyond this no more arrivals are read.
const PENDING: usize = 16 * GROUP;

/// How often the operator's gauges are set.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// What the hub drives.
pub struct Parts {
    /// What the chat needs to know from the start.
    pub settings: Settings,
    /// Who was a member when the server ended.
    pub members: Vec<StoredMember>,
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
    /// Since when searches are at the log: one for each lane at most.
    searches: HashMap<u64, Instant>,
    /// Since when a group is at the log.
    committing: Option<Instant>,
    /// Whether the log could not store the last group for want of room.
    is_full: bool,
    expiry: Expiry,
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
        let mut hub = Self {
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
            searches: HashMap::new(),
            committing: None,
            is_full: false,
            expiry: Expiry::new(now),
            next_report: now.instant,
            unreported: false,
            random: SystemRandom::new(),
        };
        hub.handle(Input::Restored(parts.members), now);
        (hub, handle)
    }

    /// Drives the chat until `shutdown`, then says goodbye to every client and closes the log.
    ///
    /// # Errors
    /// [`LogError::Broken`] when the log can no longer be trusted: nothing was acknowledged
    /// since, and the process must end.
    pub async fn run(mut self, shutdown: CancellationToken) -> Result<(), LogError> {
        self.carry_out().await;
        let outcome = self.drive(&shutdown).await;
        self.handle(Input::Drain, clock::now());
        self.carry_out().await;
        self.writer.close().await;
        outcome
    }

    async fn drive(&mut self, shutdown: &CancellationToken) -> Result<(), LogError> {
        loop {
            let wake = self.wake(shutdown).await;
            if matches!(wake, Wake::Arrivals) {
                self.gather().await;
            }
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

    /// Lets those who are ready to hand something in do so first: it all shares one commit and one
    /// write for each member. Where nobody is ready it costs a look at the sockets.
    async fn gather(&mut self) {
        tokio::task::yield_now().await;
        while self.arrivals.len() < BATCH
            && let Ok(arrival) = self.inbox.try_recv()
        {
            self.arrivals.push(arrival);
        }
    }

    fn next_deadline(&self) -> Instant {
        let chat = self.chat.next_deadline();
        let report = self.unreported.then_some(self.next_report);
        let due = [chat, report].into_iter().flatten();
        due.fold(self.expiry.next(), Instant::min)
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
        if let Some(before) = self.expiry.look(now) {
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
                if let Some(since) = self.searches.remove(&ticket) {
                    let took = clock::now().instant.saturating_duration_since(since);
                    self.metrics.searched(took);
                }
                self.handle(Input::Answered(Ticket(ticket), answer), now);
            }
        }
        Ok(())
    }

    fn note_commit(&mut self, records: &[Committed]) {
        if std::mem::take(&mut self.is_full) {
            tracing::info!("the disk has room again");
        }
        let is_entry = |record: &&Committed| matches!(record, Committed::Entry(..));
        let messages = records.iter().filter(is_entry).count();
        if let Some(since) = self.committing.take() {
            let took = clock::now().instant.saturating_duration_since(since);
            self.metrics.committed(messages, took);
        }
    }

    /// What waits behind a failed group fails with it: its numbers build on those that failed.
    fn fail(&mut self, mut records: Vec<Record>, now: Now) {
        if !std::mem::replace(&mut self.is_full, true) {
            tracing::warn!("the disk is full; messages are refused for now");
        }
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
                if let Query::Search { .. } = &query {
                    self.searches.insert(ticket, clock::now().instant);
                }
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
