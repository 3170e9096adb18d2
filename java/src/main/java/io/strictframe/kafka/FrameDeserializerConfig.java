package io.strictframe.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.strictframe.Codec;
import io.strictframe.Dictionaries;
import io.strictframe.DictionaryDirectory;
import io.strictframe.Limits;
import io.strictframe.Registry;
import io.strictframe.RegistryJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidList;
import org.apache.kafka.common.config.ConfigException;

/** The properties of {@link FrameDeserializer}. */
public final class FrameDeserializerConfig extends AbstractConfig {
    public static final String BODY_LIMIT = "strictframe.limit.body";
    public static final String RAW_LIMIT = "strictframe.limit.raw";
    public static final String SCHEMAS_LIMIT = "strictframe.limit.schemas";
    public static final String DICTIONARIES_LIMIT = "strictframe.limit.dictionaries";
    public static final String CODECS = "strictframe.codecs";
    public static final String DICTIONARIES = "strictframe.dictionaries";
    public static final String REGISTRY = "strictframe.registry";
    public static final String DEFINITIONS_TOPIC = "strictframe.definitions.topic";
    public static final String DEFINITIONS_TIMEOUT = "strictframe.definitions.timeout.ms";

    private static final ConfigDef DEFINITION = new ConfigDef()
        .define(BODY_LIMIT, Type.LONG, Limits.DEFAULT.body(), Range.atLeast(0), Importance.MEDIUM, "Bytes a body may have.")
        .define(RAW_LIMIT, Type.LONG, Limits.DEFAULT.raw(), Range.atLeast(0), Importance.MEDIUM, "Bytes a payload may have.")
        .define(SCHEMAS_LIMIT, Type.LONG, Limits.DEFAULT.schemas(), Range.atLeast(0), Importance.LOW,
            "Schemas held from the topic of definitions.")
        .define(DICTIONARIES_LIMIT, Type.LONG, Limits.DEFAULT.dictionaries(), Range.atLeast(0), Importance.LOW,
            "Dictionaries held, where there is a topic of definitions.")
        .define(CODECS, Type.LIST, "lz4,zstd", ValidList.in("lz4", "zstd"), Importance.LOW, "Codecs taken beside none.")
        .define(DICTIONARIES, Type.STRING, null, Importance.MEDIUM, "A directory of files ID.sfdict.")
        .define(REGISTRY, Type.STRING, null, Importance.HIGH, "A JSON file with the schemas that frames are judged by.")
        .define(DEFINITIONS_TOPIC, Type.STRING, null, Importance.HIGH, "The topic with the SCHEMA and DICT frames.")
        .define(DEFINITIONS_TIMEOUT, Type.LONG, 60_000L, Range.atLeast(1), Importance.LOW,
            "Milliseconds that reading the topic of definitions to its end may take.");

    FrameDeserializerConfig(Map<String, ?> properties) {
        super(DEFINITION, properties, false);
    }

    Limits limits() {
        return new Limits(getLong(BODY_LIMIT), getLong(RAW_LIMIT), getLong(SCHEMAS_LIMIT), getLong(DICTIONARIES_LIMIT));
    }

    Set<Codec> codecs() {
        List<String> names = getList(CODECS);
        Set<Codec> codecs = EnumSet.noneOf(Codec.class);
        names.forEach(name -> codecs.add(Codec.valueOf(name.toUpperCase(Locale.ROOT))));
        return codecs;
    }

    Dictionaries dictionaries() {
        String directory = getString(DICTIONARIES);
        try {
            return directory == null ? new Dictionaries() : DictionaryDirectory.read(Path.of(directory));
        } catch (IOException | IllegalArgumentException refused) {
            throw new ConfigException(DICTIONARIES, directory, refused.toString());
        }
    }

    /** The registry, or null. */
    Registry registry() {
        String file = getString(REGISTRY);
        try {
            return file == null ? null : RegistryJson.read(new ObjectMapper().readTree(Path.of(file).toFile()));
        } catch (IOException | IllegalArgumentException refused) {
            throw new ConfigException(REGISTRY, file, refused.toString());
        }
    }

    /** The topic of definitions, or null. */
    String definitionsTopic() {
        return getString(DEFINITIONS_TOPIC);
    }

    Duration definitionsTimeout() {
        return Duration.ofMillis(getLong(DEFINITIONS_TIMEOUT));
    }
}
