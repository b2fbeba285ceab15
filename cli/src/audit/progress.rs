//! How far an audit has come.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use stet_domain::ids::OrgId;
use stet_domain::invariant::Invariant;

use crate::screen::Screen;

/// How often the line turns while a window is looked at.
const TURN: Duration = Duration::from_millis(200);

/// A line on standard error on a terminal; nothing elsewhere.
pub(super) struct Progress {
    bar: ProgressBar,
    /// What is under way, and how much of it was looked at.
    reached: Mutex<(Option<Invariant>, u64)>,
}

impl Progress {
    pub(super) fn of(screen: Screen) -> Self {
        let target =
            if screen.is_json() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}")
            .unwrap_or_else(|_invalid| ProgressStyle::default_spinner());
        let bar = ProgressBar::with_draw_target(None, target).with_style(style);
        bar.enable_steady_tick(TURN);
        Self { bar, reached: Mutex::default() }
    }

    pub(super) fn looked(&self, org: &OrgId, invariant: Invariant, more: u64) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        let before = if reached.0 == Some(invariant) { reached.1 } else { 0 };
        *reached = (Some(invariant), before + more);
        self.bar.set_message(format!("{org}: {invariant}, {} looked at", reached.1));
    }

    pub(super) fn end(self) {
        self.bar.finish_and_clear();
    }
}
