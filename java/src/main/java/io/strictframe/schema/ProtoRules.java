package io.strictframe.schema;

import static io.strictframe.schema.Line.require;

import io.strictframe.schema.Field.Label;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import org.erdtman.jcs.NumberToJSON;

/** The rules of the protobuf language that a canonical descriptor can show (KEY-7). */
final class ProtoRules {
    private static final int MAX_FIELD = 536_870_911;

    private ProtoRules() {
    }

    static void judge(Declared type, ProtoSchema schema) {
        if (type instanceof Declared.Enum declared) {
            judge(declared);
            return;
        }
        Declared.Message message = (Declared.Message) type;
        require(!message.extensions().overlaps(message.reserved()), "an extension range holds a reserved number");
        Set<String> names = new HashSet<>(message.reservedNames());
        Set<String> oneofs = new HashSet<>();
        for (Field field : message.fields().values()) {
            judgeNumber(field, message);
            require(names.add(field.name()), "a name stands twice, or is reserved");
            if (field.oneof() != null) {
                oneofs.add(field.oneof());
            }
            judgeReference(field, schema);
            judgeLabel(field, schema);
            judgeDefault(field, schema);
            require(field.json() == null || !field.isExtension() && !field.json().equals(field.derivedJsonName()),
                "a JSON name follows from the name");
        }
        for (Field field : message.fields().values()) {
            require(field.isExtension() || !oneofs.contains(field.name()), "a field and a oneof share a name");
        }
    }

    private static void judge(Declared.Enum declared) {
        require(declared.values().containsKey(declared.first()), "an enum lacks its first value");
        Set<String> names = new HashSet<>(declared.reservedNames());
        declared.values().forEach((number, ofNumber) -> {
            require(!declared.reserved().contains(number), "a value's number is reserved");
            ofNumber.forEach(name -> require(names.add(name), "a name stands twice, or is reserved"));
        });
    }

    private static void judgeNumber(Field field, Declared.Message message) {
        int number = field.number();
        require(number <= MAX_FIELD && (number < 19000 || number > 19999), "a field number is none");
        require(!message.reserved().contains(number), "a field's number is reserved");
        require(message.extensions().contains(number) == field.isExtension(), "a field is in an extension range, or an extension is outside of one");
    }

    private static void judgeReference(Field field, ProtoSchema schema) {
        String reference = field.type().reference();
        FieldType type = field.type() instanceof FieldType.Map map ? map.value() : field.type();
        boolean leads = reference == null || (type instanceof FieldType.Enum
            ? schema.type(reference) instanceof Declared.Enum : schema.type(reference) instanceof Declared.Message);
        require(leads, "a type name leads to no type of that kind");
    }

    private static void judgeLabel(Field field, ProtoSchema schema) {
        FieldType type = field.type();
        Label label = field.label();
        boolean isMessage = type instanceof FieldType.Message || type instanceof FieldType.Group;
        require(label != Label.PACKED || type.isPackable(), "a label is one that its type cannot have");
        require(label != Label.IMPLICIT || !isMessage, "a label is one that its type cannot have");
        require(!field.isExtension() || label != Label.IMPLICIT && label != Label.REQUIRED, "a label is one that no extension has");
        require(label != Label.IMPLICIT || !(type instanceof FieldType.Enum of) || schema.enumOf(of.full()).isOpen(),
            "a closed enum is implicit");
        require(!(type instanceof FieldType.Map map) || map.key().isMapKey() && !field.isExtension(), "a map is one that cannot be");
        require(field.oneof() == null || label == Label.EXPLICIT && !field.isExtension(), "an arm of a oneof is not explicit");
    }

    private static void judgeDefault(Field field, ProtoSchema schema) {
        String value = field.defaultValue();
        if (value == null) {
            return;
        }
        require(field.label() == Label.EXPLICIT || field.label() == Label.REQUIRED, "a default has no presence");
        if (field.type() instanceof FieldType.Enum of) {
            require(schema.enumOf(of.full()).names().contains(value), "a default is no value of its enum");
            return;
        }
        require(field.type() instanceof FieldType.Scalar scalar && isDefault(scalar.type(), value), "a default is of another type");
    }

    private static boolean isDefault(ScalarType type, String value) {
        return switch (type) {
            case STRING, STRING_UNVERIFIED -> true;
            case BOOL -> value.equals("true") || value.equals("false");
            case BYTES -> value.matches("0x([0-9a-f]{2})*+");
            case INT32, SINT32, SFIXED32 -> isInteger(value, 31, true);
            case INT64, SINT64, SFIXED64 -> isInteger(value, 63, true);
            case UINT32, FIXED32 -> isInteger(value, 32, false);
            case UINT64, FIXED64 -> isInteger(value, 64, false);
            case DOUBLE, FLOAT -> isFloating(type, value);
        };
    }

    private static boolean isInteger(String value, int bits, boolean signed) {
        if (!value.matches("-?[0-9]{1,20}") || !value.matches("0|-?[1-9][0-9]*")) {
            return false;
        }
        BigInteger number = new BigInteger(value);
        BigInteger end = BigInteger.ONE.shiftLeft(bits);
        return number.compareTo(end) < 0 && number.compareTo(signed ? end.negate() : BigInteger.ZERO) >= 0;
    }

    private static boolean isFloating(ScalarType type, String value) {
        if (Set.of("inf", "-inf", "nan", "-0").contains(value)) {
            return true;
        }
        if (!value.matches("-?[0-9.e+-]{1,40}")) {
            return false;
        }
        try {
            double number = type == ScalarType.DOUBLE ? Double.parseDouble(value) : Float.parseFloat(value);
            if (type == ScalarType.DOUBLE) {
                return NumberToJSON.serializeNumber(number).equals(value);
            }
            return Floats.shortest((float) number).equals(value);
        } catch (NumberFormatException | IOException broken) {
            return false;
        }
    }
}
