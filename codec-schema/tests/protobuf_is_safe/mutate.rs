//! One edit of a schema, as its author might make it.

use fastrand::Rng;

use super::world::{Enum, Field, Kind, Label, Message, SCALARS, World};

/// Makes one edit. What comes out need not be legal, and then is not compiled.
pub(crate) fn mutate(random: &mut Rng, world: &mut World) {
    match random.u8(0..10) {
        0 | 1 => of_enum(random, world),
        2 => of_message(random, world),
        _ => of_field(random, world),
    }
}

fn of_field(random: &mut Rng, world: &mut World) {
    let index = random.usize(0..world.messages.len());
    let fields = world.messages[index].fields.len();
    if fields == 0 || random.u8(0..6) == 0 {
        // Some numbers are free, some are reserved, and some have been used before.
        let number = [11, 12, 13, 14, random.u32(1..17)][random.usize(0..5)];
        let mut field = world.field(random, number);
        if world.messages[index].has_extensions && random.bool() {
            field = world.extension(random, index);
        }
        settle(&mut field);
        world.messages[index].fields.push(field);
        return;
    }
    let at = random.usize(0..fields);
    let mut field = world.messages[index].fields[at].clone();
    match random.u8(0..13) {
        0 => {
            removed(random, &mut world.messages[index], at);
            return;
        }
        1 => field.name.push('x'),
        2 => {
            field.json =
                if field.json.is_some() { None } else { Some(format!("j{}", field.number)) }
        }
        3 | 4 => field.kind = related(random, world, &field.kind),
        5 => {
            field.kind = world.kind(random);
            field.label = world.label(random, &field.kind);
        }
        6 | 7 => field.label = world.label(random, &field.kind),
        8 => field.packed = field.packed.map_or(Some(random.bool()), |packed| Some(!packed)),
        9 => field.default = default(random, world, &field),
        10 => field.is_utf8 = !field.is_utf8,
        11 => field.is_delimited = !field.is_delimited,
        _ => into_oneof(random, &mut field),
    }
    settle(&mut field);
    world.messages[index].fields[at] = field;
}

/// What a change of one thing takes away with it, as far as the language asks for it.
pub(crate) fn settle(field: &mut Field) {
    if field.is_extension {
        field.json = None;
        if let Kind::Map(..) = field.kind {
            field.kind = Kind::Scalar("string");
        }
        if field.label != Label::Repeated {
            field.label = Label::Optional;
        }
    }
    let is_map = matches!(field.kind, Kind::Map(..));
    let is_packable = match &field.kind {
        Kind::Enum(_) => true,
        Kind::Map(..) | Kind::Message(_) => false,
        Kind::Scalar(name) => !matches!(*name, "string" | "bytes"),
    };
    if is_map {
        field.label = Label::Repeated;
    }
    // A required message might never end.
    if field.label == Label::Required && matches!(field.kind, Kind::Message(_)) {
        field.label = Label::Optional;
    }
    if field.label != Label::Optional || is_map || field.is_extension {
        field.oneof = None;
    }
    if field.label != Label::Repeated || !is_packable {
        field.packed = None;
    }
    if field.label == Label::Repeated {
        field.default = None;
    }
}

/// A type whose values are written in the same way, or nearly so.
fn related(random: &mut Rng, world: &World, kind: &Kind) -> Kind {
    const GROUPS: [&[&str]; 5] = [
        &["int32", "int64", "uint32", "uint64", "bool"],
        &["sint32", "sint64"],
        &["fixed32", "sfixed32", "float"],
        &["fixed64", "sfixed64", "double"],
        &["string", "bytes"],
    ];
    match kind {
        Kind::Enum(_) if random.bool() => Kind::Scalar("int32"),
        Kind::Enum(_) => Kind::Enum(random.usize(0..world.enums.len())),
        Kind::Map(key, value) => Kind::Map(key, Box::new(related(random, world, value))),
        Kind::Message(_) => Kind::Message(random.usize(0..world.messages.len())),
        Kind::Scalar("int32") if random.bool() => Kind::Enum(random.usize(0..world.enums.len())),
        Kind::Scalar(name) => {
            let group = GROUPS.iter().find(|group| group.contains(name)).copied();
            let group = group.unwrap_or(&SCALARS);
            Kind::Scalar(group[random.usize(0..group.len())])
        }
    }
}

fn default(random: &mut Rng, world: &World, field: &Field) -> Option<String> {
    match &field.kind {
        Kind::Scalar("bool") => Some("true".to_owned()),
        Kind::Scalar("string" | "bytes") => Some("\"d\"".to_owned()),
        Kind::Scalar(_) => Some(random.u8(0..3).to_string()),
        Kind::Enum(index) => world.enums[*index].values.last().map(|(name, _)| name.clone()),
        Kind::Map(..) | Kind::Message(_) => None,
    }
}

fn into_oneof(random: &mut Rng, field: &mut Field) {
    field.label = Label::Optional;
    let oneofs = [None, Some("choice"), Some("other")];
    field.oneof = oneofs[random.usize(0..3)].map(str::to_owned);
}

/// Takes a field out: its number and its name are kept, or not.
fn removed(random: &mut Rng, message: &mut Message, at: usize) {
    let Field { number, name, is_extension, .. } = message.fields.remove(at);
    // No range of extensions has reserved numbers in it.
    if is_extension {
        return;
    }
    if random.u8(0..4) != 0 {
        message.reserved.push(number);
    }
    if random.u8(0..4) != 0 {
        message.reserved_names.push(name);
    }
}

fn of_message(random: &mut Rng, world: &mut World) {
    let index = random.usize(0..world.messages.len());
    let message = &mut world.messages[index];
    match random.u8(0..7) {
        // The root keeps its name, which is that of its lineage.
        0 if index > 0 => message.name.push('x'),
        1 => message.reserved.push(random.u32(15..30)),
        2 => drop(message.reserved.pop()),
        3 => message.reserved_names.push(format!("r{}", random.u8(..))),
        4 => drop(message.reserved_names.pop()),
        5 if !world.is_proto3 => message.has_extensions = !message.has_extensions,
        _ => {
            for field in &mut message.fields {
                field.oneof = field.oneof.take().map(|name| format!("{name}x"));
            }
        }
    }
}

fn of_enum(random: &mut Rng, world: &mut World) {
    let index = random.usize(0..world.enums.len());
    let found = &mut world.enums[index];
    let fresh = format!("{}_N{}", found.name, random.u8(..));
    match random.u8(0..9) {
        0 | 1 => found.values.push((fresh, random.i32(1..12))),
        2 => value_removed(random, found),
        3 => {
            let at = random.usize(0..found.values.len());
            found.values[at].0 = fresh;
        }
        4 => {
            let at = random.usize(0..found.values.len());
            let number = found.values[at].1;
            found.values.push((fresh, number));
        }
        5 => found.values.reverse(),
        6 if !world.is_proto3 => found.is_closed = !found.is_closed,
        7 => drop(found.reserved.pop()),
        _ => found.name.push('X'),
    }
}

fn value_removed(random: &mut Rng, found: &mut Enum) {
    if found.values.len() < 2 {
        return;
    }
    let (name, number) = found.values.remove(random.usize(0..found.values.len()));
    if random.u8(0..4) != 0 {
        found.reserved.push(number);
        found.reserved_names.push(name);
    }
}
