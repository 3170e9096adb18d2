package io.strictframe.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.strictframe.Decoded;
import io.strictframe.Dictionary;
import io.strictframe.ErrorKind;
import io.strictframe.Outcome;
import io.strictframe.TestVectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameDeserializerTest {
    @TempDir
    private Path directory;

    @Test
    void aValueIsOneFrameAndGivesItsRecords() throws IOException {
        Decoded decoded = deserializer(Map.of()).deserialize("events", TestVectors.input("valid/message/plain"));
        assertEquals(1, decoded.records().size());
        assertArrayEquals("{\"sequence\":7,\"step\":\"plan\"}".getBytes(StandardCharsets.UTF_8), decoded.records().get(0));
        assertEquals("0eae6597ba9836a7", decoded.frame().header().key().lineage());
        assertNull(decoded.outcome());
    }

    @Test
    void aNullValueIsNoFrameAndStaysNull() {
        assertNull(deserializer(Map.of()).deserialize("events", (byte[]) null));
    }

    @Test
    void aRefusalHasItsCodeAndItsOffset() throws IOException {
        byte[] value = TestVectors.input("invalid/frame-crc/body-bit");
        RefusedFrame refused = assertThrows(RefusedFrame.class, () -> deserializer(Map.of()).deserialize("events", value));
        assertEquals("SF-0313", refused.code());
        assertEquals(value.length - 4, refused.offset());
        assertEquals(ErrorKind.FrameCrc, refused.refusal().kind());
    }

    @Test
    void aControlFrameIsNoValue() throws IOException {
        byte[] value = TestVectors.input("valid/control/schema-json");
        RefusedFrame refused = assertThrows(RefusedFrame.class, () -> deserializer(Map.of()).deserialize("events", value));
        assertEquals("SF-0405", refused.code());
    }

    @Test
    void aSecondFrameInOneValueIsRefusedAtItsFirstByte() throws IOException {
        byte[] value = TestVectors.input("invalid/trailing/second-frame");
        RefusedFrame refused = assertThrows(RefusedFrame.class, () -> deserializer(Map.of()).deserialize("events", value));
        assertEquals("SF-0104", refused.code());
    }

    @Test
    void theLimitIsTheOneThatIsConfigured() throws IOException {
        byte[] value = TestVectors.input("valid/message/plain");
        FrameDeserializer deserializer = deserializer(Map.of(FrameDeserializerConfig.BODY_LIMIT, "27"));
        RefusedFrame refused = assertThrows(RefusedFrame.class, () -> deserializer.deserialize("events", value));
        assertEquals("SF-0205", refused.code());
        assertEquals(20, refused.offset());
    }

    @Test
    void aRegistryJudgesEveryFrame() throws IOException {
        String vector = Files.readString(TestVectors.ROOT.resolve("valid/schema/backward.json"));
        Path registry = directory.resolve("registry.json");
        Files.writeString(registry, new ObjectMapper().readTree(vector).path("registry").toString());
        FrameDeserializer deserializer = deserializer(Map.of(FrameDeserializerConfig.REGISTRY, registry.toString()));
        assertEquals(Outcome.Backward, deserializer.deserialize("events", TestVectors.input("valid/schema/backward")).outcome());
        byte[] unknown = TestVectors.input("invalid/schema/unknown");
        RefusedFrame refused = assertThrows(RefusedFrame.class, () -> deserializer.deserialize("events", unknown));
        assertEquals("SF-0501", refused.code());
        assertEquals(4, refused.offset());
    }

    @Test
    void dictionariesComeFromADirectory() throws IOException {
        Path vector = TestVectors.ROOT.resolve("valid/dictionary");
        Path file;
        try (var all = Files.list(vector)) {
            file = all.sorted().findFirst().orElseThrow();
        }
        for (var parts : new ObjectMapper().readTree(file.toFile()).path("dictionaries")) {
            byte[] bytes = TestVectors.bytes(parts);
            Files.write(directory.resolve(new Dictionary(bytes).id() + ".sfdict"), bytes);
        }
        byte[] value = TestVectors.input(file);
        Map<String, Object> properties = Map.of(FrameDeserializerConfig.DICTIONARIES, directory.toString());
        assertEquals(1, deserializer(properties).deserialize("events", value).records().size());
        RefusedFrame refused = assertThrows(RefusedFrame.class, () -> deserializer(Map.of()).deserialize("events", value));
        assertEquals("SF-0601", refused.code());
    }

    @Test
    void aDictionaryFileThatWasCutIsNamed() throws IOException {
        Path file = directory.resolve("00000000.sfdict");
        Files.writeString(file, "cut");
        ConfigException refused = assertThrows(ConfigException.class,
            () -> deserializer(Map.of(FrameDeserializerConfig.DICTIONARIES, directory.toString())));
        assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
    }

    @Test
    void whatIsNoRegistryIsNamed() throws IOException {
        Path file = directory.resolve("registry.json");
        Files.writeString(file, "{\"allow_forward\":false,\"lineages\":[],\"lineage\":[]}");
        ConfigException refused = assertThrows(ConfigException.class,
            () -> deserializer(Map.of(FrameDeserializerConfig.REGISTRY, file.toString())));
        assertTrue(refused.getMessage().contains("lineage is not known"), refused.getMessage());
    }

    @Test
    void aCodecThatIsNoneIsRefused() {
        assertThrows(ConfigException.class, () -> deserializer(Map.of(FrameDeserializerConfig.CODECS, "lz4,snappy")));
    }

    @Test
    void aKeyIsNotReadAsAFrame() {
        try (FrameDeserializer deserializer = new FrameDeserializer()) {
            assertThrows(ConfigException.class, () -> deserializer.configure(Map.of(), true));
        }
    }

    private static FrameDeserializer deserializer(Map<String, Object> properties) {
        FrameDeserializer deserializer = new FrameDeserializer();
        deserializer.configure(properties, false);
        return deserializer;
    }
}
