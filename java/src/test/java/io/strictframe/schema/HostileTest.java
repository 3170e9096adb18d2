package io.strictframe.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.strictframe.ErrorKind;
import io.strictframe.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Inputs that are made to be slow, and canonical texts that nearly are. */
class HostileTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String MESSAGE = "message A\n 1 a int32 implicit\n";

    @Test
    void keysOfOneHashDoNotMakeAMapSlow() {
        ProtoSchema schema = parse("message A\n 1 m map string int32\n");
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int count = 1 << 16;
        for (int number = 0; number < count; number++) {
            byte[] key = colliding(number).getBytes(StandardCharsets.US_ASCII);
            payload.writeBytes(new byte[] {0x0a, (byte) (key.length + 2), 0x0a, (byte) key.length});
            payload.writeBytes(key);
        }
        assertTimeoutPreemptively(SOON, () -> assertEquals(0, PayloadReader.read(schema, payload.toByteArray(), true).count()));
        payload.writeBytes(new byte[] {0x0a, 0});
        payload.writeBytes(new byte[] {0x0a, 0});
        Refusal twice = assertThrows(Refusal.class, () -> PayloadReader.read(schema, payload.toByteArray(), true));
        assertEquals(ErrorKind.PayloadTwice, twice.kind());
        assertEquals(payload.size() - 2, twice.offset());
    }

    @Test
    void manyRangesAndManyFieldsAreNotHeldAgainstEachOtherOneByOne() {
        StringBuilder text = new StringBuilder("message A\n");
        for (int number = 100_000; number < 250_000; number++) {
            text.append(' ').append(number).append(" f").append(number).append(" int32 implicit\n");
        }
        text.append(" extensions");
        for (int number = 1_000_000; number < 1_300_000; number += 3) {
            text.append(' ').append(number);
        }
        text.append("\n reserved");
        for (int number = 1_000_001; number < 1_300_000; number += 3) {
            text.append(' ').append(number);
        }
        assertTimeoutPreemptively(SOON, () -> parse(text.append('\n').toString()));
    }

    @Test
    void valuesOfOneHashDoNotMakeAComparisonSlow() {
        StringBuilder values = new StringBuilder("{\"enum\":[");
        for (int number = 0; number < 1 << 16; number++) {
            values.append(number == 0 ? "\"" : ",\"").append(colliding(number)).append('"');
        }
        byte[] before = values.toString().concat("]}").getBytes(StandardCharsets.UTF_8);
        byte[] after = values.append(",1]}").toString().getBytes(StandardCharsets.UTF_8);
        assertTimeoutPreemptively(SOON, () -> assertEquals("[Change[path=#/enum, kind=constraint-loosened]]",
            Comparison.between(2, "A", before, after).toString()));
    }

    @Test
    void typesThatAllMeetEachOtherAreCutOff() {
        StringBuilder before = new StringBuilder("message A\n 1 t0 message T0000 explicit\n");
        int count = 1500;
        for (int type = 0; type < count; type++) {
            // Steps of 1 and of 2 meet in ever new pairs.
            before.append(String.format("message T%04d%n 1 x message T%04d explicit%n 2 y message T%04d explicit%n", type,
                (type + 1) % count, type));
        }
        String other = before.toString().replaceAll("(?m)^ 2 y message (T\\d+)", " 2 y message T0000");
        assertTimeoutPreemptively(SOON, () -> {
            var changes = Comparison.between(1, "A", bytes(before.toString()), bytes(other));
            assertTrue(changes.stream().anyMatch(change -> change.kind() == ChangeKind.COMPARISON_CUT), changes.size() + " changes");
        });
        assertFalse(Comparison.isSafeForOld(1, "A", bytes(before.toString()), bytes(other)));
    }

    @Test
    void whatTheLanguageForbidsIsNoCanonicalText() {
        for (String lines : new String[] {
            " extensions 2..5\n reserved 3\n", " 100 [x.y] int32 required\n extensions 100..199\n",
            " 100 [x.y] int32 explicit json=\"q\"\n extensions 100..199\n", " 100 [x.y] map int32 int32\n extensions 100..199\n",
            " reserved 2 3\n", " reserved 2..2\n", " reserved 1\n", " extensions 1\n", " reserved-names \"b\" \"a\"\n",
            " reserved-names \"\\u0062\"\n", " 2 b_c int32 implicit json=\"bC\"\n", " 2 b int32 explicit default=01\n",
            " 2 b float explicit default=0.10000000149011612\n", " 2 b map float int32\n", " 2 b int32 explicit oneof=a\n",
            " 19000 b int32 implicit\n", " 2 b message B explicit\nmessage B\nmessage C\n"}) {
            assertThrows(SchemaRefused.class, () -> parse(MESSAGE + lines), lines);
        }
        for (String lines : new String[] {
            " extensions 2..5\n reserved 6\n", " 100 [x.y] int32 explicit\n extensions 100..199\n", " reserved 2 4..9\n",
            " reserved-names \"a b\" \"b\"\n", " 2 b_c int32 implicit json=\"b_c\"\n", " 2 b float explicit default=0.1\n",
            " 2 b double explicit default=1e+21\n", " 2 b string explicit default=\"a json=\\\"\"\n", " 2 b bytes explicit default=0x\n"}) {
            parse(MESSAGE + lines);
        }
    }

    /** Texts of 32 letters that all have one hash: "Aa" and "BB" have. */
    private static String colliding(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 16; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    private static ProtoSchema parse(String text) {
        return ProtoSchema.parse(bytes(text), "A");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
