//! What a person sees while a run goes on, on stderr, if that is a terminal.

use std::cell::RefCell;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the bar is drawn at most.
const DRAW: Duration = Duration::from_millis(200);

/// The bar, or nothing.
pub(super) struct Progress {
    bar: RefCell<ProgressBar>,
}

impl Progress {
    /// Nothing is shown before something begins. A bar finds out by itself whether there is a terminal.
    pub(super) fn new() -> Self {
        let bar = RefCell::new(ProgressBar::hidden());
        Self { bar }
    }

    /// Begins a part of the run that counts up to `end`.
    pub(super) fn begin(&self, what: &'static str, end: u64) {
        let style = ProgressStyle::with_template("{prefix:>10} [{bar:40}] {pos}/{len} {msg}");
        let style = style.expect("the template is well-formed");
        let bar = ProgressBar::new(end).with_style(style.progress_chars("=> "));
        bar.set_prefix(what);
        bar.enable_steady_tick(DRAW);
        self.bar.replace(bar).finish_and_clear();
    }

    /// So much of it is done.
    pub(super) fn at(&self, done: u64) {
        self.bar.borrow().set_position(done);
    }

    /// What is going on beside the count.
    pub(super) fn say(&self, what: String) {
        self.bar.borrow().set_message(what);
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.borrow().finish_and_clear();
    }
}
