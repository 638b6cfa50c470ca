//! A client's stay in one room: its lane, what it holds, and what it has said and is not settled, by
//! the rules of `docs/protocol.md`, sections 7 to 10.

use std::collections::{BTreeSet, VecDeque};

use chinwag::ids::{MemberId, MemberSecret, RoomSecret, Seq};
use chinwag::wire::event::{
    Content, Cursor, Event, Joined, Member, Page, Presence, Refusal, RefusalCode,
};
use chinwag::wire::raw::RawCommand;

use crate::judge::{Judge, Place};
use crate::net::{LinkId, MS, Micros, Net, SECOND, Up};
use crate::rooms::{key, named};
use crate::view::View;

const WINDOW: usize = 64;
/// Sent and not answered for so long: again, under the same number.
const ANSWER: Micros = 10 * SECOND;

pub(crate) type Lane = (LinkId, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Out,
    Joining,
    In,
    Leaving,
}

#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) content: Content,
    /// The server must refuse it.
    pub(crate) doomed: bool,
    number: Option<u64>,
    sent_at: Option<Micros>,
}

impl Pending {
    /// Whether it hangs on others if it is stored or refused.
    fn is_open(&self) -> bool {
        match self.content {
            Content::Text { reply, .. } => reply.is_some(),
            _ => self.content.of().is_some(),
        }
    }
}

pub(crate) struct Stay {
    pub(crate) room: &'static str,
    pub(crate) nick: String,
    /// What proves who it is.
    member: MemberSecret,
    /// Whether another client is the same person.
    pub(crate) is_shared: bool,
    /// The name to go back to when a new one is refused.
    old_nick: String,
    pub(crate) wanted: bool,
    pub(crate) state: State,
    pub(crate) lane: Option<Lane>,
    /// Where the room is still heard while another join is under way.
    old_lane: Option<Lane>,
    pub(crate) view: Option<View>,
    cursor: Option<Cursor>,
    asked: Option<(u64, u16)>,
    pub(crate) wait_until: Micros,
    roster: Vec<Member>,
    parts: Vec<Member>,
    /// Who in the roster is away, and who in its parts that have come.
    away: BTreeSet<MemberId>,
    parts_away: BTreeSet<MemberId>,
    pub(crate) you: Option<MemberId>,
    pub(crate) outbox: VecDeque<Pending>,
    next_number: u64,
    settled: u64,
    /// Of the history that the numbers belong to.
    numbers_epoch: Option<u64>,
    blocked_until: Micros,
    pub(crate) new_session: bool,
    /// Nobody else has had its tokens, and nothing was rewound.
    pub(crate) strict: bool,
}

impl Stay {
    pub(crate) fn new(room: &'static str, nick: String, member: MemberSecret) -> Self {
        Self {
            room,
            member,
            is_shared: false,
            old_nick: nick.clone(),
            nick,
            wanted: true,
            state: State::Out,
            lane: None,
            old_lane: None,
            view: None,
            cursor: None,
            asked: None,
            wait_until: 0,
            roster: Vec::new(),
            parts: Vec::new(),
            away: BTreeSet::new(),
            parts_away: BTreeSet::new(),
            you: None,
            outbox: VecDeque::new(),
            next_number: 1,
            settled: 0,
            numbers_epoch: None,
            blocked_until: 0,
            new_session: true,
            strict: true,
        }
    }

    pub(crate) fn roster(&self) -> &[Member] {
        &self.roster
    }

    pub(crate) fn away(&self) -> &BTreeSet<MemberId> {
        &self.away
    }

    pub(crate) fn is_settled(&self) -> bool {
        if !self.wanted {
            return self.state == State::Out;
        }
        let whole = self.view.as_ref().is_some_and(|view| !view.has_gap());
        self.state == State::In && self.outbox.is_empty() && whole
    }

    pub(crate) fn describe(&self) -> String {
        format!(
            "{} as {}: {:?}, wanted {}, {} unsettled from {:?}, {:?}",
            self.room,
            self.nick,
            self.state,
            self.wanted,
            self.outbox.len(),
            self.outbox.front(),
            self.view
        )
    }

    fn place(&self) -> Place {
        let epoch = self.view.as_ref().map_or(0, View::epoch);
        (epoch, key(self.room))
    }

    pub(crate) fn has(&self, lane: Lane) -> bool {
        self.lane == Some(lane) || self.old_lane == Some(lane)
    }

    // --- what the client does ---

    /// Joins on a new lane; the room is heard on the old one until the new one is there.
    pub(crate) fn join(&mut self, lane: Lane, net: &mut Net) {
        if self.state == State::In {
            self.old_lane = self.lane;
        } else {
            self.lose_lane();
        }
        self.lane = Some(lane);
        self.state = State::Joining;
        self.asked = None;
        self.parts.clear();
        self.parts_away.clear();
        self.cursor = self.view.as_ref().map(View::cursor);
        let join = RawCommand::Join {
            room: named(self.room),
            nick: self.nick.clone(),
            cursor: self.cursor,
            member: self.member,
        };
        net.send_up(lane.0, lane.1, Up::Command(lane.1, join));
    }

    pub(crate) fn rename(&mut self, nick: String) {
        self.old_nick = std::mem::replace(&mut self.nick, nick);
    }

    pub(crate) fn lose_lane(&mut self) {
        if self.state == State::Leaving {
            self.wanted = false;
        }
        (self.lane, self.old_lane) = (None, None);
        self.state = State::Out;
        self.asked = None;
        self.blocked_until = 0;
        self.roster.clear();
        for item in &mut self.outbox {
            item.sent_at = None;
        }
    }

    /// The client's memory of the room is gone, its outbox is not.
    pub(crate) fn forget_view(&mut self) {
        self.lose_lane();
        self.view = None;
    }

    /// The session is another one: numbers start anew.
    pub(crate) fn renumber(&mut self) {
        for item in &mut self.outbox {
            item.number = None;
            item.sent_at = None;
        }
        self.settled = 0;
    }

    pub(crate) fn say(&mut self, content: Content, doomed: bool) {
        self.outbox.push_back(Pending {
            content,
            doomed,
            number: None,
            sent_at: None,
        });
    }

    /// Says something of an entry, whether there is one or not, whosever it is, or of the room.
    pub(crate) fn amend(&mut self, text: String, net: &mut Net) {
        let newest = self.view.as_ref().map_or(1, View::next);
        let far = [newest, newest.min(4)][net.random.index(2)];
        let of = Seq(newest.saturating_sub(net.random.below(far + 1)));
        let content = match net.random.below(10) {
            8 => Content::Text {
                body: text.into(),
                reply: Some(of),
            },
            9 => Content::Topic { text: text.into() },
            0..=2 => Content::Edit {
                of,
                body: text.into(),
            },
            3..=4 => Content::Delete { of },
            kind => Content::React {
                of,
                emoji: (*net.random.pick(&["👍", "🎉"])).into(),
                on: kind > 5,
            },
        };
        self.say(content, false);
    }

    /// Asks for some of what is held, and for some that is not there.
    pub(crate) fn look(&mut self, net: &mut Net) {
        let newest = self.view.as_ref().map_or(1, View::next);
        if self.state == State::In && self.asked.is_none() {
            let seqs = (0..5).map(|_| net.random.below(newest + 2)).collect();
            self.command(RawCommand::Look { seqs }, net);
        }
    }

    /// Invites somebody to a room that bears its id, to know whom it reaches.
    pub(crate) fn invite(&mut self, net: &mut Net) {
        if self.state != State::In || self.roster.is_empty() {
            return;
        }
        let to = self.roster[net.random.index(self.roster.len())].id;
        let (key, name) = (RoomSecret([9; 32]), to.0.to_string());
        self.command(RawCommand::Invite { to, key, name }, net);
    }

    pub(crate) fn leave(&mut self, net: &mut Net) {
        if self.state == State::In {
            self.command(RawCommand::Leave, net);
            self.state = State::Leaving;
        }
    }

    pub(crate) fn command(&mut self, raw: RawCommand, net: &mut Net) {
        if let Some((link, lane)) = self.lane {
            net.send_up(link, lane, Up::Command(lane, raw));
        }
    }

    /// Says one of the unanswered again, out of turn.
    pub(crate) fn repeat(&mut self, net: &mut Net) {
        let sent = self.outbox.iter().filter(|item| item.sent_at.is_some());
        let sent: Vec<Pending> = sent.cloned().collect();
        if self.state == State::In && !sent.is_empty() {
            let item = &sent[net.random.index(sent.len())];
            self.send(item, net);
        }
    }

    fn send(&self, item: &Pending, net: &mut Net) {
        if let (Some((link, lane)), Some(number)) = (self.lane, item.number) {
            let content = item.content.clone();
            let raw = RawCommand::Send { number, content };
            net.send_up(link, lane, Up::Command(lane, raw));
        }
    }

    /// Sends what may be sent, asks for what is missing.
    pub(crate) fn tick(&mut self, net: &mut Net) {
        if self.state != State::In {
            return;
        }
        self.flush(net);
        let gap = self.view.as_ref().is_some_and(View::has_gap);
        if gap && net.now >= self.wait_until {
            self.ask(100, net);
        }
    }

    pub(crate) fn flush(&mut self, net: &mut Net) {
        if net.now < self.blocked_until || self.state != State::In {
            return;
        }
        for index in 0..self.outbox.len().min(WINDOW) {
            let item = &mut self.outbox[index];
            if item.sent_at.is_some_and(|at| at + ANSWER > net.now) {
                continue;
            }
            if item.number.is_none() {
                item.number = Some(self.next_number);
                self.next_number += 1;
            }
            item.sent_at = Some(net.now);
            let item = item.clone();
            self.send(&item, net);
        }
    }

    /// Asks for an older page, what closes a gap first.
    pub(crate) fn ask(&mut self, limit: u16, net: &mut Net) {
        let before = self.view.as_ref().and_then(View::wants_before);
        if let (State::In, None, Some(before)) = (self.state, self.asked, before) {
            self.asked = Some((before, limit));
            self.command(RawCommand::older(before, limit), net);
        }
    }

    // --- what it hears ---

    pub(crate) fn hear(&mut self, lane: Lane, event: Event, (net, judge): (&mut Net, &mut Judge)) {
        let is_new = self.lane == Some(lane);
        self.nobody_hears_a_room_it_is_not_in(is_new, &event, judge);
        match event {
            Event::Notice { .. } | Event::Typing { .. } => {}
            Event::Roster { members, away, .. } => {
                self.parts.extend(members);
                self.parts_away.extend(away);
            }
            Event::Joined(joined) => self.joined(&joined, (net, judge)),
            Event::JoinRefused {
                refusal,
                suggestions,
            } => self.join_refused(&refusal, &suggestions, (net, judge)),
            Event::Entry(entry) => {
                let place = self.place();
                if let Some(view) = &mut self.view {
                    view.entry(&entry, (&place, judge));
                }
            }
            Event::Presence { change, .. } => self.presence(change, judge),
            Event::Ack { number } => self.acknowledged(number.0, judge),
            Event::Refused { number, refusal } => self.refused(number.0, &refusal, (net, judge)),
            Event::History(page) => self.page(&page, judge),
            Event::Left => self.left(is_new, judge),
            Event::Rejected { refusal } => {
                self.asked = None;
                self.wait_until = net.now + u64::from(refusal.retry_after_ms).max(100) * MS;
            }
            Event::Welcome(_) | Event::Pong { .. } | Event::Bye(_) => {}
            Event::Looked(_) | Event::Found { .. } | Event::Rooms { .. } | Event::Read { .. } => {}
            Event::Invited { name, .. } => self.invited(&name, judge),
        }
        self.flush(net);
    }

    fn nobody_hears_a_room_it_is_not_in(&self, is_new: bool, event: &Event, judge: &mut Judge) {
        let of_members = matches!(
            event,
            Event::Entry(_) | Event::Presence { .. } | Event::Typing { .. } | Event::Ack { .. }
        );
        if of_members && is_new && matches!(self.state, State::Out | State::Joining) {
            let what = format!("{event:?} for {}", self.describe());
            judge.fail("nobody_hears_a_room_it_is_not_in", what);
        }
    }

    fn joined(&mut self, joined: &Joined, (net, judge): (&mut Net, &mut Judge)) {
        self.state = State::In;
        self.old_lane = None;
        self.old_nick = self.nick.clone();
        self.roster = std::mem::take(&mut self.parts);
        self.away = std::mem::take(&mut self.parts_away);
        self.you = Some(joined.you);
        if !self.roster.iter().any(|member| member.id == joined.you) {
            let what = format!("{:?}", self.roster);
            judge.fail("whoever_has_joined_is_in_the_list", what);
        }
        let epoch = self.numbers_epoch.replace(joined.epoch.0);
        let rewound = epoch.is_some_and(|it| it != joined.epoch.0);
        let place = (joined.epoch.0, key(self.room));
        judge.a_room_is_about_its_newest_topic(&place, joined);
        let (held, cursor) = (self.view.take(), self.cursor);
        let view = View::joined(held, (cursor, joined), (&place, judge));
        self.view = Some(view);
        self.settle_by_mark(joined, rewound, judge);
        self.blocked_until = net.now;
        self.wait_until = net.now;
    }

    fn settle_by_mark(&mut self, joined: &Joined, rewound: bool, judge: &mut Judge) {
        let mark = joined.mark.number.0;
        let new_session = std::mem::take(&mut self.new_session);
        if new_session {
            self.renumber();
            self.next_number = mark + 1;
            self.settled = mark;
        } else {
            if mark < self.settled && !rewound {
                let what = format!("{mark} after {} in {}", self.settled, self.room);
                judge.fail("a_mark_never_goes_back", what);
            }
            self.take_settled(joined, judge);
            self.settled = mark;
        }
        if rewound {
            self.strict = false;
            self.renumber();
            self.next_number = mark + 1;
            self.settled = mark;
        }
        for item in &mut self.outbox {
            item.sent_at = None;
        }
    }

    fn take_settled(&mut self, joined: &Joined, judge: &mut Judge) {
        let mark = joined.mark.number.0;
        while let Some(item) = self.outbox.front()
            && item.number.is_some_and(|number| number <= mark)
        {
            let number = item.number.unwrap_or_default();
            let refused = joined.mark.refused.iter().any(|it| it.number.0 == number);
            if refused != item.doomed && !item.is_open() {
                let what = format!("{item:?} settled as refused {refused}");
                judge.fail("an_answer_is_the_right_one", what);
            }
            self.settled_item(number, judge);
        }
        self.next_number = self.next_number.max(mark + 1);
    }

    fn settled_item(&mut self, number: u64, judge: &mut Judge) {
        let at = self.outbox.iter().position(|it| it.number == Some(number));
        let Some(item) = at.and_then(|at| self.outbox.remove(at)) else {
            return;
        };
        self.settled = self.settled.max(number);
        if item.doomed || item.is_open() {
            return;
        }
        judge.acknowledged_is_in_the_log(&self.place(), &item.content);
        if self.strict {
            judge.nothing_is_doubled(&item.content);
        }
    }

    fn acknowledged(&mut self, number: u64, judge: &mut Judge) {
        let item = self.outbox.iter().find(|it| it.number == Some(number));
        let doomed = item.is_some_and(|item| item.doomed);
        if doomed || number >= self.next_number {
            let what = format!("an acknowledgement of {number}: {}", self.describe());
            judge.fail("an_answer_is_the_right_one", what);
        }
        self.settled_item(number, judge);
    }

    fn refused(&mut self, number: u64, refusal: &Refusal, (net, judge): (&mut Net, &mut Judge)) {
        let at = self.outbox.iter().position(|it| it.number == Some(number));
        let Some(at) = at else { return };
        if !refusal.retry {
            if !self.outbox[at].doomed && !self.outbox[at].is_open() {
                let what = format!("{refusal:?} for {:?}", self.outbox[at]);
                judge.fail("an_answer_is_the_right_one", what);
            }
            return self.settled_item(number, judge);
        }
        let first_waits = self
            .outbox
            .iter()
            .take(at)
            .any(|item| item.sent_at.is_none());
        if refusal.code == RefusalCode::NumberSkipped && first_waits {
            self.outbox[at].sent_at = None;
            return;
        }
        for item in self.outbox.iter_mut().skip(at) {
            item.sent_at = None;
        }
        let wait = u64::from(refusal.retry_after_ms).max(100) * MS;
        self.blocked_until = net.now + wait;
    }

    fn join_refused(
        &mut self,
        refusal: &Refusal,
        suggestions: &[String],
        (net, judge): (&mut Net, &mut Judge),
    ) {
        self.parts.clear();
        if refusal.code != RefusalCode::NameInUse && !refusal.retry {
            let what = format!("{refusal:?} for {}", self.describe());
            judge.fail("an_honest_join_is_let_in", what);
        }
        if let Some(old) = self.old_lane.take() {
            // It stays as it was.
            self.nick = self.old_nick.clone();
            self.lane = Some(old);
            self.state = State::In;
            return;
        }
        self.lose_lane();
        let wait = u64::from(refusal.retry_after_ms).max(500) * MS;
        self.wait_until = net.now + wait;
        if refusal.code == RefusalCode::NameInUse && net.random.chance(60) {
            let other = suggestions.first();
            self.nick = other.map_or_else(|| format!("{} too", self.old_nick), Clone::clone);
        }
    }

    fn presence(&mut self, change: Presence, judge: &mut Judge) {
        let (right, member) = match change {
            Presence::Joined(member) => {
                let there = self.roster.iter().any(|it| it.id == member.id);
                self.roster.push(member.clone());
                if Some(member.id) == self.you && self.state == State::In {
                    // Another session of its person has taken another name.
                    self.nick = member.nick.to_string();
                    self.old_nick = self.nick.clone();
                }
                (!there, member)
            }
            Presence::Left(member) => {
                let before = self.roster.len();
                self.roster.retain(|it| it.id != member.id);
                self.away.remove(&member.id);
                (self.roster.len() + 1 == before, member)
            }
            Presence::Away { member } => return self.is_away(member, true, judge),
            Presence::Back { member } => return self.is_away(member, false, judge),
        };
        if !right && self.state == State::In {
            let what = format!("{member:?} for {}", self.describe());
            judge.fail("joined_and_left_balance", what);
        }
    }

    fn invited(&mut self, name: &str, judge: &mut Judge) {
        let own = self.you.map(|you| you.0.to_string());
        if own.as_deref() != Some(name) {
            let what = format!("{name}, not {own:?}: {}", self.describe());
            judge.fail("an_invitation_reaches_whom_it_is_for", what);
        }
    }

    fn is_away(&mut self, member: MemberId, away: bool, judge: &mut Judge) {
        let is_news = match away {
            true => self.away.insert(member),
            false => self.away.remove(&member),
        };
        let is_here = self.roster.iter().any(|it| it.id == member);
        if self.state == State::In && !(is_news && is_here) {
            let what = format!("{member:?} is away: {away}, for {}", self.describe());
            judge.fail("away_is_told_once_of_those_who_are_here", what);
        }
    }

    fn page(&mut self, page: &Page, judge: &mut Judge) {
        let place = self.place();
        let asked = self.asked.take();
        let (Some((before, limit)), Some(view)) = (asked, &mut self.view) else {
            return;
        };
        if page.entries.len() > usize::from(limit.clamp(1, 100)) {
            let what = format!("{} of at most {limit}", page.entries.len());
            judge.fail("a_page_is_no_longer_than_asked_for", what);
        }
        view.page(page, before, (&place, judge));
    }

    fn left(&mut self, is_new: bool, judge: &mut Judge) {
        if !is_new {
            self.old_lane = None;
            return;
        }
        if self.state != State::Leaving {
            if !self.is_shared {
                let what = self.describe();
                judge.fail("nobody_is_put_out", what);
            }
            self.wanted = false; // Its person has left in another session.
        }
        self.lose_lane();
    }
}
