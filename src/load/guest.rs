//! One guest: greets, joins, hears, and comes back whenever its connection is gone.
//!
//! Decides when a connection is given up. Does not judge what it hears: `hearing` does. Invariant: a
//! guest is one session from its first greeting to its goodbye, over any number of connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::LoadError;
use super::desk::{Desk, Line};
use super::hall::{Hall, Signal};
use super::hearing::{Heard, Hearing};
use super::line::{self, Ears, FLOOD, ROOM, Voice};
use crate::clock;
use crate::hub::Carrier;
use crate::ids::{LaneId, MemberSecret};
use crate::wire::raw::{Hello, Range, RawCommand};
use crate::wire::{VERSION, encode_command};

/// From dialling to being in the room.
const PATIENCE: Duration = Duration::from_secs(20);
/// Before the second attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Entries asked for at once, as many as the server gives.
const PAGE: u16 = 100;

/// Who a guest is.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// Counted over all guests.
    pub(super) index: usize,
    pub(super) carrier: Carrier,
    pub(super) room: String,
    /// The flooded room, if it is in that one as well.
    pub(super) flood: Option<String>,
}

/// One guest.
pub(super) struct Guest {
    name: Name,
    hall: Arc<Hall>,
    desk: Option<Arc<Desk>>,
    signal: watch::Receiver<Signal>,
    hearing: Hearing,
    /// Of the flooded room, since the connection began: what was missed of it is not asked for.
    flooded: Hearing,
    token: Option<[u8; 32]>,
    secret: MemberSecret,
    /// Since when it is to come back.
    away: Option<Instant>,
}

/// Why a connection is over, if it did not break.
enum End {
    /// The run is over.
    Stopped,
    /// It was cut here, to see how the server takes it.
    Cut,
}

impl Guest {
    /// A guest; with a desk it speaks.
    pub(super) fn new(name: Name, hall: Arc<Hall>, desk: Option<Arc<Desk>>) -> Self {
        Self {
            name,
            signal: hall.signal(),
            secret: MemberSecret(hall.draw()),
            hall,
            hearing: Hearing::new(desk.clone()),
            flooded: Hearing::default(),
            desk,
            token: None,
            away: None,
        }
    }

    /// Takes part until the run is over.
    pub(super) async fn live(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let end = self.visit().await;
            // Whoever has never been in has not left either.
            if self.hearing.order().is_some() {
                self.away.get_or_insert_with(|| clock::now().instant);
            }
            match end {
                Ok(End::Stopped) => break,
                Ok(End::Cut) => pause = FIRST_PAUSE,
                Err(failure) => {
                    self.hall.tally.broke(&failure);
                    if self.is_over_within(pause).await {
                        break;
                    }
                    pause = LONGEST_PAUSE.min(2 * pause);
                }
            }
        }
        self.judge(&self.hearing);
        self.judge(&self.flooded);
    }

    fn judge(&self, hearing: &Hearing) {
        if let Some(order) = hearing.order() {
            self.hall.tally.judged(order.faults());
        }
    }

    async fn is_over_within(&mut self, pause: Duration) -> bool {
        let stopped = self.signal.wait_for(|signal| signal.stopped);
        timeout(pause, stopped).await.is_ok()
    }

    /// One connection, from dialling to its end.
    async fn visit(&mut self) -> Result<End, LoadError> {
        let (voice, mut ears) = self.come_in().await?;
        let (line, frames) = mpsc::unbounded_channel();
        let speaking = tokio::spawn(speak(voice, frames));
        self.seated(&line);
        let end = self.listen(&mut ears, &line).await;
        if let Some(desk) = &self.desk {
            desk.unseated();
        }
        drop(line);
        match end {
            // Says goodbye, so that the name is free.
            Ok(End::Stopped) => drop(timeout(LONGEST_PAUSE, speaking).await),
            // Without a word.
            Ok(End::Cut) | Err(_) => speaking.abort(),
        }
        end
    }

    /// Patience begins behind the door: in front of it, thousands wait longer.
    async fn come_in(&mut self) -> Result<(Voice, Ears), LoadError> {
        let hall = Arc::clone(&self.hall);
        let place = match self.away {
            None => Some(hall.door().await),
            Some(_) => None, // a crowd that comes back does not queue
        };
        let entering = timeout(PATIENCE, self.enter()).await;
        drop(place);
        entering.map_err(|_| LoadError::Late)?
    }

    async fn enter(&mut self) -> Result<(Voice, Ears), LoadError> {
        self.begin();
        let Name { index, carrier, .. } = self.name;
        let (mut voice, mut ears) = line::open(&self.hall.dialer, (index, carrier)).await?;
        let next = self.hall.draw();
        voice.control(hello(self.token, next)).await?;
        let welcome = (LaneId::CONTROL, Heard::Welcome);
        self.wait_for(welcome, &mut ears).await?;
        self.token = Some(next);
        self.join(ROOM, (&mut voice, &mut ears)).await?;
        if self.name.flood.is_some() {
            self.join(FLOOD, (&mut voice, &mut ears)).await?;
        }
        Ok((voice, ears))
    }

    /// A new connection.
    fn begin(&mut self) {
        self.hearing.begin();
        let flooded = std::mem::take(&mut self.flooded);
        self.judge(&flooded);
    }

    /// Enters the room of this lane.
    async fn join(
        &mut self,
        lane: LaneId,
        (voice, ears): (&mut Voice, &mut Ears),
    ) -> Result<(), LoadError> {
        let room = match &self.name.flood {
            Some(flood) if lane == FLOOD => flood,
            Some(_) | None => &self.name.room,
        };
        let join = frame(&RawCommand::Join {
            room: room.as_str().into(),
            nick: format!("guest {}", self.name.index),
            cursor: self.hearing_on(lane).cursor(),
            member: self.secret,
        });
        voice.open_lane(lane, ears).await?;
        voice.say(lane, vec![join]).await?;
        self.wait_for((lane, Heard::Joined), ears).await
    }

    /// Takes what comes until this has come on this lane.
    async fn wait_for(
        &mut self,
        (lane, wanted): (LaneId, Heard),
        ears: &mut Ears,
    ) -> Result<(), LoadError> {
        let mut heard = Vec::new();
        let mut is_there = false;
        while !is_there {
            ears.hear(&mut heard).await?;
            for (on, payload) in heard.drain(..) {
                let it = self.hearing_for(on).take(&payload)?;
                is_there |= on == lane && it == wanted;
            }
        }
        Ok(())
    }

    fn hearing_on(&self, lane: LaneId) -> &Hearing {
        if lane == FLOOD {
            &self.flooded
        } else {
            &self.hearing
        }
    }

    fn hearing_for(&mut self, lane: LaneId) -> &mut Hearing {
        if lane == FLOOD {
            &mut self.flooded
        } else {
            &mut self.hearing
        }
    }

    fn seated(&mut self, line: &Line) {
        self.count();
        match self.away.take() {
            Some(since) => self.hall.tally.returned(since.elapsed()),
            None => self.hall.arrived(),
        }
        if let Some(desk) = &self.desk {
            desk.seated(line.clone(), self.hearing.mark());
        }
    }

    /// Hears until the connection is over.
    async fn listen(&mut self, ears: &mut Ears, line: &Line) -> Result<End, LoadError> {
        let mut heard = Vec::new();
        loop {
            if let Some(after) = self.hearing.gap() {
                let range = Range::After(after);
                let history = RawCommand::History { range, limit: PAGE };
                // If it cannot be said, the connection is over, and the next one fills the gap.
                line.send(frame(&history)).ok();
            }
            // Both are cancel-safe.
            tokio::select! {
                heard = ears.hear(&mut heard) => heard?,
                signal = self.signal.changed() => {
                    let is_over = signal.is_err() || self.signal.borrow().stopped;
                    return Ok(if is_over { End::Stopped } else { End::Cut });
                }
            }
            let before = self.flooded.heard_to();
            for (lane, payload) in heard.drain(..) {
                self.hearing_for(lane).take(&payload)?;
            }
            self.hall.flooded(self.flooded.heard_to() - before);
            self.count();
        }
    }

    fn count(&mut self) {
        let sent = self.hearing.sent();
        if !sent.is_empty() {
            self.hall.heard(sent);
            sent.clear();
        }
        if let Some(order) = self.hearing.order() {
            self.hall.reached(self.name.index, order.heard_to());
        }
    }
}

/// Says what comes down the line, all that waits in one write; and at its end goodbye.
async fn speak(mut voice: Voice, mut frames: mpsc::UnboundedReceiver<Bytes>) {
    let mut batch = Vec::new();
    while frames.recv_many(&mut batch, usize::MAX).await > 0 {
        let said = voice.say(ROOM, std::mem::take(&mut batch));
        if said.await.is_err() {
            return; // those who listen meet the same
        }
    }
    // A connection that is broken needs no goodbye.
    voice.control(frame(&RawCommand::Bye)).await.ok();
    voice.finish().await;
}

fn hello(token: Option<[u8; 32]>, next: [u8; 32]) -> Bytes {
    frame(&RawCommand::Hello(Hello {
        version: VERSION,
        token,
        next,
        client: concat!("chinwag-load/", env!("CARGO_PKG_VERSION")).into(),
    }))
}

fn frame(command: &RawCommand) -> Bytes {
    encode_command(command).expect("what the load says fits a frame")
}
