//! What later entries make of an earlier one.
//!
//! Decides the state of an entry, for the log, for the chat and for clients alike. It hangs on
//! nothing but the entries and their order, and to take one in twice changes nothing more.

use std::sync::Arc;

use super::event::{Content, Entry, Member, Reaction};
use crate::ids::{MemberId, Seq};

impl Content {
    /// The entry that this one amends, if it amends any.
    #[must_use]
    pub fn of(&self) -> Option<Seq> {
        match self {
            Self::Edit { of, .. } | Self::Delete { of } | Self::React { of, .. } => Some(*of),
            Self::Text { .. }
            | Self::Location { .. }
            | Self::Topic { .. }
            | Self::Deleted
            | Self::Emptied => None,
        }
    }

    /// Whether it stands for itself and can be reacted to: a text or a position.
    #[must_use]
    pub fn is_message(&self) -> bool {
        match self {
            Self::Text { .. } | Self::Location { .. } => true,
            Self::Edit { .. }
            | Self::Delete { .. }
            | Self::React { .. }
            | Self::Topic { .. }
            | Self::Deleted
            | Self::Emptied => false,
        }
    }
}

impl Entry {
    /// Takes in what `later` says of this entry, or of the message that it is an edit of.
    pub fn amend(&mut self, later: &Entry) {
        let Some(of) = later.content.of() else {
            return;
        };
        if of == self.seq {
            self.take_in(later);
        } else if self.content.of() == Some(of) {
            self.content.follow(&later.content);
        }
    }

    fn take_in(&mut self, later: &Entry) {
        match &later.content {
            Content::Edit { body, .. } => self.edit(body, later),
            Content::Delete { .. } if self.content.is_message() => {
                self.content = Content::Deleted;
                self.edited = None;
                self.reactions.clear();
            }
            Content::React { emoji, on, .. } if self.content.is_message() => match on {
                true => self.react(emoji, later),
                false => self.take_back(emoji, later.author),
            },
            Content::Delete { .. }
            | Content::React { .. }
            | Content::Text { .. }
            | Content::Location { .. }
            | Content::Topic { .. }
            | Content::Deleted
            | Content::Emptied => {}
        }
    }

    fn edit(&mut self, text: &Arc<str>, later: &Entry) {
        if let Content::Text { body, .. } = &mut self.content {
            *body = text.clone();
            self.edited = Some(later.at);
        }
    }

    fn react(&mut self, emoji: &Arc<str>, later: &Entry) {
        let member = Member {
            id: later.author,
            nick: later.nick.clone(),
        };
        match self.reactions.iter_mut().find(|it| it.emoji == *emoji) {
            Some(reaction) if reaction.by.iter().any(|it| it.id == member.id) => {}
            Some(reaction) => reaction.by.push(member),
            None => self.reactions.push(Reaction {
                emoji: emoji.clone(),
                by: vec![member],
            }),
        }
    }

    fn take_back(&mut self, emoji: &Arc<str>, author: MemberId) {
        for reaction in &mut self.reactions {
            if reaction.emoji == *emoji {
                reaction.by.retain(|member| member.id != author);
            }
        }
        self.reactions.retain(|reaction| !reaction.by.is_empty());
    }
}

impl Content {
    /// An edit shows the text that its message has.
    fn follow(&mut self, later: &Self) {
        match (&mut *self, later) {
            (Self::Edit { body, .. }, Self::Edit { body: text, .. }) => *body = text.clone(),
            (Self::Edit { .. }, Self::Delete { .. }) => *self = Self::Emptied,
            _ => {} // Neither a deletion nor a reaction has a text.
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Number, SeatId, Timestamp};

    fn entry(seq: u64, author: u64, content: Content) -> Entry {
        Entry {
            seq: Seq(seq),
            at: Timestamp(seq.cast_signed()),
            author: MemberId(author),
            number: Number(seq),
            nick: format!("Ann {author}").into(),
            content,
            edited: None,
            reactions: Vec::new(),
            seat: SeatId(author),
        }
    }

    fn edit(seq: u64, body: &str) -> Entry {
        let content = Content::Edit {
            of: Seq(1),
            body: body.into(),
        };
        entry(seq, 1, content)
    }

    fn react(seq: u64, author: u64, (emoji, on): (&str, bool)) -> Entry {
        let content = Content::React {
            of: Seq(1),
            emoji: emoji.into(),
            on,
        };
        entry(seq, author, content)
    }

    fn told(entry: &Entry) -> Vec<(&str, Vec<u64>)> {
        let by = |it: &Reaction| it.by.iter().map(|member| member.id.0).collect();
        let told = entry.reactions.iter().map(|it| (&*it.emoji, by(it)));
        told.collect()
    }

    #[test]
    fn an_edit_changes_the_text_of_its_message_and_of_earlier_edits() {
        let mut message = entry(1, 1, Content::text("one"));
        let mut earlier = edit(2, "two");
        let mut other = entry(3, 1, Content::text("three"));
        let later = edit(4, "four");
        for it in [&mut message, &mut earlier, &mut other] {
            it.amend(&later);
            it.amend(&later);
        }
        assert_eq!(message.content, Content::text("four"));
        assert_eq!(message.edited, Some(Timestamp(4)));
        assert_eq!(earlier.content.body(), Some("four"));
        assert_eq!(other.content, Content::text("three"));
    }

    #[test]
    fn a_deletion_leaves_nothing_and_nothing_comes_after_it() {
        let mut message = entry(1, 1, Content::text("one"));
        message.amend(&edit(2, "two"));
        message.amend(&react(3, 2, ("👍", true)));
        let mut earlier = edit(2, "two");
        let deletion = entry(4, 1, Content::Delete { of: Seq(1) });
        for it in [&mut message, &mut earlier] {
            it.amend(&deletion);
            it.amend(&edit(5, "five"));
            it.amend(&react(6, 2, ("👍", true)));
        }
        assert_eq!(message, entry(1, 1, Content::Deleted));
        assert_eq!(earlier, entry(2, 1, Content::Emptied));
    }

    #[test]
    fn reactions_are_told_in_the_order_in_which_they_came() {
        let mut message = entry(1, 1, Content::text("one"));
        for (author, said) in [
            (2, ("👍", true)),
            (3, ("🎉", true)),
            (1, ("👍", true)),
            (2, ("👍", true)),
            (2, ("👍", false)),
            (4, ("🎉", false)),
        ] {
            message.amend(&react(9, author, said));
        }
        assert_eq!(told(&message), [("👍", vec![1]), ("🎉", vec![3])]);
        message.amend(&react(9, 1, ("👍", false)));
        message.amend(&react(9, 3, ("👍", true)));
        assert_eq!(told(&message), [("🎉", vec![3]), ("👍", vec![3])]);
    }
}
