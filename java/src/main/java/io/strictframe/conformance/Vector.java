package io.strictframe.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.strictframe.Bytes;
import io.strictframe.Codec;
import io.strictframe.Dictionaries;
import io.strictframe.Dictionary;
import io.strictframe.Limits;
import io.strictframe.Registry;
import io.strictframe.RegistryJson;
import io.strictframe.SchemaKey;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a vector holds, in the reader's own terms. */
record Vector(JsonNode json) {
    String operation() {
        return json.path("operation").asText();
    }

    byte[] input() {
        return bytes(json.path("input"));
    }

    Limits limits() {
        JsonNode given = json.path("limits");
        Limits fallback = Limits.DEFAULT;
        return new Limits(
            given.path("body").asLong(fallback.body()), given.path("raw").asLong(fallback.raw()),
            given.path("schemas").asLong(fallback.schemas()), given.path("dictionaries").asLong(fallback.dictionaries()));
    }

    Dictionaries dictionaries() {
        List<Dictionary> all = new ArrayList<>();
        json.path("dictionaries").forEach(parts -> all.add(new Dictionary(bytes(parts))));
        return new Dictionaries(all);
    }

    Set<Codec> codecs() {
        Set<Codec> all = EnumSet.noneOf(Codec.class);
        if (!json.has("codecs")) {
            return EnumSet.of(Codec.LZ4, Codec.ZSTD);
        }
        json.path("codecs").forEach(name -> all.add(name.asText().equals("lz4") ? Codec.LZ4 : Codec.ZSTD));
        return all;
    }

    /** The registry, or null. */
    Registry registry() {
        return json.has("registry") ? RegistryJson.read(json.path("registry")) : null;
    }

    boolean selfContained() {
        return json.path("self_contained").asBoolean(true);
    }

    /** The id that the caller gives, or null. */
    String streamId() {
        return json.has("stream_id") ? json.path("stream_id").asText() : null;
    }

    SchemaKey frameKey() {
        JsonNode key = json.path("frame_key");
        return new SchemaKey(key.path("lineage").asText(), key.path("version").asInt(), key.path("min_reader").asInt(),
            key.path("fork_check").asText());
    }

    /** The bytes that a list of parts stands for, or a single part of hexadecimal digits. */
    static byte[] bytes(JsonNode parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (parts.isTextual()) {
            return Bytes.ofHex(parts.asText());
        }
        for (JsonNode part : parts) {
            if (part.isTextual()) {
                all.writeBytes(Bytes.ofHex(part.asText()));
                continue;
            }
            byte[] once = Bytes.ofHex(part.path("repeat").asText());
            for (long times = part.path("times").asLong(); times > 0; times--) {
                all.writeBytes(once);
            }
        }
        return all.toByteArray();
    }
}
