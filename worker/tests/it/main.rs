//! The real worker over the real SQLite store, calling the real adapters of OpenAI and Gemini against the simulator on a loopback port.
#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod fixture;

mod batch;
mod broken_reply;
mod canary;
mod decisions;
mod drain;
mod drift;
mod echo;
mod fairness;
mod fence;
mod fleet;
mod grounding;
mod hints;
mod limits;
mod output;
mod parallel;
mod preflight;
mod rate;
mod retry;
mod two_step;
