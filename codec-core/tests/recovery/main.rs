//! Recovery (SPEC section 10): streams whose every frame is known, damaged in every way, and what comes back.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod damaged;
#[cfg(test)]
mod edited;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod nested;
#[cfg(test)]
mod outcome;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod told;

#[cfg(test)]
use strictframe_core as codec_core;
