package io.strictframe.kafka;

import io.strictframe.Bytes;
import io.strictframe.Control;
import io.strictframe.Definitions;
import io.strictframe.Frame;
import io.strictframe.Limits;
import io.strictframe.Refusal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The compacted topic with the SCHEMA and DICT frames, read by a consumer of its own that belongs to no group. */
final class DefinitionsTopic implements AutoCloseable {
    /** What would make the second consumer a member of the first one's group, or run what was meant for that one. */
    private static final Set<String> NOT_SHARED = Set.of(ConsumerConfig.GROUP_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
        ConsumerConfig.GROUP_PROTOCOL_CONFIG, ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, ConsumerConfig.CLIENT_ID_CONFIG,
        ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);

    private final String topic;
    private final Duration timeout;
    private final Limits limits;
    private final Definitions definitions;
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private SerializationException broken;

    DefinitionsTopic(String topic, Duration timeout, Limits limits, Definitions definitions, Consumer<byte[], byte[]> consumer) {
        this.topic = topic;
        this.timeout = timeout;
        this.limits = limits;
        this.definitions = definitions;
        this.consumer = consumer;
        this.partitions = consumer.partitionsFor(topic, timeout).stream()
            .map(partition -> new TopicPartition(topic, partition.partition())).toList();
        if (partitions.isEmpty()) {
            throw new ConfigException(FrameDeserializerConfig.DEFINITIONS_TOPIC, topic, "there is no such topic");
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** The definitions of the topic that the consumer's properties lead to, read to its end. */
    static DefinitionsTopic open(FrameDeserializerConfig config, Map<String, ?> properties) {
        Definitions definitions = new Definitions(config.limits(), true, config.registry());
        config.dictionaries().forEach(dictionary -> definitions.declare(new Control.Dict(dictionary)));
        Map<String, Object> own = new HashMap<>(properties);
        own.keySet().removeAll(NOT_SHARED);
        own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        own.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            DefinitionsTopic opened = new DefinitionsTopic(config.definitionsTopic(), config.definitionsTimeout(), config.limits(),
                definitions, consumer);
            opened.readToEnd();
            return opened;
        } catch (RuntimeException failed) {
            consumer.close();
            throw failed;
        }
    }

    Definitions definitions() {
        return definitions;
    }

    /**
     * Takes what was defined since the last time. Once a definition was broken none is taken any more.
     *
     * @throws SerializationException when a record of the topic is no definition, or not the one its key says
     * @throws TimeoutException when its end is not reached in time
     */
    void readToEnd() {
        if (broken != null) {
            throw broken;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition, timeout) < ends.get(partition))) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the end of the topic of definitions " + topic + " was not reached in " + timeout);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                take(record);
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return; // the topic is compacted; what was deleted is not defined anew
        }
        try {
            Frame frame = Frame.verify(record.value(), limits);
            String key = key(frame.control());
            if (key == null || record.key() == null || !key.equals(Bytes.hex(record.key()))) {
                throw broken(new SerializationException(where(record) + " is not the definition that its key says"));
            }
            definitions.declare(frame.control());
        } catch (Refusal refused) {
            throw broken(new SerializationException(where(record) + " is refused: " + refused.getMessage(), refused));
        }
    }

    private SerializationException broken(SerializationException cause) {
        broken = cause;
        return cause;
    }

    private static String key(Control control) {
        if (control instanceof Control.Schema schema) {
            return schema.key();
        }
        return control instanceof Control.Dict dict ? dict.dictionary().id() : null;
    }

    private static String where(ConsumerRecord<byte[], byte[]> record) {
        return "the definition at " + record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
