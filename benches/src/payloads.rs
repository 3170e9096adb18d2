//! Payloads as JSON by their descriptor alone: ours, and prost-reflect's.

use core::hint::black_box;
use std::path::Path;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use serde_json::json;
use strictframe_schema::payload::{Layout, Scratch};
use strictframe_schema::protobuf::ProtobufSchema;

use crate::Fault;
use crate::claims::{Bound, Claim};
use crate::corpus::{Corpus, Record};
use crate::operation::{Operation, in_turns};
use crate::race::{Effort, Spread};

/// Payloads of one type, and the type as both libraries have it.
#[derive(Debug)]
pub struct Payloads {
    layout: Layout,
    kind: MessageDescriptor,
    payloads: Vec<Vec<u8>>,
}

impl Payloads {
    /// The protobuf form of these records.
    ///
    /// # Errors
    /// When their type does not compile.
    pub fn events(records: &[Record]) -> Result<Self, Fault> {
        let payloads = records.iter().map(|record| record.protobuf.to_vec());
        Ok(Self { payloads: payloads.collect(), ..Self::of("event.proto", "bench.Event")? })
    }

    /// Messages of many small fields, always the same.
    ///
    /// # Errors
    /// When their type does not compile, or one cannot be made.
    pub fn readings() -> Result<Self, Fault> {
        let mut made = Self::of("readings.proto", "bench.Readings")?;
        let mut scratch = Scratch::default();
        for n in 0..READINGS {
            let mut payload = Vec::new();
            made.layout.from_json(readings(n).as_bytes(), &mut scratch, &mut payload)?;
            made.payloads.push(payload);
        }
        Ok(made)
    }

    fn of(file: &str, name: &str) -> Result<Self, Fault> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
        let set = protox::compile([file], [folder])?;
        let schema = ProtobufSchema::from_descriptor_set(&set.encode_to_vec())?;
        let pool = DescriptorPool::from_file_descriptor_set(set)?;
        let kind = pool.get_message_by_name(name).ok_or("there is no such message")?;
        Ok(Self { layout: Layout::of_schema(&schema, name)?, kind, payloads: Vec::new() })
    }

    /// Bytes of a payload, on average.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.payloads.iter().map(Vec::len).sum::<usize>() as f64 / self.payloads.len() as f64
    }

    /// Writes each as JSON, into the same memory.
    ///
    /// # Errors
    /// When one is refused.
    pub fn write(&self, scratch: &mut Scratch, out: &mut String) -> Result<(), Fault> {
        for payload in &self.payloads {
            out.clear();
            self.layout.to_json(black_box(payload), scratch, out)?;
            black_box(&out);
        }
        Ok(())
    }

    /// The same by prost-reflect, whose text goes into the same memory as well.
    ///
    /// # Errors
    /// When one is refused.
    pub fn reflect(&self, out: &mut Vec<u8>) -> Result<(), Fault> {
        for payload in &self.payloads {
            out.clear();
            let message = DynamicMessage::decode(self.kind.clone(), black_box(payload).as_slice())?;
            serde_json::to_writer(&mut *out, &message)?;
            black_box(&out);
        }
        Ok(())
    }

    /// That both read the same from a payload: prost-reflect takes our text for the message that it decodes itself.
    fn check(&self) -> Result<(), Fault> {
        let mut scratch = Scratch::default();
        for payload in &self.payloads {
            let mut text = String::new();
            self.layout.to_json(payload, &mut scratch, &mut text)?.exact()?;
            let mut reader = serde_json::Deserializer::from_str(&text);
            let read = DynamicMessage::deserialize(self.kind.clone(), &mut reader)?;
            if read != DynamicMessage::decode(self.kind.clone(), payload.as_slice())? {
                return Err(format!("read otherwise by prost-reflect: {text}").into());
            }
        }
        Ok(())
    }

    /// How many times faster than prost-reflect, round by round.
    fn ratio(&self, effort: Effort) -> Result<Spread, Fault> {
        self.check()?;
        let (mut scratch, mut text, mut out) = (Scratch::default(), String::new(), Vec::new());
        let count = self.payloads.len();
        let mut operations = [
            Operation::new("ours", count, || self.write(&mut scratch, &mut text)),
            Operation::new("theirs", count, || self.reflect(&mut out)),
        ];
        let times = in_turns(&mut operations, effort)?;
        Ok(Spread::of_ratios(times.of("theirs")?, times.of("ours")?))
    }
}

/// Writing payloads as JSON, beside prost-reflect.
///
/// # Errors
/// When something cannot be read, or both do not read the same.
pub fn claims(corpus: &Corpus, effort: Effort) -> Result<Vec<Claim>, Fault> {
    let bound = Bound::AtLeast(3.0);
    let (near, far) = (corpus.near(380, NEAR), corpus.near(2 << 10, NEAR));
    let all = [
        ("an event of 380 B", bound, Payloads::events(&near)?),
        ("an event of 2 KiB", Bound::Told, Payloads::events(&far)?),
        ("a message of many small fields", bound, Payloads::readings()?),
    ];
    let claim = |(what, bound, payloads): &(&str, Bound, Payloads)| {
        let what = format!("times that {what} is faster written as JSON than by prost-reflect");
        Ok(Claim { what, bound: *bound, measured: payloads.ratio(effort)? })
    };
    all.iter().map(claim).collect()
}

/// What makes the payload of that number, as JSON.
fn readings(n: u32) -> String {
    let small = i64::from(n % 97);
    let states = ["STATE_IDLE", "STATE_BUSY", "STATE_DOWN"];
    let state = |k: i64| states.get(usize::try_from(k % 3).unwrap_or_default());
    let place = json!({
        "latitude": 48.0 + small as f64 / 7.0,
        "longitude": 11.5 - small as f64 / 8.0,
        "room": format!("r{small}"),
    });
    let channel = |k: i64| {
        json!({
            "gain": 100 + k * small, "value": (small - 50) * 1_000_003 * k,
            "isClipped": k % 2 == 0, "state": state(k),
        })
    };
    let alarm = |k: i64| json!({ "code": 400 + k, "state": state(small + k), "sinceUs": 1_754_795_546_500_000 + small * k, "place": place });
    let all = json!({
        "sequence": u64::from(n) + 1, "atUs": 1_754_795_546_500_000 + i64::from(n) * 1_317_011,
        "state": state(small), "isCharging": n.is_multiple_of(2), "temperature": 21.5 + small as f64 / 16.0,
        "humidity": 0.25 + small as f32 / 128.0, "drift": small - 48, "restarts": small * 3,
        "firmware": 0x0203_0400 + n, "uptimeNs": small * 1_000_000_007,
        "site": "north", "token": "q83vEjRWeJA=",
        "steps": [small, -small, 1, 300, -7, small * 1000], "past": [state(0), state(1), state(2)],
        "counters": { "sent": small * 1_234_567, "lost": small, "retried": 3 },
        "channels": { "1": channel(1), "2": channel(2), "3": channel(3), "4": channel(4), "7": channel(7) },
        "place": place, "alarms": [alarm(0), alarm(1)], "retries": n % 5, "radio": small - 90,
    });
    all.to_string()
}

/// So many payloads are gone through in a turn: they fit into a core's second cache.
const NEAR: usize = 256;
const READINGS: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_read_the_same_from_every_payload() {
        let records = Corpus::made_agent_runs().near(380, 50);
        let (events, readings) =
            (Payloads::events(&records).unwrap(), Payloads::readings().unwrap());
        events.check().unwrap();
        readings.check().unwrap();
        assert!((300.0..460.0).contains(&events.mean()), "{}", events.mean());
        assert!((300.0..460.0).contains(&readings.mean()), "{}", readings.mean());
    }

    #[test]
    fn payloads_of_another_type_are_told() {
        let mut readings = Payloads::readings().unwrap();
        readings.kind = Payloads::of("event.proto", "bench.Header").unwrap().kind;
        assert!(readings.check().is_err());
    }
}
