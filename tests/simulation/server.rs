//! The server: the real `Chat`, the real `Fanout` and its outboxes, and a hub and a log's thread in
//! virtual time that do what `src/hub.rs` and `src/log/writer.rs` do.
//!
//! Modelled: batches of arrivals with one clock reading, one group at the log at a time, what waits behind
//! a failed group fails with it, effects in their order, replies one at a time, the drain. The read and
//! write loops of a connection are in `ends.rs`.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use chinwag::chat::{Chat, Effect, Effects, Input, LaneRef, Settings, Ticket};
use chinwag::clock::Now;
use chinwag::fanout::{Fanout, Order, Outbox};
use chinwag::ids::{ConnId, LaneId, SessionId, Timestamp};
use chinwag::log::{Reply, Request};
use chinwag::metrics::Metrics;
use chinwag::record::{LogError, Record};
use chinwag::wire::event::{Bye, ByeCode, Event, Retry};
use chinwag::wire::{self, Command};
use std::sync::Arc;

use crate::disk::Disk;
use crate::ends::Ends;
use crate::judge::{Cause, Judge};
use crate::net::{Happening, LinkId, MS, Micros, Net, SECOND};

/// As in `src/hub.rs`.
const BATCH: usize = 256;
const GROUP: usize = 256;
const PENDING: usize = 16 * GROUP;

/// Turns that the shards get after each batch of orders: they take one, the others are for those who
/// have much to push.
const SHARD_TURNS: usize = 3;

/// What the world keeps and everyone in it may need.
pub(crate) struct Around<'a> {
    pub(crate) net: &'a mut Net,
    pub(crate) judge: &'a mut Judge,
}

pub(crate) enum Arrival {
    Connected(ConnId, wire::command::Greeting, Arc<Outbox>),
    Lane(LaneRef, Arc<Outbox>),
    Command(LaneRef, Command),
    LaneClosed(LaneRef),
    Closed(ConnId),
}

/// One life of the server's process.
pub(crate) struct Process {
    chat: Chat,
    fanout: Fanout,
    pub(crate) ends: Ends,
    inbox: VecDeque<Arrival>,
    effects: Effects,
    orders: Vec<Order>,
    pending: Vec<Record>,
    committing: bool,
    requests: VecDeque<Request>,
    replies: VecDeque<Reply>,
    log_works: bool,
    /// A full disk was not told something, and has not been since.
    is_behind: bool,
    hub_is_called: bool,
    draining: bool,
    drained: bool,
    /// When the next deadline happens, if that is under way.
    timer: Option<Micros>,
}

pub(crate) struct Server {
    pub(crate) disk: Disk,
    pub(crate) process: Option<Process>,
    settings: fn(chinwag::ids::Epoch, u64) -> Settings,
    kind: u64,
    runtime: tokio::runtime::Runtime,
    metrics: Metrics,
    started: Instant,
    /// Counts the lives of the process, to know what was meant for another one.
    life: u64,
    last_conn: u64,
}

pub(crate) fn slow_bye() -> bytes::Bytes {
    let bye = Bye {
        code: ByeCode::Slow,
        text: "You read too slowly.".into(),
        retry: Retry::After(500),
    };
    wire::encode_event(&Event::Bye(bye)).expect("a goodbye fits a frame")
}

impl Server {
    pub(crate) fn new(settings: fn(chinwag::ids::Epoch, u64) -> Settings, kind: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        Self {
            disk: Disk::new(),
            process: None,
            settings,
            kind,
            runtime: runtime.expect("a runtime without drivers needs nothing"),
            metrics: Metrics::new(),
            started: Instant::now(),
            life: 0,
            last_conn: 0,
        }
    }

    fn now(&self, at: Micros) -> Now {
        let millis = i64::try_from(at / MS).expect("a run is short");
        Now {
            instant: self.started + Duration::from_micros(at),
            wall: Timestamp(1_795_000_000_000 + millis),
        }
    }

    // --- life and death ---

    pub(crate) fn start(&mut self, around: &mut Around<'_>) {
        if self.process.is_some() {
            return;
        }
        self.life += 1;
        let note = format_args!("SERVER starts, life {}", self.life);
        around.net.trace.note(around.net.now, note);
        let guard = self.runtime.enter();
        let settings = (self.settings)(self.disk.epoch(), self.kind);
        self.process = Some(Process {
            chat: Chat::new(settings),
            fanout: Fanout::spawn(2, slow_bye(), &self.metrics),
            ends: Ends::default(),
            inbox: VecDeque::new(),
            effects: Effects::new(),
            orders: Vec::new(),
            pending: Vec::new(),
            committing: false,
            requests: VecDeque::new(),
            replies: VecDeque::new(),
            log_works: false,
            is_behind: false,
            hub_is_called: false,
            draining: false,
            drained: false,
            timer: None,
        });
        drop(guard);
        let members = self.disk.members();
        around.judge.started(&members, around.net.now);
        self.input(Input::Restored(members), around);
        self.carry_out(around);
    }

    /// Killed: what was not on disk is gone.
    pub(crate) fn kill(&mut self, around: &mut Around<'_>) {
        if let Some(process) = self.process.take() {
            around.judge.forgetful |= process.is_behind;
            let now = around.net.now;
            around.net.trace.note(now, format_args!("SERVER is killed"));
            around.net.server_gone();
            let down = around.net.random.between(20 * MS, 3 * SECOND);
            around.net.after(down, Happening::Start);
        }
    }

    pub(crate) fn drain(&mut self, around: &mut Around<'_>) {
        if let Some(process) = &mut self.process {
            let now = around.net.now;
            around.net.trace.note(now, format_args!("SERVER drains"));
            process.draining = true;
            self.finish_drain(around);
        }
    }

    /// As `Hub::run`: what is on its way to the log arrives, then everybody is told.
    fn finish_drain(&mut self, around: &mut Around<'_>) {
        let ready = |process: &Process| process.draining && !process.committing;
        let is_ready = self.process.as_ref().is_some_and(ready);
        let Some(process) = self.process.as_mut().filter(|_| is_ready) else {
            return;
        };
        if std::mem::replace(&mut process.drained, true) {
            return;
        }
        self.input(Input::Drain, around);
        self.carry_out(around);
        let wait = around.net.random.between(100 * MS, 2 * SECOND);
        around.net.after(wait, Happening::Drained(self.life));
    }

    // --- what happens to it ---

    pub(crate) fn happens(&mut self, what: Happening, around: &mut Around<'_>) {
        match what {
            Happening::Start => self.start(around),
            Happening::Drained(life) if life == self.life => self.end_drained(around),
            Happening::Hub(life) if life == self.life => self.hub_wakes(around),
            Happening::Deadline(life) if life == self.life => self.deadline(around),
            Happening::LogWorks(life) if life == self.life => self.log_works(around),
            Happening::LogReplies(life) if life == self.life => self.log_replies(around),
            _ => {}
        }
    }

    fn end_drained(&mut self, around: &mut Around<'_>) {
        let drained = self.process.as_ref().is_some_and(|process| process.drained);
        if drained {
            self.kill(around);
        }
    }

    pub(crate) fn next_conn(&mut self) -> ConnId {
        self.last_conn += 1;
        ConnId(self.last_conn)
    }

    pub(crate) fn arrive(&mut self, arrival: Arrival, around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        process.inbox.push_back(arrival);
        if !process.hub_is_called {
            process.hub_is_called = true;
            let wait = around.net.random.below(400);
            around.net.after(wait, Happening::Hub(self.life));
        }
    }

    fn hub_wakes(&mut self, around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        process.hub_is_called = false;
        if process.draining {
            return;
        }
        if process.pending.len() < PENDING {
            let count = process.inbox.len().min(BATCH);
            let batch: Vec<Arrival> = process.inbox.drain(..count).collect();
            batch.into_iter().for_each(|it| self.take(it, around));
        }
        let more = self
            .process
            .as_ref()
            .is_some_and(|process| !process.inbox.is_empty());
        if more && let Some(process) = &mut self.process {
            process.hub_is_called = true;
            around.net.after(MS, Happening::Hub(self.life));
        }
        self.carry_out(around);
    }

    fn take(&mut self, arrival: Arrival, around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        match arrival {
            Arrival::Connected(conn, greeting, outbox) => {
                let lane = LaneId::CONTROL;
                process.orders.push(Order::Open { conn, lane, outbox });
                let (high, low) = (around.net.random.next(), around.net.random.next());
                let fresh = SessionId(u128::from(high) << 64 | u128::from(low));
                let input = Input::Connected {
                    conn,
                    greeting,
                    fresh,
                };
                self.input(input, around);
            }
            Arrival::Lane(LaneRef { conn, lane }, outbox) => {
                process.orders.push(Order::Open { conn, lane, outbox });
            }
            Arrival::Command(from, command) => self.input(Input::Command { from, command }, around),
            Arrival::LaneClosed(lane) => self.input(Input::LaneClosed(lane), around),
            Arrival::Closed(conn) => {
                self.input(Input::Closed(conn), around);
                if let Some(process) = &mut self.process {
                    process.orders.push(Order::Gone { conn });
                }
            }
        }
    }

    fn deadline(&mut self, around: &mut Around<'_>) {
        let now = self.now(around.net.now).instant;
        let Some(process) = &mut self.process else {
            return;
        };
        if process.timer.is_none_or(|at| at > around.net.now) {
            return; // Another one was set for an earlier time.
        }
        process.timer = None;
        if process.draining {
            return;
        }
        if process.chat.next_deadline().is_some_and(|at| at <= now) {
            self.input(Input::DeadlineReached, around);
        }
        self.carry_out(around);
    }

    // --- the log's thread ---

    fn log_works(&mut self, around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        let Some(request) = process.requests.pop_front() else {
            return;
        };
        let now = around.net.now;
        let reply = match request {
            Request::Append(group) => {
                let size = group.len();
                let stored = self.disk.append(group, (around.judge, now));
                let note = format_args!("LOG stores {size}: {}", stored.is_ok());
                around.net.trace.note(now, note);
                match stored {
                    Ok(committed) => Reply::Appended(committed),
                    Err((group, error)) => Reply::AppendFailed(group, error),
                }
            }
            Request::Read { ticket, query } => {
                let answer = self.disk.answer(query, now);
                Reply::Answer { ticket, answer }
            }
            Request::Expire(_) => return,
        };
        process.replies.push_back(reply);
        process.log_works = false;
        let wait = around.net.random.between(5, 300);
        around.net.after(wait, Happening::LogReplies(self.life));
        self.call_log(around);
    }

    fn call_log(&mut self, around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        if !process.log_works && !process.requests.is_empty() {
            process.log_works = true;
            let wait = self.disk.takes(around.net);
            around.net.after(wait, Happening::LogWorks(self.life));
        }
    }

    /// As `Hub::take_reply`.
    fn log_replies(&mut self, around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        let Some(reply) = process.replies.pop_front() else {
            return;
        };
        match reply {
            Reply::Appended(records) => {
                process.committing = false;
                self.input(Input::Committed(records), around);
            }
            Reply::AppendFailed(mut records, LogError::Full) => {
                process.committing = false;
                records.append(&mut process.pending);
                self.input(Input::CommitFailed(records), around);
            }
            Reply::AppendFailed(..) => return self.kill(around),
            Reply::Answer { ticket, answer } => {
                self.input(Input::Answered(Ticket(ticket), answer), around);
            }
        }
        self.carry_out(around);
        self.note_debts();
        self.finish_drain(around);
    }

    /// What is owed and on its way is not stored yet.
    fn note_debts(&mut self) {
        if let Some(process) = &mut self.process {
            let owes = process.chat.counts().owed > 0;
            let is_storing = process.committing || !process.pending.is_empty();
            process.is_behind = owes || (process.is_behind && is_storing);
        }
    }

    // --- as the hub ---

    fn input(&mut self, input: Input, around: &mut Around<'_>) {
        let at = around.net.now;
        let now = self.now(at);
        let Some(process) = &mut self.process else {
            return;
        };
        around.net.trace.note(at, format_args!("  > {input:?}"));
        let cause = Cause::of(&input);
        match &input {
            Input::Closed(conn) => around.judge.lost_connection(*conn, at),
            Input::LaneClosed(lane) => around.judge.lost_lane(*lane, at),
            _ => {}
        }
        process.chat.handle(input, now, &mut process.effects);
        let mut effects = std::mem::take(&mut process.effects);
        for effect in effects.drain(..) {
            around.net.trace.note(at, format_args!("  < {effect:?}"));
            around.judge.effect(&effect, cause, at);
            process.translate(effect);
        }
        process.effects = effects;
    }

    fn carry_out(&mut self, around: &mut Around<'_>) {
        let Some(process) = &mut self.process else {
            return;
        };
        process.submit();
        let (fanout, orders) = (&mut process.fanout, &mut process.orders);
        if !orders.is_empty() {
            self.runtime.block_on(async {
                fanout.apply(orders).await;
                for _ in 0..SHARD_TURNS {
                    tokio::task::yield_now().await;
                }
            });
        }
        process.ends.write(around.net);
        let counts = process.chat.counts();
        // A connection that has ended is known to the chat until the hub hears of it.
        let ending = |arrival: &&Arrival| matches!(arrival, Arrival::Closed(_));
        let conns = process.ends.len() + process.inbox.iter().filter(ending).count();
        around.judge.counts_are_bounded(counts, conns);
        // Whoever goes down says goodbye to all of them: deadlines are not looked at any more.
        if !process.draining {
            around.judge.there_are_no_ghosts(around.net.now);
        }
        self.call_log(around);
        self.set_timer(around);
    }

    fn set_timer(&mut self, around: &mut Around<'_>) {
        let now = self.now(around.net.now).instant;
        let process = self.process.as_mut().filter(|process| !process.draining);
        let Some(process) = process else {
            return;
        };
        let Some(at) = process.chat.next_deadline() else {
            return;
        };
        let wait = at.saturating_duration_since(now).as_micros();
        let wait = u64::try_from(wait).expect("deadlines are near") + 1;
        let due = around.net.now + wait;
        if process.timer.is_none_or(|timer| due < timer) {
            process.timer = Some(due);
            around.net.after(wait, Happening::Deadline(self.life));
        }
    }

    pub(crate) fn write(&mut self, net: &mut Net) {
        if let Some(process) = &mut self.process {
            process.ends.write(net);
        }
    }

    pub(crate) fn counts(&self) -> chinwag::chat::Counts {
        let process = self.process.as_ref();
        process.map(|it| it.chat.counts()).unwrap_or_default()
    }

    pub(crate) fn idle(&self) -> bool {
        self.process.as_ref().is_some_and(|process| {
            !process.draining
                && !process.committing
                && process.pending.is_empty()
                && process.inbox.is_empty()
                && process.requests.is_empty()
        })
    }

    pub(crate) fn forget_link(&mut self, link: LinkId, around: &mut Around<'_>) {
        let gone = self
            .process
            .as_mut()
            .and_then(|process| process.ends.remove(link));
        if let Some(conn) = gone {
            self.arrive(Arrival::Closed(conn), around);
        }
    }
}

impl Process {
    /// As `Hub::translate`.
    fn translate(&mut self, effect: Effect) {
        match effect {
            Effect::Append(record) => self.pending.push(record),
            Effect::Ask(Ticket(ticket), query) => {
                self.requests.push_back(Request::Read { ticket, query });
            }
            Effect::Send(LaneRef { conn, lane }, event) => {
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
                let bye = encode(&Event::Bye(bye));
                self.orders.push(Order::Close { conn, bye });
            }
        }
    }

    /// As `Hub::submit`.
    fn submit(&mut self) {
        if self.committing || self.pending.is_empty() {
            return;
        }
        let rest = self.pending.split_off(self.pending.len().min(GROUP));
        let group = std::mem::replace(&mut self.pending, rest);
        self.committing = true;
        self.requests.push_back(Request::Append(group));
    }
}

fn encode(event: &Event) -> bytes::Bytes {
    wire::encode_event(event).expect("every event is bounded to fit a frame")
}
