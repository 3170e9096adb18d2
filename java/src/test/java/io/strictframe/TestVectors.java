package io.strictframe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The inputs of the vectors, for tests of what an answer does not show. */
public final class TestVectors {
    public static final Path ROOT = Path.of(System.getProperty("vectors", "../spec/vectors"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestVectors() {
    }

    /** The files of the vectors of one operation. */
    public static List<Path> files(String operation) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(ROOT)) {
            for (Path file : all.filter(path -> path.toString().endsWith(".json")).sorted().toList()) {
                if (JSON.readTree(file.toFile()).path("operation").asText().equals(operation)) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    public static byte[] input(Path file) throws IOException {
        return bytes(JSON.readTree(file.toFile()).path("input"));
    }

    public static byte[] input(String name) throws IOException {
        return input(ROOT.resolve(name + ".json"));
    }

    /** Parts of a vector that are joined. */
    public static byte[] bytes(JsonNode parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (JsonNode part : parts) {
            byte[] once = Bytes.ofHex(part.isTextual() ? part.asText() : part.path("repeat").asText());
            for (long times = part.isTextual() ? 1 : part.path("times").asLong(); times > 0; times--) {
                all.writeBytes(once);
            }
        }
        return all.toByteArray();
    }
}
