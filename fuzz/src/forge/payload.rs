//! What stands inside a body: batches and extension blocks, and text to fill them with.

/// The payload of a batch (section 7).
#[must_use]
pub fn batch<T: AsRef<[u8]>>(items: &[T]) -> Vec<u8> {
    let sizes: Vec<u32> = items.iter().map(|item| item.as_ref().len() as u32).collect();
    let table = batch_table(items.len() as u32, &sizes);
    items.iter().fold(table, |payload, item| [&payload, item.as_ref()].concat())
}

/// A count and sizes, whether they fit or not.
#[must_use]
pub fn batch_table(count: u32, sizes: &[u32]) -> Vec<u8> {
    let mut table = count.to_le_bytes().to_vec();
    table.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
    table
}

/// An extension block (section 3), in the order given.
#[must_use]
pub fn extensions(extensions: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (kind, value) in extensions {
        block.extend(kind.to_le_bytes());
        block.extend((value.len() as u16).to_le_bytes());
        block.extend(value);
    }
    block
}

/// One record of the sample kind: a line of JSON that differs with `number`.
#[must_use]
pub fn record(number: u64) -> Vec<u8> {
    let mut random = Random::new(number);
    let step = STEPS[random.below(STEPS.len() as u64) as usize];
    let node = NODES[random.below(NODES.len() as u64) as usize];
    let micros = random.below(1_000_000);
    format!(
        r#"{{"sequence":{number},"step":"{step}","node":"{node}","micros":{micros},"retry":false}}"#
    )
    .into_bytes()
}

/// Exactly `len` bytes of records, one after another.
#[must_use]
pub fn text(seed: u64, len: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for number in seed.. {
        if text.len() >= len {
            break;
        }
        text.extend(record(number));
    }
    text.truncate(len);
    text
}

/// Bytes that do not compress.
#[must_use]
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    (0..len).map(|_| random.below(256) as u8).collect()
}

/// Numbers from a seed, the same on every machine (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of that seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.next() as u128 * bound as u128) >> 64) as u64
    }
}

const STEPS: [&str; 6] = ["plan", "retrieve", "call tool", "reflect", "answer", "checkpoint"];
const NODES: [&str; 5] = ["router", "worker-a", "worker-b", "critic", "writer"];
