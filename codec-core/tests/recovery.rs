//! Recovery (SPEC section 10): streams whose every frame is known, damaged in every way, and what comes back.

mod damage;
mod damaged;
mod edited;
mod hostile;
mod nested;
mod outcome;
mod stream;
mod told;

use strictframe_core as codec_core;
