//! Every kind of change with its verdicts and its reason; Annex B of the specification is printed from this table.

use super::Directions;
use super::Verdict::{self, Breaking, Safe, Unknown};

/// One kind of change, as Annex B has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The name, stable, in the form that scripts match.
    pub name: &'static str,
    /// The verdicts for data on the wire.
    pub wire: Directions,
    /// The verdicts for the same data as JSON, by names.
    pub json: Directions,
    /// Why, in one sentence.
    pub reason: &'static str,
}

macro_rules! kinds {
    ($($variant:ident $name:literal ($wire_old:ident $wire_new:ident) ($json_old:ident $json_new:ident) $reason:literal)*) => {
        /// A kind of change.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum ChangeKind {
            $(#[doc = $reason] $variant,)*
        }

        impl ChangeKind {
            /// All kinds, in the order of Annex B.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// What Annex B says of it.
            #[must_use]
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        name: $name,
                        wire: directions($wire_old, $wire_new),
                        json: directions($json_old, $json_new),
                        reason: $reason,
                    },)*
                }
            }
        }
    };
}

const fn directions(old_reads_new: Verdict, new_reads_old: Verdict) -> Directions {
    Directions { old_reads_new, new_reads_old }
}

// Each row: the wire (an old reader on new data, a new reader on old data), JSON (the same), and why.
// SPEC [CLS-1]: the verdicts of Annex B.
kinds! {
    AliasAdded "alias-added" (Safe Safe) (Breaking Safe)
        "the number has one more name, which an old reader of JSON does not know"
    AliasRemoved "alias-removed" (Safe Safe) (Safe Breaking)
        "the number has one name less, which old JSON may use"
    AnnotationChanged "annotation-changed" (Safe Safe) (Safe Safe)
        "the same values are accepted"
    ComparisonCut "comparison-cut" (Unknown Unknown) (Unknown Unknown)
        "more pairs of types lead to each other than are compared"
    ConstraintChanged "constraint-changed" (Breaking Breaking) (Breaking Breaking)
        "each side accepts values that the other refuses"
    ConstraintLoosened "constraint-loosened" (Breaking Safe) (Breaking Safe)
        "new data may have values that an old reader refuses"
    ConstraintTightened "constraint-tightened" (Safe Breaking) (Safe Breaking)
        "old data may have values that are refused now"
    DefaultChanged "default-changed" (Breaking Breaking) (Breaking Breaking)
        "a value that was not written is read as another one"
    DescriptorChanged "descriptor-changed" (Unknown Unknown) (Unknown Unknown)
        "what opaque descriptors mean is not known here"
    EnumClosed "enum-closed" (Safe Breaking) (Safe Breaking)
        "old data may have numbers without a name, which are refused now"
    EnumOpened "enum-opened" (Breaking Safe) (Breaking Safe)
        "new data may have numbers without a name, which an old reader refuses"
    ExtensionRemoved "extension-removed" (Breaking Breaking) (Breaking Breaking)
        "its number cannot be reserved, so it may be given to another"
    ExtensionsClosed "extensions-closed" (Breaking Breaking) (Safe Safe)
        "numbers that extensions of others may have are free for fields"
    ExtensionsOpened "extensions-opened" (Safe Safe) (Safe Safe)
        "to an old reader extensions are unknown fields"
    FieldAdded "field-added" (Safe Safe) (Safe Safe)
        "an old reader reports it as unknown, and in old data it is absent"
    FieldRemoved "field-removed" (Safe Safe) (Safe Safe)
        "number and name are reserved, so neither comes back with another meaning"
    FieldRemovedNameFree "field-removed-name-free" (Safe Safe) (Breaking Breaking)
        "the number is reserved and the name is not, so the name may come back with another meaning"
    FieldRemovedNumberFree "field-removed-number-free" (Breaking Breaking) (Breaking Breaking)
        "the number is not reserved, so it may come back with another meaning"
    FieldRenamed "field-renamed" (Safe Safe) (Breaking Breaking)
        "the wire has numbers, JSON has names"
    FirstValueChanged "first-value-changed" (Breaking Breaking) (Breaking Breaking)
        "the value declared first is the default of a closed enum"
    IntegerToClosedEnum "integer-to-closed-enum" (Safe Breaking) (Breaking Breaking)
        "old data may have numbers without a name; JSON has numbers on one side and names on the other"
    IntegerToOpenEnum "integer-to-open-enum" (Safe Safe) (Breaking Breaking)
        "int32 and open enums have the same bytes; JSON has numbers on one side and names on the other"
    JsonNameChanged "json-name-changed" (Safe Safe) (Breaking Breaking)
        "the wire has numbers, JSON has this name"
    ClosedEnumToInteger "closed-enum-to-integer" (Breaking Safe) (Breaking Breaking)
        "new data may have numbers without a name; JSON has names on one side and numbers on the other"
    KeywordUnknown "keyword-unknown" (Unknown Unknown) (Unknown Unknown)
        "what this keyword accepts before and after cannot be compared here"
    OneofChanged "oneof-changed" (Breaking Breaking) (Breaking Breaking)
        "arms of one oneof for one side are arms of two for the other"
    OneofEntered "oneof-entered" (Safe Breaking) (Safe Breaking)
        "old data may have it beside another arm, which is refused now"
    OneofLeft "oneof-left" (Breaking Safe) (Breaking Safe)
        "new data may have it beside another arm, which an old reader refuses"
    OneofRenamed "oneof-renamed" (Safe Safe) (Safe Safe)
        "neither the wire nor JSON has the name of a oneof"
    OpenEnumToInteger "open-enum-to-integer" (Safe Safe) (Breaking Breaking)
        "open enums and int32 have the same bytes; JSON has names on one side and numbers on the other"
    PackingChanged "packing-changed" (Safe Safe) (Safe Safe)
        "every reader takes both forms"
    PresenceGained "presence-gained" (Safe Safe) (Safe Safe)
        "an absent value is read as the default on both sides"
    PresenceLost "presence-lost" (Safe Safe) (Safe Safe)
        "an absent value is read as the default on both sides"
    PropertyAddedClosed "property-added-closed" (Breaking Safe) (Breaking Safe)
        "an old reader refuses properties it does not name"
    PropertyAddedOpen "property-added-open" (Safe Breaking) (Safe Breaking)
        "old data may have any value under that name, since the object was open"
    PropertyRemovedClosed "property-removed-closed" (Safe Breaking) (Safe Breaking)
        "old data may have it, and properties without a name are refused now"
    PropertyRemovedOpen "property-removed-open" (Breaking Safe) (Breaking Safe)
        "new data may have any value under that name, since the object is open"
    RepetitionChanged "repetition-changed" (Breaking Breaking) (Breaking Breaking)
        "of several values one side keeps one"
    RequiredAdded "required-added" (Safe Breaking) (Safe Breaking)
        "old data does not have it"
    RequiredGained "required-gained" (Safe Breaking) (Safe Breaking)
        "old data may lack it"
    RequiredLost "required-lost" (Breaking Safe) (Breaking Safe)
        "new data may lack it, which an old reader refuses"
    RequiredRemoved "required-removed" (Breaking Breaking) (Breaking Breaking)
        "new data lacks it, which an old reader refuses"
    ReservedNameAdded "reserved-name-added" (Safe Safe) (Safe Safe)
        "nothing is written differently"
    ReservedNameFreed "reserved-name-freed" (Safe Safe) (Breaking Breaking)
        "the name may come back with another meaning"
    ReservedNumberAdded "reserved-number-added" (Safe Safe) (Safe Safe)
        "nothing is written differently"
    ReservedNumberFreed "reserved-number-freed" (Breaking Breaking) (Breaking Breaking)
        "the number may come back with another meaning"
    StringToBytes "string-to-bytes" (Breaking Safe) (Breaking Breaking)
        "new data may not be UTF-8; JSON has text on one side and base64 on the other"
    BytesToString "bytes-to-string" (Safe Breaking) (Breaking Breaking)
        "old data may not be UTF-8; JSON has base64 on one side and text on the other"
    TypeChanged "type-changed" (Breaking Breaking) (Breaking Breaking)
        "the bytes of one are refused as the other, or read as another value"
    TypeNarrowed "type-narrowed" (Safe Breaking) (Safe Breaking)
        "old data may have values that the new type does not"
    TypeRenamed "type-renamed" (Safe Safe) (Safe Safe)
        "neither the wire nor JSON has the names of types; what is in them is compared on its own"
    TypeWidened "type-widened" (Breaking Safe) (Breaking Safe)
        "new data may have values that the old type does not"
    ValueAddedClosed "value-added-closed" (Breaking Safe) (Breaking Safe)
        "an old reader of a closed enum refuses the number"
    ValueAddedOpen "value-added-open" (Safe Safe) (Breaking Safe)
        "an old reader keeps the number, but does not know the name"
    ValueRemovedClosed "value-removed-closed" (Safe Breaking) (Safe Breaking)
        "old data may have the number, which a closed enum refuses now"
    ValueRemovedNumberFree "value-removed-number-free" (Breaking Breaking) (Breaking Breaking)
        "the number is not reserved, so it may come back with another meaning"
    ValueRemovedOpen "value-removed-open" (Safe Safe) (Safe Breaking)
        "the number is reserved and still read; old JSON may have the name"
    ValueRenamed "value-renamed" (Safe Safe) (Breaking Breaking)
        "the wire has numbers, JSON has names"
}
