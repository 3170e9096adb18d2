package io.strictframe.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.strictframe.Bytes;
import io.strictframe.Codec;
import io.strictframe.Control;
import io.strictframe.Decoded;
import io.strictframe.Frame;
import io.strictframe.Limits;
import io.strictframe.StreamReader;
import io.strictframe.TestVectors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumes frames from a real broker. */
class ConsumerTest {
    private static final String STREAM = "valid/stream/dictionaries";

    @TempDir
    private static Path directory;
    private static Broker broker;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() throws Exception {
        broker = Broker.start(directory);
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.address(), "compression.type", "none"),
            new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stop() throws Exception {
        if (producer != null) {
            producer.close();
        }
        if (broker != null) {
            broker.stop();
        }
    }

    @Test
    void framesAreReadWithTheDefinitionsOfTheirTopic() throws Exception {
        topics("plain", "plain.definitions");
        List<StreamReader.Item> items = items();
        define("plain.definitions", items);
        List<byte[]> expected = new ArrayList<>();
        for (StreamReader.Item item : items) {
            if (item.frame().kind().isData()) {
                send("plain", "thread", item.frame().bytes());
                expected.addAll(item.records());
            }
        }
        try (KafkaConsumer<String, Decoded> consumer = consumer("plain", "plain.definitions")) {
            List<byte[]> records = new ArrayList<>();
            for (ConsumerRecord<String, Decoded> record : take(consumer, dataFrames(items).size())) {
                assertEquals("thread", record.key());
                records.addAll(record.value().records());
            }
            assertEquals(expected.stream().map(Bytes::hex).toList(), records.stream().map(Bytes::hex).toList());
        }
    }

    @Test
    void whatIsDefinedAfterTheConsumerBeganIsFoundWhenItIsNeeded() throws Exception {
        topics("late", "late.definitions");
        List<StreamReader.Item> items = items();
        try (KafkaConsumer<String, Decoded> consumer = consumer("late", "late.definitions")) {
            define("late.definitions", items);
            byte[] frame = dataFrames(items).get(0).bytes();
            send("late", "thread", frame);
            assertArrayEquals(frame, take(consumer, 1).get(0).value().frame().bytes());
        }
    }

    @Test
    void whatIsDefinedNowhereIsRefusedAndTheNextRecordIsRead() throws Exception {
        topics("undefined", "undefined.definitions");
        List<StreamReader.Item> items = items();
        send("undefined", "thread", dataFrames(items).get(0).bytes());
        send("undefined", "thread", null);
        try (KafkaConsumer<String, Decoded> consumer = consumer("undefined", "undefined.definitions")) {
            RecordDeserializationException refused = assertThrows(RecordDeserializationException.class, () -> take(consumer, 1));
            RefusedFrame cause = (RefusedFrame) refused.getCause();
            assertEquals("SF-0501", cause.code());
            assertEquals(4, cause.offset());
            assertEquals(0, refused.offset());
            consumer.seek(refused.topicPartition(), refused.offset() + 1);
            assertNull(take(consumer, 1).get(0).value());
        }
    }

    @Test
    void aDefinitionUnderAnotherKeyStopsTheConsumerBeforeItBegan() throws Exception {
        topics("lied", "lied.definitions");
        Frame schema = items().stream().map(StreamReader.Item::frame)
            .filter(frame -> frame.control() instanceof Control.Schema).findFirst().orElseThrow();
        producer.send(new ProducerRecord<>("lied.definitions", new byte[16], schema.bytes())).get();
        KafkaException failed = assertThrows(KafkaException.class, () -> consumer("lied", "lied.definitions"));
        Optional<Throwable> cause = causes(failed).stream().filter(SerializationException.class::isInstance).findFirst();
        assertTrue(cause.orElseThrow().getMessage().contains("lied.definitions-0@0"), cause.toString());
    }

    private static List<Throwable> causes(Throwable failed) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static List<StreamReader.Item> items() throws IOException {
        StreamReader reader = new StreamReader(new ByteArrayInputStream(TestVectors.input(STREAM)), Limits.DEFAULT,
            EnumSet.of(Codec.LZ4, Codec.ZSTD), true, null);
        List<StreamReader.Item> items = new ArrayList<>();
        for (StreamReader.Item item = reader.next(); item != null; item = reader.next()) {
            items.add(item);
        }
        return items;
    }

    private static List<Frame> dataFrames(List<StreamReader.Item> items) {
        return items.stream().map(StreamReader.Item::frame).filter(frame -> frame.kind().isData()).toList();
    }

    private static void topics(String... names) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.address()))) {
            List<NewTopic> topics = new ArrayList<>();
            for (String name : names) {
                topics.add(new NewTopic(name, 1, (short) 1));
            }
            admin.createTopics(topics).all().get();
        }
    }

    private static void define(String topic, List<StreamReader.Item> items) throws Exception {
        for (StreamReader.Item item : items) {
            String key = item.frame().control() instanceof Control.Schema schema ? schema.key()
                : item.frame().control() instanceof Control.Dict dict ? dict.dictionary().id() : null;
            if (key != null) {
                producer.send(new ProducerRecord<>(topic, Bytes.ofHex(key), item.frame().bytes())).get();
            }
        }
    }

    private static void send(String topic, String key, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value)).get();
    }

    private static KafkaConsumer<String, Decoded> consumer(String topic, String definitions) {
        Map<String, Object> properties = new HashMap<>(Map.of("bootstrap.servers", broker.address(), "group.id", topic,
            "auto.offset.reset", "earliest", FrameDeserializerConfig.DEFINITIONS_TOPIC, definitions));
        properties.put("key.deserializer", StringDeserializer.class);
        properties.put("value.deserializer", FrameDeserializer.class);
        KafkaConsumer<String, Decoded> consumer = new KafkaConsumer<>(properties);
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        return consumer;
    }

    private static List<ConsumerRecord<String, Decoded>> take(KafkaConsumer<String, Decoded> consumer, int count) {
        List<ConsumerRecord<String, Decoded>> records = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (records.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        assertEquals(count, records.size());
        return records;
    }
}
