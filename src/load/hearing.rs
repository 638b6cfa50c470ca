//! What one guest makes of what it hears: the order of its room, the times of messages, the answers
//! to what it has said.
//!
//! Decides nothing about connections. Invariant: every entry goes through `order` once for each time
//! that it came.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::LoadError;
use super::desk::Desk;
use super::order::Order;
use super::stamp;
use crate::ids::{Number, Seq};
use crate::wire::event::{Cursor, Entry, Joined, Refusal};
use crate::wire::{Event, decode_event, glance};

/// What a guest has heard.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    desk: Option<Arc<Desk>>,
    order: Option<Order>,
    cursor: Option<Cursor>,
    /// Up to where what it has said is settled, as of the last join.
    mark: Number,
    /// When the messages that came since were to be sent.
    sent: Vec<Duration>,
    /// The first entry of the gap that was asked for.
    asked: Option<u64>,
}

/// What a guest that enters waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Welcome,
    Joined,
    Other,
}

impl Hearing {
    /// Of a guest that has heard nothing; with a desk it speaks.
    pub(super) fn new(desk: Option<Arc<Desk>>) -> Self {
        Self {
            desk,
            ..Self::default()
        }
    }

    pub(super) fn order(&self) -> Option<&Order> {
        self.order.as_ref()
    }

    pub(super) fn mark(&self) -> Number {
        self.mark
    }

    /// Up to where it has heard everything that it will not ask for.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        let seq = Seq(self.heard_to());
        self.cursor.map(|cursor| Cursor { seq, ..cursor })
    }

    /// The last number of its room before which nothing is yet to come.
    pub(super) fn heard_to(&self) -> u64 {
        self.order.as_ref().map_or(0, Order::heard_to)
    }

    /// When the messages that came since the last call were to be sent.
    pub(super) fn sent(&mut self) -> &mut Vec<Duration> {
        &mut self.sent
    }

    /// The entry after which a page is to be asked for, because something is missing; once for each
    /// gap.
    pub(super) fn gap(&mut self) -> Option<Seq> {
        let first = self.order.as_ref()?.gap();
        let is_new = first != self.asked;
        self.asked = first;
        first.filter(|_| is_new).map(|first| Seq(first - 1))
    }

    /// A new connection: what was asked for on the last one will not come.
    pub(super) fn begin(&mut self) {
        self.asked = None;
    }

    /// Takes one payload.
    ///
    /// # Errors
    /// [`LoadError`] when it makes no sense, or when the server sends the guest away.
    pub(super) fn take(&mut self, payload: &[u8]) -> Result<Heard, LoadError> {
        match glance(payload) {
            Some((seq, text)) => self.message(seq, text),
            None => return self.event(decode_event(payload)?),
        }
        Ok(Heard::Other)
    }

    fn event(&mut self, event: Event) -> Result<Heard, LoadError> {
        match event {
            Event::Welcome(_) => return Ok(Heard::Welcome),
            Event::Joined(joined) => {
                self.joined(&joined);
                return Ok(Heard::Joined);
            }
            Event::JoinRefused { refusal, .. } => return Err(turned_away(&refusal.text)),
            Event::Bye(bye) => return Err(turned_away(&bye.text)),
            Event::History(page) => page.entries.iter().for_each(|entry| self.read(entry)),
            Event::Entry(entry) => self.hear(entry.seq),
            Event::Ack { number } => self.answered(number, Desk::acknowledged),
            Event::Refused { refusal, .. } if refusal.retry => self.postpone(&refusal),
            Event::Refused { number, .. } => self.answered(number, Desk::refused),
            Event::Pong { .. }
            | Event::Notice { .. }
            | Event::Roster { .. }
            | Event::Presence { .. }
            | Event::Typing { .. }
            | Event::Left
            | Event::Rejected { .. }
            | Event::Looked(_)
            | Event::Found { .. }
            | Event::Rooms { .. }
            | Event::Invited { .. }
            | Event::Read { .. } => {}
        }
        Ok(Heard::Other)
    }

    fn message(&mut self, seq: Seq, text: &str) {
        if self.order_from(seq).hear(seq.0) {
            self.sent.extend(stamp::read(text));
        }
    }

    fn hear(&mut self, seq: Seq) {
        self.order_from(seq).hear(seq.0);
    }

    fn read(&mut self, entry: &Entry) {
        if self.order_from(entry.seq).read(entry.seq.0) {
            let text = entry.content.body().unwrap_or_default();
            self.sent.extend(stamp::read(text));
        }
    }

    fn joined(&mut self, joined: &Joined) {
        let epoch = joined.epoch;
        self.cursor = Some(Cursor {
            epoch,
            seq: joined.head,
        });
        self.mark = joined.mark.number;
        if self.order.is_none() {
            self.order = Some(Order::after(joined.head.0));
        }
        // For whoever comes back: what was missed and is not on this page is a gap from here on.
        for entry in &joined.page.entries {
            self.read(entry);
        }
    }

    fn order_from(&mut self, seq: Seq) -> &mut Order {
        let before = seq.0.saturating_sub(1);
        self.order.get_or_insert_with(|| Order::after(before))
    }

    fn answered(&self, number: Number, take: fn(&Desk, Number)) {
        if let Some(desk) = &self.desk {
            take(desk, number);
        }
    }

    /// All that is not answered is said again when the server wants it.
    fn postpone(&self, refusal: &Refusal) {
        let Some(desk) = self.desk.clone().filter(|desk| desk.postponed()) else {
            return;
        };
        let pause = Duration::from_millis(refusal.retry_after_ms.into());
        tokio::spawn(async move {
            sleep(pause).await;
            desk.repeat();
        });
    }
}

fn turned_away(text: &str) -> LoadError {
    LoadError::TurnedAway(text.to_owned())
}
