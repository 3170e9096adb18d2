//! Writes the JSON Schemas of configuration files into a folder, or says whether they are up to date: `schemas FOLDER [--check]`.

use core::error::Error;
use std::path::Path;

use schemars::{JsonSchema, SchemaGenerator};
use strictframe::CompressionPolicy;
use strictframe_dashflow::producer::ProducerConfig;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (folder, is_check) = match arguments[..] {
        [folder] => (Path::new(folder), false),
        [folder, "--check"] => (Path::new(folder), true),
        _ => return Err("usage: schemas FOLDER [--check]".into()),
    };
    let policy = text::<CompressionPolicy>("How strictframe compresses payloads")?;
    let producer = text::<ProducerConfig>("How a producer of DashFlow's telemetry works")?;
    let files =
        [("compression-policy.schema.json", policy), ("producer-config.schema.json", producer)];
    for (name, schema) in files {
        let path = folder.join(name);
        if !is_check {
            std::fs::create_dir_all(folder)?;
            std::fs::write(path, schema)?;
        } else if std::fs::read_to_string(&path)? != schema {
            return Err(format!("{} is not what the code says", path.display()).into());
        }
    }
    Ok(())
}

fn text<T: JsonSchema>(title: &str) -> serde_json::Result<String> {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}
