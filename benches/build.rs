//! The types of `proto/event.proto`, with the schema of the event.

use strictframe_schema::build::{Build, BuildError};

fn main() -> Result<(), BuildError> {
    Build::new().include("proto").proto("proto/event.proto").message("bench.Event").generate()
}
