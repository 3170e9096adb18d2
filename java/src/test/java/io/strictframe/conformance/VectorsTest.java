package io.strictframe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class VectorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path VECTORS = Path.of(System.getProperty("vectors", "../spec/vectors"));

    @TestFactory
    Stream<DynamicTest> everyVectorHasTheOneAnswerThatItExpects() throws IOException {
        return files().stream().map(file -> dynamicTest(VECTORS.relativize(file).toString(), () -> {
            String vector = Files.readString(file);
            assertEquals(JSON.readTree(vector).path("expect"), JSON.readTree(Conformance.answer(vector)));
        }));
    }

    @Test
    void theVectorsHoldEveryOperationOfTheirReadme() throws IOException {
        Set<String> operations = files().stream().map(VectorsTest::operation).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(Set.of("canonical", "change", "decode", "deframe", "identity", "judge", "payload", "recover",
            "relay", "stream")), operations);
    }

    @Test
    void aLineThatIsNoVectorIsAnsweredAndHidesNoOther() throws IOException {
        assertTrue(JSON.readTree(Conformance.answer("{\"operation\":")).has("broken"));
        assertTrue(JSON.readTree(Conformance.answer("{\"operation\":\"relay\",\"input\":[\"9\"]}")).has("broken"));
        assertEquals(JSON.readTree("{\"skipped\":\"operation none\"}"), JSON.readTree(Conformance.answer("{\"operation\":\"none\"}")));
    }

    private static String operation(Path file) {
        try {
            JsonNode vector = JSON.readTree(file.toFile());
            return vector.path("operation").asText();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(VECTORS)) {
            return all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }
}
