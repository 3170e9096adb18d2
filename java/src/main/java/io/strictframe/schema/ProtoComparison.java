package io.strictframe.schema;

import static io.strictframe.schema.ChangeKind.*;

import io.strictframe.schema.Field.Label;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Compares two protobuf schemas, pair of types by pair of types (annex B). */
final class ProtoComparison {
    private record Pair(String before, String after) {
    }

    /** What a new pair costs beside its fields: it is kept. */
    private static final int PAIR = 32;

    private final ProtoSchema before;
    private final ProtoSchema after;
    private final Changes changes;
    private final Set<Pair> met = new HashSet<>();
    private final ArrayDeque<Pair> open = new ArrayDeque<>();

    ProtoComparison(ProtoSchema before, ProtoSchema after, Changes changes) {
        this.before = before;
        this.after = after;
        this.changes = changes;
    }

    void run() throws Changes.Cut {
        meet(before.root().full(), after.root().full());
        while (!open.isEmpty()) {
            Pair pair = open.remove();
            Declared old = before.type(pair.before);
            Declared now = after.type(pair.after);
            judgeReserved(old, now);
            if (old instanceof Declared.Enum oldEnum) {
                judge(oldEnum, (Declared.Enum) now);
            } else {
                judge((Declared.Message) old, (Declared.Message) now);
            }
        }
    }

    private void meet(String old, String now) throws Changes.Cut {
        changes.work(1);
        Pair pair = new Pair(old, now);
        if (met.add(pair)) {
            changes.work(PAIR);
            open.add(pair);
        }
    }

    private void judgeReserved(Declared old, Declared now) throws Changes.Cut {
        changes.work(1L + old.reserved().count() + now.reserved().count() + old.reservedNames().size() + now.reservedNames().size());
        String path = old.full();
        changes.addIf(!now.reserved().containsAll(old.reserved()), path, RESERVED_NUMBER_FREED);
        changes.addIf(!old.reserved().containsAll(now.reserved()), path, RESERVED_NUMBER_ADDED);
        changes.addIf(!now.reservedNames().containsAll(old.reservedNames()), path, RESERVED_NAME_FREED);
        changes.addIf(!old.reservedNames().containsAll(now.reservedNames()), path, RESERVED_NAME_ADDED);
    }

    private void judge(Declared.Message old, Declared.Message now) throws Changes.Cut {
        changes.work(1L + old.extensions().count() + now.extensions().count());
        changes.addIf(!now.extensions().containsAll(old.extensions()), old.full(), EXTENSIONS_CLOSED);
        changes.addIf(!old.extensions().containsAll(now.extensions()), old.full(), EXTENSIONS_OPENED);
        OneofComparison oneofs = new OneofComparison(old, now);
        Set<Integer> numbers = new TreeSet<>(old.fields().keySet());
        numbers.addAll(now.fields().keySet());
        for (int number : numbers) {
            changes.work(1);
            Field was = old.fields().get(number);
            Field is = now.fields().get(number);
            String path = old.full() + "." + (was != null ? was : is).name();
            if (was == null) {
                changes.add(path, is.label() == Label.REQUIRED ? REQUIRED_ADDED : FIELD_ADDED);
            } else if (is == null) {
                changes.add(path, removed(was, now));
            } else {
                judgeNames(was, is, path);
                judgeLabels(was.label(), is.label(), path);
                judgeTypes(was.type(), is.type(), path);
                changes.addIf(was.defaultValue() == null ? is.defaultValue() != null : !was.defaultValue().equals(is.defaultValue()),
                    path, DEFAULT_CHANGED);
                oneofs.judge(was, is).ifPresent(kind -> changes.add(path, kind));
            }
        }
    }

    private static ChangeKind removed(Field was, Declared.Message now) {
        if (was.label() == Label.REQUIRED) {
            return REQUIRED_REMOVED;
        }
        if (was.isExtension()) {
            return EXTENSION_REMOVED;
        }
        if (!now.reserved().contains(was.number())) {
            return FIELD_REMOVED_NUMBER_FREE;
        }
        return now.reservedNames().contains(was.name()) ? FIELD_REMOVED : FIELD_REMOVED_NAME_FREE;
    }

    private void judgeNames(Field was, Field is, String path) {
        boolean renamed = !was.name().equals(is.name()) || was.isExtension() != is.isExtension();
        changes.addIf(renamed, path, FIELD_RENAMED);
        changes.addIf(!renamed && !was.jsonName().equals(is.jsonName()), path, JSON_NAME_CHANGED);
    }

    private void judgeLabels(Label was, Label is, String path) {
        if (was == is || was == Label.MAP || is == Label.MAP) {
            return;
        }
        boolean wasMany = was == Label.PACKED || was == Label.REPEATED;
        boolean isMany = is == Label.PACKED || is == Label.REPEATED;
        if (wasMany || isMany) {
            changes.add(path, wasMany == isMany ? PACKING_CHANGED : REPETITION_CHANGED);
        } else if (was == Label.REQUIRED || is == Label.REQUIRED) {
            changes.add(path, is == Label.REQUIRED ? REQUIRED_GAINED : REQUIRED_LOST);
        } else {
            changes.add(path, is == Label.EXPLICIT ? PRESENCE_GAINED : PRESENCE_LOST);
        }
    }

    private void judgeTypes(FieldType was, FieldType is, String path) throws Changes.Cut {
        if (was instanceof FieldType.Map oldMap && is instanceof FieldType.Map newMap) {
            if (oldMap.key() != newMap.key()) {
                changes.add(path, TYPE_CHANGED); // and what the values lead to is not met
                return;
            }
            judgeTypes(oldMap.value(), newMap.value(), path);
        } else if (was instanceof FieldType.Scalar oldScalar && is instanceof FieldType.Scalar newScalar) {
            ScalarChanges.of(oldScalar.type(), newScalar.type()).ifPresent(kind -> changes.add(path, kind));
        } else if (was instanceof FieldType.Enum of && is.equals(new FieldType.Scalar(ScalarType.INT32))) {
            changes.add(path, before.enumOf(of.full()).isOpen() ? OPEN_ENUM_TO_INTEGER : CLOSED_ENUM_TO_INTEGER);
        } else if (is instanceof FieldType.Enum of && was.equals(new FieldType.Scalar(ScalarType.INT32))) {
            changes.add(path, after.enumOf(of.full()).isOpen() ? INTEGER_TO_OPEN_ENUM : INTEGER_TO_CLOSED_ENUM);
        } else if (was.getClass() == is.getClass()) {
            changes.addIf(!was.reference().equals(is.reference()), path, TYPE_RENAMED);
            meet(was.reference(), is.reference());
        } else {
            changes.add(path, TYPE_CHANGED);
        }
    }

    private void judge(Declared.Enum old, Declared.Enum now) throws Changes.Cut {
        changes.addIf(old.isOpen() != now.isOpen(), old.full(), now.isOpen() ? ENUM_OPENED : ENUM_CLOSED);
        changes.addIf(old.first() != now.first(), old.full(), FIRST_VALUE_CHANGED);
        Set<Integer> numbers = new TreeSet<>(old.values().keySet());
        numbers.addAll(now.values().keySet());
        for (int number : numbers) {
            List<String> were = old.values().getOrDefault(number, List.of());
            List<String> are = now.values().getOrDefault(number, List.of());
            changes.work(1L + were.size() + are.size());
            String path = old.full() + "." + (were.isEmpty() ? are : were).get(0);
            if (were.isEmpty()) {
                changes.add(path, old.isOpen() ? VALUE_ADDED_OPEN : VALUE_ADDED_CLOSED);
            } else if (are.isEmpty()) {
                changes.add(path, !now.reserved().contains(number) ? VALUE_REMOVED_NUMBER_FREE
                    : now.isOpen() ? VALUE_REMOVED_OPEN : VALUE_REMOVED_CLOSED);
            } else if (!were.get(0).equals(are.get(0))) {
                changes.add(path, VALUE_RENAMED);
            } else {
                changes.addIf(!new HashSet<>(are).containsAll(were), path, ALIAS_REMOVED);
                changes.addIf(!new HashSet<>(were).containsAll(are), path, ALIAS_ADDED);
            }
        }
    }
}
