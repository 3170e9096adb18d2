package io.strictframe.schema;

import static io.strictframe.schema.Line.require;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A protobuf message and all it leads to, read from its canonical descriptor (KEY-6, KEY-7). */
public final class ProtoSchema {
    private static final int MAX_TYPES = 16384;
    private static final int MAX_FIELD = 536_870_911;

    private final Map<String, Declared> types = new LinkedHashMap<>();
    private final Declared.Message root;
    private final String[] lines;
    private int index;

    private ProtoSchema(String text, String rootName) {
        require(text.endsWith("\n"), "the text does not end with a line feed");
        lines = text.substring(0, text.length() - 1).split("\n", -1);
        String before = null;
        while (index < lines.length) {
            Declared type = type();
            require(before == null || ascends(before, type.full()), "types are not in the order of their names");
            before = type.full();
            types.put(before, type);
        }
        require(types.size() <= MAX_TYPES, "there are more than 16,384 types");
        require(types.get(rootName) instanceof Declared.Message, "the message " + rootName + " is missing");
        root = (Declared.Message) types.get(rootName);
        types.values().forEach(type -> ProtoRules.judge(type, this));
        require(reached().size() == types.size(), "there is a type that the message does not lead to");
    }

    /**
     * The schema that a canonical descriptor says.
     *
     * @param root the full name of the message that records are of
     * @throws SchemaRefused when it is not the canonical descriptor of that message
     */
    public static ProtoSchema parse(byte[] descriptor, String root) {
        try {
            return new ProtoSchema(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(descriptor)).toString(), root);
        } catch (CharacterCodingException broken) {
            throw new SchemaRefused("the text is not UTF-8");
        }
    }

    Declared.Message root() {
        return root;
    }

    /** The message of that name; the schema was refused if it has none. */
    Declared.Message message(String full) {
        return (Declared.Message) types.get(full);
    }

    Declared.Enum enumOf(String full) {
        return (Declared.Enum) types.get(full);
    }

    Declared type(String full) {
        return types.get(full);
    }

    private Set<String> reached() {
        Set<String> reached = new HashSet<>(Set.of(root.full()));
        ArrayDeque<Declared> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            if (open.remove() instanceof Declared.Message message) {
                for (Field field : message.fields().values()) {
                    String reference = field.type().reference();
                    if (reference != null && reached.add(reference)) {
                        open.add(types.get(reference));
                    }
                }
            }
        }
        return reached;
    }

    private Declared type() {
        Line head = new Line(lines[index++]);
        if (head.skip("message ")) {
            String full = head.full();
            head.expectEnd();
            TreeMap<Integer, Field> fields = fields();
            return new Declared.Message(full, fields, ranges(" extensions", 1, MAX_FIELD), ranges(" reserved", 1, MAX_FIELD), names());
        }
        head.expect("enum ");
        String full = head.full();
        boolean isOpen = head.skip(" open");
        int first = 0;
        if (!isOpen) {
            head.expect(" closed ");
            first = (int) head.number(Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        head.expectEnd();
        Map<Integer, List<String>> values = values();
        Set<String> names = new HashSet<>();
        values.values().forEach(names::addAll);
        return new Declared.Enum(full, isOpen, first, values, names, ranges(" reserved", Integer.MIN_VALUE, Integer.MAX_VALUE), names());
    }

    /** The next line where it is a numbered one of the type. */
    private Line numbered() {
        Line line = index < lines.length ? new Line(lines[index]) : null;
        boolean isNumbered = line != null && line.skip(" ") && line.startsWithDigitOrMinus();
        index += isNumbered ? 1 : 0;
        return isNumbered ? line : null;
    }

    private TreeMap<Integer, Field> fields() {
        TreeMap<Integer, Field> fields = new TreeMap<>();
        for (Line line = numbered(); line != null; line = numbered()) {
            Field field = FieldLine.read(line);
            require(fields.isEmpty() || field.number() > fields.lastKey(), "fields are not in the order of their numbers");
            fields.put(field.number(), field);
        }
        return fields;
    }

    private Map<Integer, List<String>> values() {
        TreeMap<Integer, List<String>> values = new TreeMap<>();
        for (Line line = numbered(); line != null; line = numbered()) {
            int number = (int) line.number(Integer.MIN_VALUE, Integer.MAX_VALUE);
            line.expect(" ");
            String name = line.name();
            line.expectEnd();
            require(values.isEmpty() || number >= values.lastKey(), "values are not in the order of their numbers");
            values.computeIfAbsent(number, none -> new ArrayList<>()).add(name);
        }
        return values;
    }

    private Ranges ranges(String word, long lowest, long highest) {
        Ranges ranges = new Ranges();
        Line line = index < lines.length ? new Line(lines[index]) : null;
        if (line == null || !line.skip(word + " ")) {
            return ranges;
        }
        index++;
        do {
            long from = line.number(lowest, highest);
            long to = from;
            if (line.skip("..")) {
                to = line.number(lowest, highest);
                require(to > from, "a range does not go up");
            }
            ranges.add(from, to);
        } while (line.skip(" "));
        line.expectEnd();
        return ranges;
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        Line line = index < lines.length ? new Line(lines[index]) : null;
        if (line == null || !line.skip(" reserved-names ")) {
            return names;
        }
        index++;
        String before = null;
        do {
            String name = line.string();
            require(before == null || ascends(before, name), "reserved names are not ascending");
            before = name;
            names.add(name);
        } while (line.skip(" "));
        line.expectEnd();
        return names;
    }

    private static boolean ascends(String before, String after) {
        return Arrays.compareUnsigned(before.getBytes(StandardCharsets.UTF_8), after.getBytes(StandardCharsets.UTF_8)) < 0;
    }
}
