package io.strictframe.kafka;

import io.strictframe.Decoded;
import io.strictframe.Decoder;
import io.strictframe.ErrorKind;
import io.strictframe.Refusal;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads record values that are one frame each (BINDINGS, Kafka): key, outcome, extensions, and the records as bytes. A null
 * value is no frame and stays null.
 *
 * <p>Where a topic of definitions is named, it is read to its end when this is configured, and once more for a value whose schema
 * or dictionary is not known; the poll waits for that.
 */
public final class FrameDeserializer implements Deserializer<Decoded> {
    private static final Set<ErrorKind> MAY_BE_DEFINED_SINCE = Set.of(ErrorKind.UnknownSchema, ErrorKind.UnknownDictionary);

    private Decoder decoder;
    private DefinitionsTopic definitions;

    @Override
    public void configure(Map<String, ?> properties, boolean isKey) {
        if (isKey) {
            throw new ConfigException("key.deserializer", FrameDeserializer.class.getName(), "a frame is the value of a record, not its key");
        }
        close();
        FrameDeserializerConfig config = new FrameDeserializerConfig(properties);
        if (config.definitionsTopic() == null) {
            decoder = new Decoder(config.limits(), config.codecs(), config.dictionaries(), config.registry());
            return;
        }
        definitions = DefinitionsTopic.open(config, properties);
        decoder = new Decoder(config.limits(), config.codecs(), definitions.definitions());
    }

    /** @throws RefusedFrame when the value is anything but a frame this consumer may read */
    @Override
    public Decoded deserialize(String topic, byte[] value) {
        if (decoder == null) {
            throw new IllegalStateException("configure was not called");
        }
        if (value == null) {
            return null;
        }
        try {
            return decode(value);
        } catch (Refusal refused) {
            throw new RefusedFrame(topic, refused);
        }
    }

    private Decoded decode(byte[] value) {
        try {
            return decoder.decode(value);
        } catch (Refusal refused) {
            if (definitions == null || !MAY_BE_DEFINED_SINCE.contains(refused.kind())) {
                throw refused;
            }
            definitions.readToEnd();
            return decoder.decode(value);
        }
    }

    @Override
    public void close() {
        if (definitions != null) {
            definitions.close();
            definitions = null;
        }
    }
}
