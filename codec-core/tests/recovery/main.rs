//! Recovery (SPEC section 10): streams whose every frame is known, damaged in every way, and what comes back.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod damaged;
#[cfg(test)]
mod outcome;
#[cfg(test)]
mod stream;

#[cfg(test)]
use strictframe_core as codec_core;
