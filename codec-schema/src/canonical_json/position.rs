//! Where in a JSON Schema a value stands, which decides whether an object is a schema (KEY-3).

/// The place of a value in a JSON Schema.
///
/// The place comes from the keywords above a value; whether the value is of the type that the
/// place expects is seen when it is read. An array where a schema object could stand is data.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Position {
    /// An object here is a schema object.
    Schema,
    /// The elements of an array here are schemas.
    SchemaList,
    /// The member values of an object here are schemas.
    SchemaMap,
    /// An object here is a schema object, and the elements of an array are schemas.
    SchemaOrList,
    /// Nothing below is a schema.
    Data,
}

impl Position {
    /// The place of the value of the member `name` of an object that stands here.
    // SPEC [KEY-3]: a name is a keyword in a schema object alone; anywhere else it says nothing.
    pub(super) fn of_member(self, name: &str) -> Self {
        match self {
            Self::Schema | Self::SchemaOrList => Self::of_keyword(name),
            Self::SchemaMap => Self::Schema,
            Self::SchemaList | Self::Data => Self::Data,
        }
    }

    /// The place of the elements of an array that stands here.
    pub(super) fn of_element(self) -> Self {
        match self {
            Self::SchemaList | Self::SchemaOrList => Self::Schema,
            Self::Schema | Self::SchemaMap | Self::Data => Self::Data,
        }
    }

    /// Whether an object that stands here is a schema object.
    pub(super) fn is_schema_object(self) -> bool {
        matches!(self, Self::Schema | Self::SchemaOrList)
    }

    // SPEC [KEY-3]: the closed list of keywords that hold schemas. A keyword that is missing here
    // keeps all its content, so an unknown one can never lose a part of its meaning.
    fn of_keyword(name: &str) -> Self {
        match name {
            "additionalItems"
            | "additionalProperties"
            | "contains"
            | "contentSchema"
            | "else"
            | "if"
            | "not"
            | "propertyNames"
            | "then"
            | "unevaluatedItems"
            | "unevaluatedProperties" => Self::Schema,
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => Self::SchemaList,
            "$defs" | "definitions" | "dependencies" | "dependentSchemas" | "patternProperties"
            | "properties" => Self::SchemaMap,
            "items" => Self::SchemaOrList,
            _ => Self::Data,
        }
    }
}

/// Whether a member of a schema object says nothing about which instances are valid.
pub(super) fn is_annotation(name: &str) -> bool {
    matches!(name, "$comment" | "description" | "examples" | "title")
}

/// Whether the value of a member of a schema object is a reference to a schema.
pub(super) fn is_reference(name: &str) -> bool {
    matches!(name, "$dynamicRef" | "$ref")
}
