//! The differences between two protobuf schemas, found type by type from the root.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use strictframe_core::map::Map;

use super::types::value_change;
use super::work::Work;
use super::{Change, ChangeKind};
use crate::error::SchemaError;
use crate::protobuf::{Enum, Field, FieldType, Label, Message, ProtobufSchema, Ranges, Type};

/// The differences between the messages `old_root` and `new_root` and all they lead to.
pub(super) fn changes(
    old_root: &str,
    old: &[u8],
    new_root: &str,
    new: &[u8],
) -> Result<Vec<Change>, SchemaError> {
    let work = Work::of(old, new);
    let (old, new) = (ProtobufSchema::parse(old)?, ProtobufSchema::parse(new)?);
    let root = (old_root.to_owned(), new_root.to_owned());
    let mut comparison =
        Comparison { old: &old, new: &new, due: Vec::from([root]), found: Vec::new(), work };
    let mut seen = BTreeSet::new();
    // Types that lead back to themselves are compared once.
    while let Some(pair) = comparison.due.pop() {
        if comparison.work.is_spent() {
            break;
        }
        if seen.insert(pair.clone()) {
            comparison.types(&pair.0, &pair.1);
        }
    }
    if comparison.work.is_spent() {
        comparison.report(old_root.to_owned(), ChangeKind::ComparisonCut, "", "");
    }
    Ok(comparison.found)
}

struct Comparison<'a> {
    old: &'a ProtobufSchema,
    new: &'a ProtobufSchema,
    /// Pairs of types that take each other's place.
    due: Vec<(String, String)>,
    found: Vec<Change>,
    work: Work,
}

impl Comparison<'_> {
    fn types(&mut self, old_name: &str, new_name: &str) {
        match (self.old.get(old_name), self.new.get(new_name)) {
            (Some(Type::Message(old)), Some(Type::Message(new))) => {
                self.messages(old_name, old, new)
            }
            (Some(Type::Enum(old)), Some(Type::Enum(new))) => self.enums(old_name, old, new),
            _ => {}
        }
    }

    fn messages(&mut self, path: &str, old: &Message, new: &Message) {
        let oneofs = Oneofs::new(old, new);
        for (number, before) in &old.fields {
            self.work.spend(path.len());
            if self.work.is_spent() {
                return;
            }
            let path = format!("{path}.{}", before.name);
            match new.fields.get(number) {
                Some(after) => self.fields(&path, before, after, &oneofs),
                None => self.report(path, removed(*number, before, new), before.to_string(), ""),
            }
        }
        for (number, after) in
            new.fields.iter().filter(|(number, _)| !old.fields.contains_key(number))
        {
            if self.work.is_spent() {
                return;
            }
            let kind = match after.label {
                Label::Required => ChangeKind::RequiredAdded,
                _ => ChangeKind::FieldAdded,
            };
            self.report(format!("{path}.{}", after.name), kind, "", format!("{number} {after}"));
        }
        self.ranges(
            path,
            &old.extensions,
            &new.extensions,
            [ChangeKind::ExtensionsClosed, ChangeKind::ExtensionsOpened],
        );
        self.ranges(path, &old.reserved, &new.reserved, RESERVED);
        self.names(path, &old.reserved_names, &new.reserved_names);
    }

    fn fields(&mut self, path: &str, old: &Field, new: &Field, oneofs: &Oneofs) {
        if old == new && old.kind.type_name().is_none() {
            return;
        }
        let mut found = Vec::new();
        let types = value_change((self.old, &old.kind), (self.new, &new.kind));
        found.extend(types);
        if let (Some(before), Some(after)) = (old.kind.type_name(), new.kind.type_name())
            && matches!(types, None | Some(ChangeKind::TypeRenamed))
        {
            self.work.spend(before.len().saturating_add(after.len()));
            self.due.push((before.to_owned(), after.to_owned()));
        }
        found.extend(label_change(old, new));
        found.extend(oneofs.change(old, new));
        if old.default != new.default {
            found.push(ChangeKind::DefaultChanged);
        }
        if old.name != new.name || old.is_extension != new.is_extension {
            found.push(ChangeKind::FieldRenamed);
        } else if old.json_name != new.json_name {
            found.push(ChangeKind::JsonNameChanged);
        }
        for kind in found {
            self.report(path.to_owned(), kind, old.to_string(), new.to_string());
        }
    }

    fn enums(&mut self, path: &str, old: &Enum, new: &Enum) {
        match (old.is_closed, new.is_closed) {
            (true, false) => self.report(path.to_owned(), ChangeKind::EnumOpened, "", ""),
            (false, true) => self.report(path.to_owned(), ChangeKind::EnumClosed, "", ""),
            _ => {}
        }
        if old.first != new.first {
            let (before, after) = (old.first.to_string(), new.first.to_string());
            self.report(path.to_owned(), ChangeKind::FirstValueChanged, before, after);
        }
        for (number, before) in &old.values {
            self.work.spend(path.len());
            if self.work.is_spent() {
                return;
            }
            let first = before.first().map_or("", String::as_str);
            let path = format!("{path}.{first}");
            match new.values.get(number) {
                Some(after) => self.value(&path, before, after),
                None => {
                    let kind = match (new.reserved.contain(i64::from(*number)), new.is_closed) {
                        (false, _) => ChangeKind::ValueRemovedNumberFree,
                        (true, true) => ChangeKind::ValueRemovedClosed,
                        (true, false) => ChangeKind::ValueRemovedOpen,
                    };
                    self.report(path, kind, number.to_string(), "");
                }
            }
        }
        for (number, names) in
            new.values.iter().filter(|(number, _)| !old.values.contains_key(number))
        {
            if self.work.is_spent() {
                return;
            }
            let first = names.first().map_or("", String::as_str);
            let kind = match old.is_closed {
                true => ChangeKind::ValueAddedClosed,
                false => ChangeKind::ValueAddedOpen,
            };
            self.report(format!("{path}.{first}"), kind, "", number.to_string());
        }
        self.ranges(path, &old.reserved, &new.reserved, RESERVED);
        self.names(path, &old.reserved_names, &new.reserved_names);
    }

    /// Compares the names of one number: the first is the one that JSON is written with.
    fn value(&mut self, path: &str, old: &[String], new: &[String]) {
        if old.first() != new.first() {
            let (before, after) = (old.join(" "), new.join(" "));
            self.report(path.to_owned(), ChangeKind::ValueRenamed, before, after);
            return;
        }
        for name in old.iter().filter(|name| !new.contains(name)) {
            self.report(path.to_owned(), ChangeKind::AliasRemoved, name.clone(), "");
        }
        for name in new.iter().filter(|name| !old.contains(name)) {
            self.report(path.to_owned(), ChangeKind::AliasAdded, "", name.clone());
        }
    }

    /// Compares ranges: the first kind is for numbers taken away, the second for numbers added.
    fn ranges(&mut self, path: &str, old: &Ranges, new: &Ranges, kinds: [ChangeKind; 2]) {
        let [taken, added] = kinds;
        for (kind, is_there) in [(taken, !new.cover(old)), (added, !old.cover(new))] {
            if is_there {
                self.report(path.to_owned(), kind, old.to_string(), new.to_string());
            }
        }
    }

    fn names(&mut self, path: &str, old: &Map<String, ()>, new: &Map<String, ()>) {
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            self.report(path.to_owned(), ChangeKind::ReservedNameFreed, name.clone(), "");
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            self.report(path.to_owned(), ChangeKind::ReservedNameAdded, "", name.clone());
        }
    }

    fn report(
        &mut self,
        path: String,
        kind: ChangeKind,
        before: impl Into<String>,
        after: impl Into<String>,
    ) {
        let (before, after) = (before.into(), after.into());
        self.work.spend(path.len().saturating_add(before.len()).saturating_add(after.len()));
        self.found.push(Change { path, kind, before, after });
    }
}

/// The kind of a field's removal from the message that is `new` now.
fn removed(number: u32, field: &Field, new: &Message) -> ChangeKind {
    let is_number_kept = new.reserved.contain(i64::from(number));
    let is_name_kept = new.reserved_names.contains_key(&field.name);
    match (field.label, is_number_kept, is_name_kept) {
        (Label::Required, ..) => ChangeKind::RequiredRemoved,
        _ if field.is_extension => ChangeKind::ExtensionRemoved,
        (_, false, _) => ChangeKind::FieldRemovedNumberFree,
        (_, true, false) => ChangeKind::FieldRemovedNameFree,
        (_, true, true) => ChangeKind::FieldRemoved,
    }
}

fn label_change(old: &Field, new: &Field) -> Option<ChangeKind> {
    use Label as L;
    let is_map = |field: &Field| matches!(field.kind, FieldType::Map(..));
    // That a map became something else is a change of its type.
    if is_map(old) != is_map(new) {
        return None;
    }
    match (old.label, new.label) {
        (before, after) if before == after => None,
        (L::Packed, L::Repeated) | (L::Repeated, L::Packed) => Some(ChangeKind::PackingChanged),
        (before, after) if before.is_repeated() != after.is_repeated() => {
            Some(ChangeKind::RepetitionChanged)
        }
        (_, L::Required) => Some(ChangeKind::RequiredGained),
        (L::Required, _) => Some(ChangeKind::RequiredLost),
        (_, L::Explicit) => Some(ChangeKind::PresenceGained),
        _ => Some(ChangeKind::PresenceLost),
    }
}

/// Which oneof of the old message has become which of the new one.
struct Oneofs {
    renamed: BTreeMap<String, String>,
}

impl Oneofs {
    /// A oneof was renamed when all its arms that are still there stand in one other, and no field from elsewhere does.
    fn new(old: &Message, new: &Message) -> Self {
        let mut onward: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
        let mut back: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
        for (number, before) in &old.fields {
            let Some(after) = new.fields.get(number) else { continue };
            let (before, after) = (before.oneof.as_deref(), after.oneof.as_deref());
            before.map(|before| onward.entry(before).or_default().insert(after));
            after.map(|after| back.entry(after).or_default().insert(before));
        }
        let only = |names: &BTreeSet<Option<&str>>| match names.len() {
            1 => names.first().copied().flatten().map(ToOwned::to_owned),
            _ => None,
        };
        let renamed = onward.iter().filter_map(|(before, after)| {
            let after = only(after)?;
            let is_mutual = back.get(after.as_str()).and_then(only).as_deref() == Some(before);
            is_mutual.then(|| ((*before).to_owned(), after))
        });
        Self { renamed: renamed.collect() }
    }

    fn change(&self, old: &Field, new: &Field) -> Option<ChangeKind> {
        match (&old.oneof, &new.oneof) {
            (None, None) => None,
            (None, Some(_)) => Some(ChangeKind::OneofEntered),
            (Some(_), None) => Some(ChangeKind::OneofLeft),
            (Some(before), Some(after)) if before == after => None,
            (Some(before), Some(after)) => match self.renamed.get(before) == Some(after) {
                true => Some(ChangeKind::OneofRenamed),
                false => Some(ChangeKind::OneofChanged),
            },
        }
    }
}

const RESERVED: [ChangeKind; 2] =
    [ChangeKind::ReservedNumberFreed, ChangeKind::ReservedNumberAdded];
