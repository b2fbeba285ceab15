//! The invariants that an auditor holds the rows against (docs/spec/reliability.md, "Invariants").

use std::fmt;

macro_rules! invariants {
    ($($variant:ident $name:literal $says:literal,)+) => {
        /// What holds at every moment, whatever fails.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Invariant { $(#[doc = $says] $variant,)+ }

        impl Invariant {
            /// Every invariant, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name that the specification gives it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it says, in one sentence.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says,)+ }
            }
        }
    };
}

invariants! {
    Terminal "I1" "A cell has one current run, and what has ended stays ended.",
    Results "I2" "A run with a result has one recorded attempt and one output; no other run has any.",
    Fences "I3" "Nothing is written but under the fence of the claim in force.",
    Counters "I4" "Counters are the counts of current runs.",
    Cells "I5" "Every accepted cell has a run, and there are no others.",
    Calls "I6" "A provider call has an attempt that began before it.",
    Ended "I7" "Once the last fault is over, everything ends.",
    Pauses "I8" "No attempt begins while its batch is paused.",
    Orgs "I9" "What belongs to a row belongs to its org.",
    Sink "I10" "A terminal run reaches the analytics sink.",
    Seals "I11" "Every hash and HMAC verifies.",
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invariants_are_numbered_as_in_the_specification() {
        for (index, invariant) in Invariant::ALL.iter().enumerate() {
            assert_eq!(invariant.to_string(), format!("I{}", index + 1));
        }
    }
}
