//! Whole messages under every policy: from a value to bytes and back, prost included.

use strictframe::{CodecChoice, CompressionPolicy, Dictionary};

use crate::Fault;
use crate::claims::{Bound, Claim};
use crate::contestant::{Card, Carries, Contestant, Group, Packing};
use crate::contestants::{DashStream, Ours, ProstAlone};
use crate::corpus::{Corpus, Form, Record};
use crate::race::{Effort, Spread, Standing, race};
use crate::sizes;

/// How everyone did.
#[derive(Debug)]
pub struct Field {
    /// In the order they stood in.
    pub standings: Vec<Standing>,
    /// Raw bytes per message.
    pub raw: f64,
}

/// Races prost alone, today's framing and every preset of ours over the records of the even tasks, with dictionaries of the odd ones.
///
/// # Errors
/// When a contestant fails.
pub fn race_all(corpus: &Corpus, effort: Effort) -> Result<Field, Fault> {
    let [(records, dictionary), _] = sizes::trained(corpus, Form::Protobuf)?;
    let records: Vec<Record> = records.into_iter().cloned().collect();
    let mut contestants: Vec<Box<dyn Contestant>> =
        vec![Box::new(ProstAlone), Box::new(DashStream)];
    let lz4 = CompressionPolicy::new(CodecChoice::Lz4);
    let policies = [
        ("off", CompressionPolicy::off()),
        ("lz4", lz4),
        ("fast", CompressionPolicy::fast()),
        ("balanced", CompressionPolicy::balanced()),
        ("small", CompressionPolicy::small()),
    ];
    for (name, policy) in &policies {
        contestants.push(ours(name, policy, Group::Single, None)?);
        if *name != "off" {
            contestants.push(ours(name, policy, Group::Single, Some(&dictionary))?);
        }
    }
    for (name, policy) in &policies {
        if *name == "balanced" || *name == "small" {
            let group = Group::Of(sizes::BATCH);
            contestants.push(ours(name, policy, group, Some(&dictionary))?);
        }
    }
    let raw = records.iter().map(|record| record.protobuf.len()).sum::<usize>();
    let raw = raw as f64 / records.len() as f64;
    Ok(Field { standings: race(&mut contestants, &records, effort)?, raw })
}

fn ours(
    name: &str,
    policy: &CompressionPolicy,
    group: Group,
    dictionary: Option<&Dictionary>,
) -> Result<Box<dyn Contestant>, Fault> {
    let with = if dictionary.is_some() { ", dictionary" } else { "" };
    let grouped =
        if group == Group::Single { String::new() } else { format!(", {}s", group.size()) };
    let packing = match (policy.codec, dictionary) {
        (CodecChoice::None, _) => Packing::Plain,
        (CodecChoice::Lz4, _) => Packing::Lz4,
        (_, None) => Packing::Zstd,
        (_, Some(_)) => Packing::ZstdDictionary,
    };
    let name = format!("strictframe {name}{with}{grouped}");
    let card = Card { name, packing, carries: Carries::Events, group, is_checked: true };
    Ok(Box::new(Ours::by_policy(card, policy.clone(), dictionary)?))
}

impl Field {
    /// `balanced` against today's framing.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        let named = |name: &str| self.standings.iter().find(|standing| standing.card.name == name);
        let Some(today) = named("DashStream today") else { return Vec::new() };
        let claim = |name: &str| {
            let what = format!("encode, {name}, against today's framing at its default");
            let ratio = Spread::of_ratios(&named(name)?.encode, &today.encode);
            Some(Claim { what, bound: Bound::AtMost(0.45), measured: ratio })
        };
        let names = ["strictframe balanced", "strictframe balanced, dictionary"];
        names.into_iter().filter_map(claim).collect()
    }
}
