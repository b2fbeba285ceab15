//! Declared inputs and their values.

mod declaration;
mod value;

pub use declaration::{Input, InputType, fill_inputs};
pub use value::InputValue;

pub(super) use declaration::inputs;
