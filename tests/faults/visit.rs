//! One connection of a client: it greets, joins and asks for what it missed, or says why not.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::{Bye, Cursor, Entry, Joined, Mark, Page, Welcome};
use chinwag::wire::raw::RawCommand;

use crate::common::client::{draw, hello, join};
use crate::common::{Carrier, Failure, Lane, Link, Target};

/// For words that may be on their way when a connection ends.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A client in its room.
pub struct Visit {
    /// Ends the connection when it goes.
    pub link: Link,
    pub control: Lane,
    pub lane: Lane,
    pub welcome: Welcome,
    /// Up to where the client's numbers are settled.
    pub mark: Mark,
    /// The page that came with the join, and whether it goes on where the cursor was.
    pub first_page: (Page, bool),
    /// What came meanwhile.
    pub waiting: VecDeque<Event>,
    /// What was said at the end.
    bye: Option<Bye>,
    /// Entries asked for at a time.
    page: u16,
}

/// Few, so that a wire that breaks soon lets some through.
const SMALL_PAGE: u16 = 25;

/// As many as there can be.
pub const LARGE_PAGE: u16 = 100;

/// A connection that was welcomed, and its join on the way.
pub struct Greeted {
    control: Lane,
    lane: Lane,
    pub welcome: Welcome,
}

/// What comes next of a visit.
pub enum Next {
    /// In the room.
    Event(Event),
    /// Somewhere else: at least the connection lives.
    SignOfLife,
    /// It is over.
    End,
}

/// Who wants to be where.
pub struct Wish<'a> {
    pub token: Option<[u8; 32]>,
    pub next: [u8; 32],
    pub room: &'a str,
    pub nick: &'a str,
    pub held: Option<Cursor>,
}

impl Visit {
    /// Greets and joins in one flight; the token has changed when this returns.
    pub async fn greet(link: &mut Link, wish: &Wish<'_>) -> Result<Greeted, Failure> {
        let mut control = link.try_lane().await?;
        control.send(&hello(wish.token, wish.next)).await;
        let mut lane = link.try_lane().await?;
        lane.send(&join(wish.room, wish.nick, wish.held)).await;
        match control.next().await {
            Some(Event::Welcome(welcome)) => Ok(Greeted {
                control,
                lane,
                welcome,
            }),
            other => Err(format!("no welcome but {other:?}").into()),
        }
    }

    /// Waits until the join has come through.
    pub async fn enter(link: Link, greeted: Greeted) -> Result<(Self, Joined), Failure> {
        let mut lane = greeted.lane;
        let joined = joined(&mut lane).await?;
        let visit = Self {
            link,
            control: greeted.control,
            lane,
            welcome: greeted.welcome,
            mark: joined.mark.clone(),
            first_page: (joined.page.clone(), joined.continues),
            waiting: VecDeque::new(),
            bye: None,
            page: SMALL_PAGE,
        };
        Ok((visit, joined))
    }

    /// Enters, and reads what was missed: it is `shown` as it comes, so that what was read stays read if
    /// the connection is lost meanwhile.
    pub async fn join(
        link: Link,
        greeted: Greeted,
        wish: &Wish<'_>,
        shown: &mut Vec<Entry>,
    ) -> Result<Self, Failure> {
        let (mut visit, joined) = Self::enter(link, greeted).await?;
        if let Some(held) = wish.held {
            assert_eq!(joined.epoch, held.epoch, "the history is another");
        }
        let held = wish.held.map(|held| held.seq);
        visit.show(joined, held, shown).await?;
        Ok(visit)
    }

    /// Somebody new, over this carrier.
    pub async fn arrive(
        carrier: Carrier,
        target: &Target,
        (room, nick): (&str, &str),
    ) -> Result<Self, Failure> {
        let mut link = Link::try_open(carrier, target).await?;
        let wish = Wish {
            token: None,
            next: draw(),
            room,
            nick,
            held: None,
        };
        let greeted = Self::greet(&mut link, &wish).await?;
        Self::join(link, greeted, &wish, &mut Vec::new()).await
    }

    /// Somebody whom nobody has seen before.
    pub async fn newcomer(carrier: Carrier, target: &Target) -> Result<Self, Failure> {
        static MET: AtomicU32 = AtomicU32::new(0);
        let nick = format!("new{}", MET.fetch_add(1, Ordering::Relaxed));
        Self::arrive(carrier, target, ("den", &nick)).await
    }

    /// The whole history of a room, as somebody reads it who was never there.
    pub async fn whole(target: &Target, room: &str) -> Result<Vec<Entry>, Failure> {
        let mut link = Link::try_open(Carrier::WebSocket, target).await?;
        let wish = Wish {
            token: None,
            next: draw(),
            room,
            nick: "reader",
            held: None,
        };
        let greeted = Self::greet(&mut link, &wish).await?;
        let (mut visit, joined) = Self::enter(link, greeted).await?;
        let mut shown = Vec::new();
        visit.page = LARGE_PAGE;
        visit.show(joined, Some(Seq(0)), &mut shown).await?;
        visit.lane.send(&RawCommand::Leave).await;
        Ok(shown)
    }

    /// Shows the page that came with the join, and before it what lies between.
    async fn show(
        &mut self,
        joined: Joined,
        held: Option<Seq>,
        shown: &mut Vec<Entry>,
    ) -> Result<(), Failure> {
        let mut newest = joined.page.entries;
        if let (false, Some(held)) = (joined.continues, held) {
            let first = newest.first().map_or(Seq(1), |entry| entry.seq);
            let held = self.fill(held, first, shown).await?;
            newest.retain(|entry| entry.seq > held);
        }
        shown.append(&mut newest);
        Ok(())
    }

    /// What comes next, on whatever lane.
    pub async fn next(&mut self) -> Next {
        if let Some(event) = self.waiting.pop_front() {
            return Next::Event(event);
        }
        let event = tokio::select! {
            event = self.lane.next() => return event.map_or(Next::End, Next::Event),
            event = self.control.next() => event,
        };
        match event {
            Some(Event::Bye(bye)) => {
                self.bye = Some(bye);
                Next::End
            }
            Some(_) => Next::SignOfLife,
            None => Next::End,
        }
    }

    /// Asks for a sign of life.
    pub async fn ping(&mut self) {
        self.control.send(&RawCommand::Ping { nonce: 0 }).await;
    }

    /// Reads on from what is held to the entry before `until`; returns the last one that is held now.
    async fn fill(
        &mut self,
        mut held: Seq,
        until: Seq,
        shown: &mut Vec<Entry>,
    ) -> Result<Seq, Failure> {
        while held.next() < until {
            let before = until.0.min(held.0 + 1 + u64::from(self.page));
            let limit = u16::try_from(before - held.0 - 1).expect("at most a page");
            let question = RawCommand::older(before, limit);
            self.lane.send(&question).await;
            let page = self.page().await?;
            held = page.last().expect("a page holds something").seq;
            shown.extend(page);
        }
        Ok(held)
    }

    async fn page(&mut self) -> Result<Vec<Entry>, Failure> {
        loop {
            match self.lane.next().await.ok_or("the connection is lost")? {
                Event::History(page) if page.entries.is_empty() => {
                    return Err("there was to be more".into());
                }
                Event::History(page) => return Ok(page.entries),
                Event::Rejected { refusal } => return Err(refusal.text.as_ref().into()),
                event => self.waiting.push_back(event),
            }
        }
    }

    /// The goodbye that was said before the connection ended.
    pub async fn goodbye(&mut self) -> Option<Bye> {
        if let Some(bye) = self.bye.take() {
            return Some(bye);
        }
        let listening = async {
            loop {
                match self.control.next().await {
                    Some(Event::Bye(bye)) => return Some(bye),
                    Some(_) => {}
                    None => return None,
                }
            }
        };
        let heard = tokio::time::timeout(LAST_WORDS, listening).await;
        heard.unwrap_or(None)
    }
}

async fn joined(lane: &mut Lane) -> Result<Joined, Failure> {
    loop {
        match lane.next().await.ok_or("the connection is lost")? {
            Event::Joined(joined) => return Ok(joined),
            Event::JoinRefused { refusal, .. } => return Err(refusal.text.as_ref().into()),
            // Notices and the list of members are nothing that could be lost.
            _ => {}
        }
    }
}
