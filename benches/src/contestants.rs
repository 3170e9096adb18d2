//! Our own contestants, and the two that every result is told against: prost alone, and the framing that DashStream has today.

use strictframe::{Descriptor, Dictionary};

use crate::Fault;
use crate::contestant::{Carries, Contestant, Group, Packing};

pub mod bare;
pub mod dashstream;
pub mod ours;
pub mod prost_alone;

pub use self::bare::Bare;
pub use self::dashstream::DashStream;
pub use self::ours::Ours;
pub use self::prost_alone::ProstAlone;

/// Those that carry events: prost alone, today's framing, and ours around prost.
///
/// # Errors
/// When an encoder cannot be made.
pub fn of_events(dictionary: &Dictionary) -> Result<Vec<Box<dyn Contestant>>, Fault> {
    let ours = |packing, group| Ours::new(Carries::Events, packing, group, Some(dictionary));
    Ok(vec![
        Box::new(ProstAlone),
        Box::new(DashStream),
        Box::new(ours(Packing::Plain, Group::Single)?),
        Box::new(ours(Packing::Lz4, Group::Single)?),
        Box::new(ours(Packing::Zstd, Group::Single)?),
        Box::new(ours(Packing::ZstdDictionary, Group::Single)?),
        Box::new(ours(Packing::Plain, Group::Of(100))?),
        Box::new(ours(Packing::ZstdDictionary, Group::Of(100))?),
    ])
}

/// Ours that carry bytes, one by one and in batches of `count`; what peers are raced against.
///
/// # Errors
/// When an encoder cannot be made.
pub fn of_bytes(count: usize) -> Result<Vec<Box<dyn Contestant>>, Fault> {
    let mut contestants: Vec<Box<dyn Contestant>> = Vec::new();
    for group in [Group::Single, Group::Of(count)] {
        for packing in [Packing::Plain, Packing::Lz4, Packing::Zstd] {
            contestants.push(Box::new(Ours::new(Carries::Bytes, packing, group, None)?));
        }
    }
    Ok(contestants)
}

/// The schema that every frame here is written with.
///
/// # Errors
/// When the descriptor is refused.
pub fn schema() -> Result<Descriptor, Fault> {
    Ok(Descriptor::json("dashstream.v1.Event", 1, 1, br#"{"type":"object"}"#)?)
}
