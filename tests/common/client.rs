//! A client that knows only the wire: it greets, joins, says and hears.

use std::collections::{HashMap, VecDeque};
use std::sync::{LazyLock, Mutex};

use chinwag::ids::{Epoch, MemberId, MemberSecret, Number, RoomSecret, Seq};
use chinwag::wire::event::{
    Bye, Content, Cursor, Entry, Joined, Member, Page, Presence, Refusal, RefusalCode, RoomCard,
    Welcome,
};
use chinwag::wire::raw::{Hello, RawCommand, RoomRef};
use chinwag::wire::{Event, VERSION};
use ring::rand::{SecureRandom, SystemRandom};

use super::{Carrier, Lane, Link, Server, within};

/// A connection that was welcomed.
pub struct Client {
    pub link: Link,
    pub control: Lane,
    /// What resumes the session next time.
    pub token: [u8; 32],
    /// What proves who it is, in all rooms.
    pub member: MemberSecret,
    pub welcome: Welcome,
}

/// Whose session a token resumes, as a client's storage knows it.
static PERSONS: LazyLock<Mutex<HashMap<[u8; 32], MemberSecret>>> = LazyLock::new(Mutex::default);

fn person(token: Option<[u8; 32]>, next: [u8; 32]) -> MemberSecret {
    let mut persons = PERSONS.lock().expect("nobody panics in here");
    let known = token.and_then(|token| persons.get(&token).copied());
    let member = known.unwrap_or_else(|| MemberSecret(draw()));
    *persons.entry(next).or_insert(member)
}

/// Why a join was refused, and what is free instead.
#[derive(Debug)]
pub struct Denied {
    pub refusal: Refusal,
    pub suggestions: Vec<String>,
}

impl Client {
    /// A new session.
    pub async fn connect(carrier: Carrier, server: &Server) -> Self {
        let greeted = Self::greet(carrier, server, (None, draw())).await;
        greeted.unwrap_or_else(|bye| panic!("turned away: {bye:?}"))
    }

    /// The session of a token.
    pub async fn resume(carrier: Carrier, server: &Server, token: [u8; 32]) -> Self {
        let greeted = Self::greet(carrier, server, (Some(token), draw())).await;
        greeted.unwrap_or_else(|bye| panic!("turned away: {bye:?}"))
    }

    /// Says `Hello` with a token and the next one.
    pub async fn greet(
        carrier: Carrier,
        server: &Server,
        (token, next): (Option<[u8; 32]>, [u8; 32]),
    ) -> Result<Self, Bye> {
        let link = Link::open(carrier, server).await;
        Self::greet_over(link, (token, next)).await
    }

    /// Says `Hello` over a connection that has said nothing yet.
    pub async fn greet_over(
        mut link: Link,
        (token, next): (Option<[u8; 32]>, [u8; 32]),
    ) -> Result<Self, Bye> {
        let mut control = link.lane().await;
        control.send(&hello(token, next)).await;
        match control.next().await {
            Some(Event::Welcome(welcome)) => Ok(Self {
                link,
                control,
                token: next,
                member: person(token, next),
                welcome,
            }),
            Some(Event::Bye(bye)) => Err(bye),
            other => panic!("neither Welcome nor Bye: {other:?}"),
        }
    }

    /// Joins, and is let in.
    pub async fn join(&mut self, room: &str, nick: &str) -> Room {
        let joined = self.try_join(room, nick, None).await;
        joined.unwrap_or_else(|denied| panic!("{nick:?} in {room:?}: {denied:?}"))
    }

    /// Joins again where it has read up to `seq` of this history.
    pub async fn rejoin(&mut self, room: &str, nick: &str, seq: Seq) -> Room {
        let epoch = self.welcome.epoch;
        let joined = self.try_join(room, nick, Some(Cursor { epoch, seq })).await;
        joined.unwrap_or_else(|denied| panic!("{nick:?} in {room:?}: {denied:?}"))
    }

    /// Joins the private room with this secret, and is let in.
    pub async fn join_private(&mut self, (key, name): ([u8; 32], &str), nick: &str) -> Room {
        let joined = self.try_enter(join_private((key, name), nick, None)).await;
        joined.unwrap_or_else(|denied| panic!("{nick:?} in {name:?}: {denied:?}"))
    }

    pub async fn try_join(
        &mut self,
        room: &str,
        nick: &str,
        cursor: Option<Cursor>,
    ) -> Result<Room, Denied> {
        self.try_enter(join(room, nick, cursor)).await
    }

    /// Says this, which is a `Join`, on a lane of its own.
    pub async fn try_enter(&mut self, mut join: RawCommand) -> Result<Room, Denied> {
        if let RawCommand::Join { member, .. } = &mut join {
            *member = self.member;
        }
        let mut lane = self.link.lane().await;
        lane.send(&join).await;
        let mut before = Vec::new();
        loop {
            match lane.next().await {
                Some(Event::Joined(joined)) => return Ok(Room::new(lane, joined, before)),
                Some(Event::JoinRefused {
                    refusal,
                    suggestions,
                }) => {
                    assert_eq!(lane.rest().await, [], "a refused lane is over");
                    return Err(Denied {
                        refusal,
                        suggestions,
                    });
                }
                Some(event) => before.push(event),
                None => panic!("the lane ended during a join: {before:?}"),
            }
        }
    }

    /// What the directory says: the rooms, and whether there are more.
    pub async fn rooms(&mut self, like: &str, limit: u16) -> (Vec<RoomCard>, bool) {
        let like = like.to_owned();
        self.control.send(&RawCommand::Rooms { like, limit }).await;
        match self.control.next().await {
            Some(Event::Rooms { rooms, more }) => (rooms, more),
            other => panic!("no rooms but {other:?}"),
        }
    }

    /// Says that the person is away, or back.
    pub async fn away(&mut self, away: bool) {
        self.control.send(&RawCommand::Away { away }).await;
    }

    /// Asks for a pong and waits for it: whatever was said before has been heard.
    pub async fn ping(&mut self, nonce: u64) {
        self.control.send(&RawCommand::Ping { nonce }).await;
        match self.control.next().await {
            Some(Event::Pong { nonce: back, .. }) => assert_eq!(back, nonce),
            other => panic!("no pong but {other:?}"),
        }
    }

    /// The goodbye that the server says next.
    pub async fn bye(&mut self) -> Bye {
        match self.control.next().await {
            Some(Event::Bye(bye)) => bye,
            other => panic!("no goodbye but {other:?}"),
        }
    }

    /// Loses the connection without a word and gives the token back.
    pub fn cut(self) -> [u8; 32] {
        self.link.cut();
        self.token
    }
}

/// One joined room.
pub struct Room {
    pub lane: Lane,
    pub joined: Joined,
    /// What came before `Joined`.
    pub before: Vec<Event>,
    /// The number of the last numbered command.
    pub number: u64,
    /// Events that were looked past.
    heard: VecDeque<Event>,
}

impl Room {
    fn new(lane: Lane, joined: Joined, before: Vec<Event>) -> Self {
        Self {
            lane,
            number: joined.mark.number.0,
            joined,
            before,
            heard: VecDeque::new(),
        }
    }

    /// The names in the list that came with the join.
    pub fn users(&self) -> Vec<String> {
        let parts = self.before.iter().filter_map(|event| match event {
            Event::Roster { members, .. } => Some(members),
            _ => None,
        });
        parts
            .flatten()
            .map(|member| member.nick.to_string())
            .collect()
    }

    /// Who was away when this one joined.
    pub fn away(&self) -> Vec<MemberId> {
        let parts = self.before.iter().filter_map(|event| match event {
            Event::Roster { away, .. } => Some(away),
            _ => None,
        });
        parts.flatten().copied().collect()
    }

    /// Sends under the next number and waits for nothing.
    pub async fn send(&mut self, content: Content) -> Number {
        self.number += 1;
        self.send_as(self.number, content).await;
        Number(self.number)
    }

    pub async fn send_as(&mut self, number: u64, content: Content) {
        self.lane.send(&RawCommand::Send { number, content }).await;
    }

    /// Says something and waits for the acknowledgement; returns its entry.
    pub async fn say(&mut self, body: &str) -> Entry {
        let number = self.send(text(body)).await;
        let entry = self.hear(body).await;
        self.acked(number).await;
        entry
    }

    /// Says something that is to be refused.
    pub async fn fails(&mut self, content: Content) -> Refusal {
        let number = self.send(content).await;
        self.refused(number).await
    }

    /// The next event.
    pub async fn next(&mut self) -> Event {
        match self.heard.pop_front() {
            Some(event) => event,
            None => self.read().await,
        }
    }

    async fn read(&mut self) -> Event {
        let event = self.lane.next().await;
        event.expect("the lane is open")
    }

    /// Waits for an event; those before it stay to be heard.
    pub async fn find<T>(&mut self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        for (index, event) in self.heard.iter().enumerate() {
            if let Some(found) = wanted(event) {
                self.heard.remove(index);
                return found;
            }
        }
        loop {
            let event = self.read().await;
            match wanted(&event) {
                Some(found) => return found,
                None => self.heard.push_back(event),
            }
        }
    }

    /// Waits for the entry with this text.
    pub async fn hear(&mut self, body: &str) -> Entry {
        let said = text(body);
        self.find(|event| match event {
            Event::Entry(entry) if entry.content == said => Some(entry.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until a numbered command is acknowledged.
    pub async fn acked(&mut self, number: Number) {
        self.find(|event| match event {
            Event::Ack { number: it } if *it == number => Some(()),
            Event::Refused {
                number: it,
                refusal,
            } if *it == number => {
                panic!("{number:?} was refused: {refusal:?}")
            }
            _ => None,
        })
        .await;
    }

    /// Waits until a numbered command is refused.
    pub async fn refused(&mut self, number: Number) -> Refusal {
        self.find(|event| match event {
            Event::Refused {
                number: it,
                refusal,
            } if *it == number => Some(refusal.clone()),
            Event::Ack { number: it } if *it == number => panic!("{number:?} was accepted"),
            _ => None,
        })
        .await
    }

    /// Waits for somebody to come.
    pub async fn sees_join(&mut self, nick: &str) {
        self.find(|event| match event {
            Event::Presence {
                change: Presence::Joined(member),
                ..
            } => (*member.nick == *nick).then_some(()),
            _ => None,
        })
        .await;
    }

    /// Waits for somebody to go.
    pub async fn sees_leave(&mut self, nick: &str) {
        self.find(|event| match event {
            Event::Presence {
                change: Presence::Left(member),
                ..
            } => (*member.nick == *nick).then_some(()),
            _ => None,
        })
        .await;
    }

    /// Invites a member to the private room with this secret.
    pub async fn invite(&mut self, to: MemberId, (key, name): ([u8; 32], &str)) {
        let (key, name) = (RoomSecret(key), name.to_owned());
        self.lane.send(&RawCommand::Invite { to, key, name }).await;
    }

    /// Waits for an invitation: who invites, the secret, and what the room is called.
    pub async fn invited(&mut self) -> (Member, [u8; 32], String) {
        self.find(|event| match event {
            Event::Invited { from, key, name } => Some((from.clone(), key.0, name.to_string())),
            _ => None,
        })
        .await
    }

    /// Waits for the refusal of something without a number.
    pub async fn rejected(&mut self) -> Refusal {
        self.find(|event| match event {
            Event::Rejected { refusal } => Some(refusal.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until a member is told to be away, or back.
    pub async fn sees_away(&mut self, who: MemberId, away: bool) {
        self.find(|event| match event {
            Event::Presence { change, .. } => match change {
                Presence::Away { member } => (away && *member == who).then_some(()),
                Presence::Back { member } => (!away && *member == who).then_some(()),
                Presence::Joined(_) | Presence::Left(_) => None,
            },
            _ => None,
        })
        .await;
    }

    /// Everything that is to be heard before a message of this member's own, which is said
    /// now: whatever else was on its way to the room has arrived before it.
    pub async fn everything(&mut self) -> Vec<Event> {
        let fence = format!("fence {}", self.number + 1);
        let number = self.send(text(&fence)).await;
        self.hear(&fence).await;
        self.acked(number).await;
        self.heard.drain(..).collect()
    }

    /// A page of entries before `seq`.
    pub async fn page(&mut self, before: Seq, limit: u16) -> Page {
        let before = before.0;
        self.lane.send(&RawCommand::older(before, limit)).await;
        self.find(|event| match event {
            Event::History(page) => Some(page.clone()),
            _ => None,
        })
        .await
    }

    /// Everything from the beginning up to and with `page`, in order and without a gap.
    pub async fn whole_before(&mut self, page: &Page) -> Vec<Entry> {
        let mut entries = page.entries.clone();
        let mut more = page.more;
        while more {
            let older = self.page(entries[0].seq, 100).await;
            assert!(!older.entries.is_empty(), "there was to be more");
            more = older.more;
            entries.splice(0..0, older.entries);
        }
        assert_without_gaps(&entries, Seq(1));
        entries
    }

    /// Leaves, and waits until the lane is over.
    pub async fn leave(mut self) {
        self.lane.send(&RawCommand::Leave).await;
        self.find(|event| (*event == Event::Left).then_some(()))
            .await;
        assert_eq!(self.lane.rest().await, [], "a lane that was left is over");
    }

    /// Where this member has read to, if it has read all that it knows of.
    pub fn cursor(&self, epoch: Epoch) -> Cursor {
        let seq = self.joined.head;
        Cursor { epoch, seq }
    }
}

/// 32 random bytes.
pub fn draw() -> [u8; 32] {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

pub fn hello(token: Option<[u8; 32]>, next: [u8; 32]) -> RawCommand {
    RawCommand::Hello(Hello {
        version: VERSION,
        token,
        next,
        client: "chinwag-tests".into(),
    })
}

/// The secret of whoever goes by this name and no other.
fn called(nick: &str) -> MemberSecret {
    MemberSecret(
        chinwag::ids::TokenHash::of(&std::array::from_fn(|at| {
            nick.as_bytes().get(at).copied().unwrap_or_default()
        }))
        .0,
    )
}

pub fn join(room: &str, nick: &str, cursor: Option<Cursor>) -> RawCommand {
    RawCommand::Join {
        room: room.into(),
        nick: nick.into(),
        cursor,
        member: called(nick),
    }
}

pub fn join_private(
    (key, name): ([u8; 32], &str),
    nick: &str,
    cursor: Option<Cursor>,
) -> RawCommand {
    let (key, name) = (RoomSecret(key), name.to_owned());
    RawCommand::Join {
        room: RoomRef::Private { key, name },
        nick: nick.into(),
        cursor,
        member: called(nick),
    }
}

pub fn text(body: &str) -> Content {
    Content::text(body)
}

/// The text of an entry that has one.
pub fn body(entry: &Entry) -> &str {
    entry.content.body().expect("an entry with a text")
}

/// Whether the refusal has this code and this sentence, and no retry helps.
pub fn assert_final(refusal: &Refusal, code: RefusalCode, sentence: &str) {
    assert_eq!((refusal.code, &*refusal.text), (code, sentence));
    assert!(!refusal.retry, "{refusal:?}");
}

/// The entries follow one another, the first at `first`.
pub fn assert_without_gaps(entries: &[Entry], first: Seq) {
    let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq.0).collect();
    let expected: Vec<u64> = (first.0..).take(entries.len()).collect();
    assert_eq!(seqs, expected);
}

/// Ann and Bob in one room over one carrier, both past Bob's arrival.
pub async fn ann_and_bob(carrier: Carrier, server: &Server) -> [(Client, Room); 2] {
    let mut ann = Client::connect(carrier, server).await;
    let mut bob = Client::connect(carrier, server).await;
    let mut anns = ann.join("lobby", "Ann").await;
    let bobs = bob.join("lobby", "Bob").await;
    within("Bob's arrival", anns.sees_join("Bob")).await;
    [(ann, anns), (bob, bobs)]
}
