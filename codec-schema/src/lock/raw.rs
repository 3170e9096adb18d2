//! The fields of a lock file, as they stand there.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use toml::Spanned;

/// What every lock file has, whatever its format.
#[derive(Deserialize)]
pub(super) struct RawFormat {
    pub(super) format: Spanned<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLock {
    #[serde(rename = "format")]
    pub(super) _format: u32,
    #[serde(default)]
    pub(super) lineage: Vec<RawLineage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLineage {
    pub(super) name: Spanned<String>,
    pub(super) encoding: String,
    pub(super) id: String,
    pub(super) version: Vec<RawVersion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVersion {
    pub(super) version: Spanned<u16>,
    pub(super) min_reader: u16,
    pub(super) oldest_writer: u16,
    pub(super) previous: Option<String>,
    pub(super) fingerprint: String,
    pub(super) seal: String,
    pub(super) descriptor: String,
}
