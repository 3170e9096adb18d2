//! A vector without its answer (spec/vectors/README.md), as far as it can be answered here.

use heapless::Vec;
use strictframe_core::judgement::KnownVersion;
use strictframe_core::{Limits, SchemaKey};

use crate::json::{Item, Json, Name, Read};
use crate::memory::{Held, Memory};

/// An input and what it is judged with; bytes lie in the memory it was read into.
pub(crate) struct Vector {
    pub(crate) operation: Name,
    pub(crate) input: Held,
    pub(crate) limits: Limits,
    pub(crate) dictionaries: Vec<Held, 4>,
    pub(crate) has_lz4: bool,
    pub(crate) has_zstd: bool,
    pub(crate) registry: Option<Registry>,
    pub(crate) key: Option<SchemaKey>,
    pub(crate) identity: Option<Identity>,
}

/// What a reader knows of schemas.
#[derive(Default)]
pub(crate) struct Registry {
    pub(crate) allow_forward: bool,
    pub(crate) lineages: Vec<Lineage, 4>,
}

/// What a reader knows of one lineage.
#[derive(Default)]
pub(crate) struct Lineage {
    pub(crate) lineage: [u8; 8],
    pub(crate) reader: u16,
    pub(crate) oldest_writer: u16,
    pub(crate) versions: Vec<KnownVersion, 8>,
}

/// What an identifier is asked of: a dictionary, or a version of a schema.
#[derive(Default)]
pub(crate) struct Identity {
    pub(crate) dictionary: Option<Held>,
    pub(crate) enc_id: u8,
    pub(crate) name: Held,
    pub(crate) version: u16,
    pub(crate) min_reader: u16,
    pub(crate) descriptor: Held,
}

impl Vector {
    /// The vector of a line.
    pub(crate) fn parse(text: &[u8], scratch: &mut [u8], memory: &mut Memory<'_>) -> Read<Self> {
        let mut vector = Self {
            operation: Name::new(),
            input: Held::default(),
            limits: Limits::DEFAULT,
            dictionaries: Vec::new(),
            has_lz4: true,
            has_zstd: true,
            registry: None,
            key: None,
            identity: None,
        };
        Json::new(text, scratch).members(|json, name| vector.member(json, name, memory))?;
        Ok(vector)
    }

    fn member(&mut self, json: &mut Json<'_, '_>, name: &str, memory: &mut Memory<'_>) -> Read {
        match name {
            "operation" => json.text().map(|text| {
                // Longer ones are none that can be answered.
                let _ = self.operation.push_str(text);
            }),
            "input" => json.parts(memory).map(|input| self.input = input),
            "limits" => json.members(|json, name| self.limit(json, name)),
            "dictionaries" => json.items(|json| match json.parts_of_many(memory)? {
                None => Ok(Item::End),
                Some(held) => self.dictionaries.push(held).map(|()| Item::Taken).map_err(|_| MANY),
            }),
            "codecs" => {
                (self.has_lz4, self.has_zstd) = (false, false);
                json.items(|json| json.word(|name| self.codec(name)))
            }
            "registry" => registry(json).map(|registry| self.registry = Some(registry)),
            "frame_key" => key(json).map(|key| self.key = Some(key)),
            "identity" => identity(json, memory).map(|identity| self.identity = Some(identity)),
            _ => json.skip(),
        }
    }

    fn limit(&mut self, json: &mut Json<'_, '_>, name: &str) -> Read {
        let limits = self.limits;
        self.limits = match name {
            "body" => limits.with_body(json.number()?),
            "raw" => limits.with_raw(json.number()?),
            "schemas" => limits.with_schemas(json.number()?),
            "dictionaries" => limits.with_dictionaries(json.number()?),
            _ => return Err("an unknown limit"),
        };
        Ok(())
    }

    fn codec(&mut self, name: &str) -> Read {
        match name {
            "lz4" => self.has_lz4 = true,
            "zstd" => self.has_zstd = true,
            _ => return Err("an unknown codec"),
        }
        Ok(())
    }
}

fn registry(json: &mut Json<'_, '_>) -> Read<Registry> {
    let mut registry = Registry::default();
    json.members(|json, name| match name {
        "allow_forward" => json.bool().map(|value| registry.allow_forward = value),
        "lineages" => json.items(|json| {
            let mut known = Lineage::default();
            let item = json.object(|json, name| lineage(json, name, &mut known))?;
            if let Item::Taken = item {
                registry.lineages.push(known).map_err(|_| MANY)?;
            }
            Ok(item)
        }),
        _ => json.skip(),
    })?;
    Ok(registry)
}

fn lineage(json: &mut Json<'_, '_>, name: &str, known: &mut Lineage) -> Read {
    match name {
        "lineage" => json.hex().map(|id| known.lineage = id),
        "reader" => json.number().map(|number| known.reader = number),
        "oldest_writer" => json.number().map(|number| known.oldest_writer = number),
        "versions" => json.items(|json| {
            let mut version = KnownVersion { version: 0, min_reader: 0, fork_check: [0; 4] };
            let item = json.object(|json, name| match name {
                "version" => json.number().map(|number| version.version = number),
                "min_reader" => json.number().map(|number| version.min_reader = number),
                "fork_check" => json.hex().map(|check| version.fork_check = check),
                _ => json.skip(),
            })?;
            if let Item::Taken = item {
                known.versions.push(version).map_err(|_| MANY)?;
            }
            Ok(item)
        }),
        _ => json.skip(),
    }
}

fn key(json: &mut Json<'_, '_>) -> Read<SchemaKey> {
    let (mut lineage, mut version, mut min_reader, mut fork_check) = ([0; 8], 0, 0, [0; 4]);
    json.members(|json, name| match name {
        "lineage" => json.hex().map(|id| lineage = id),
        "version" => json.number().map(|number| version = number),
        "min_reader" => json.number().map(|number| min_reader = number),
        "fork_check" => json.hex().map(|check| fork_check = check),
        _ => json.skip(),
    })?;
    Ok(SchemaKey::new(lineage, version, min_reader, fork_check))
}

fn identity(json: &mut Json<'_, '_>, memory: &mut Memory<'_>) -> Read<Identity> {
    let mut identity = Identity::default();
    json.members(|json, name| match name {
        "dictionary" => json.parts(memory).map(|held| identity.dictionary = Some(held)),
        "enc_id" => json.number().map(|number| identity.enc_id = number),
        "name" => {
            identity.name = memory.begin();
            memory.add(&mut identity.name, json.text()?.as_bytes())
        }
        "version" => json.number().map(|number| identity.version = number),
        "min_reader" => json.number().map(|number| identity.min_reader = number),
        "descriptor" => json.parts(memory).map(|held| identity.descriptor = held),
        _ => json.skip(),
    })?;
    Ok(identity)
}

const MANY: &str = "more dictionaries, lineages or versions than there is room for";
