package io.strictframe.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strictframe.Bytes;
import io.strictframe.Control;
import io.strictframe.Decoded;
import io.strictframe.Decoder;
import io.strictframe.Deframer;
import io.strictframe.Dictionary;
import io.strictframe.Extension;
import io.strictframe.Frame;
import io.strictframe.Header;
import io.strictframe.Identity;
import io.strictframe.Outcome;
import io.strictframe.Recovered;
import io.strictframe.Recovery;
import io.strictframe.Refusal;
import io.strictframe.SchemaKey;
import io.strictframe.StreamReader;
import io.strictframe.schema.Comparison;
import io.strictframe.schema.JsonSchema;
import io.strictframe.schema.PayloadReader;
import io.strictframe.schema.ProtoSchema;
import io.strictframe.schema.SchemaRefused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The answers of the operations on frames and streams, in the form of the vectors. */
final class Answers {
    private Answers() {
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode relay(Vector vector) {
        Frame frame = Frame.verify(vector.input(), vector.limits());
        Header header = frame.header();
        ObjectNode answer = object();
        ObjectNode out = answer.putObject("frame");
        out.put("kind", Integer.toString(header.kind().number()));
        out.put("codec", Integer.toString(header.codec().number()));
        SchemaKey key = header.key();
        out.put("lineage", key.lineage());
        out.put("version", Integer.toString(key.version()));
        out.put("min_reader", Integer.toString(key.minReader()));
        out.put("fork_check", key.forkCheck());
        out.put("body_len", Long.toString(header.bodyLen()));
        out.put("raw_len", orNull(frame.rawLen()));
        out.put("raw_crc", orNull(frame.rawCrc()));
        out.put("dict_id", frame.dictId());
        ArrayNode extensions = out.putArray("extensions");
        for (Extension extension : frame.extensions()) {
            extensions.addObject().put("type", Integer.toString(extension.type())).put("value", Bytes.hex(extension.value()));
        }
        out.set("stored", digest(frame.stored()));
        out.set("control", control(frame.control()));
        return answer;
    }

    private static String orNull(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : null;
    }

    private static JsonNode control(Control control) {
        if (control instanceof Control.Position position) {
            return object().put("stream_id", position.streamId())
                .put("own_offset", Long.toUnsignedString(position.ownOffset()))
                .put("previous", Long.toUnsignedString(position.previous()))
                .put("count", Long.toUnsignedString(position.count()))
                .put("chain_crc", Long.toString(position.chainCrc()));
        }
        if (control instanceof Control.Schema schema) {
            Identity identity = schema.identity();
            return object().put("enc_id", Integer.toString(schema.encId())).put("version", Integer.toString(schema.version()))
                .put("min_reader", Integer.toString(schema.minReader())).put("name", schema.name())
                .put("descriptor", Bytes.hex(schema.descriptor()))
                .put("lineage", identity.lineage()).put("fork_check", identity.forkCheck());
        }
        if (control instanceof Control.Dict dict) {
            return object().put("dict_id", dict.dictionary().id());
        }
        return JsonNodeFactory.instance.nullNode();
    }

    static ObjectNode decode(Vector vector) {
        Decoded decoded = new Decoder(vector.limits(), vector.codecs(), vector.dictionaries(), vector.registry())
            .decode(vector.input());
        ObjectNode answer = object();
        ObjectNode out = answer.putObject("decoded");
        out.put("outcome", decoded.outcome() == null ? null : decoded.outcome().name());
        ArrayNode records = out.putArray("records");
        decoded.records().forEach(record -> records.add(digest(record)));
        return answer;
    }

    static ObjectNode deframe(Vector vector) throws IOException {
        Deframer deframer = new Deframer(new ByteArrayInputStream(vector.input()), vector.limits());
        ObjectNode answer = object();
        ArrayNode frames = answer.putArray("frames");
        long offset = deframer.offset();
        for (Frame frame = deframer.next(); frame != null; frame = deframer.next()) {
            frames.add(place(offset, frame));
            offset = deframer.offset();
        }
        return answer;
    }

    static ObjectNode stream(Vector vector) throws IOException {
        StreamReader reader = new StreamReader(new ByteArrayInputStream(vector.input()), vector.limits(), vector.codecs(),
            vector.selfContained(), vector.registry());
        ObjectNode answer = object();
        ObjectNode out = answer.putObject("stream");
        ArrayNode frames = out.putArray("frames");
        MessageDigest digest = sha256();
        long records = 0;
        try {
            for (StreamReader.Item item = reader.next(); item != null; item = reader.next()) {
                frames.add(place(item.offset(), item.frame()));
                for (byte[] record : item.records()) {
                    digest.update(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, record.length));
                    digest.update(record);
                    records++;
                }
            }
        } catch (Refusal refused) {
            return Conformance.error(refused).put("frames", Integer.toString(frames.size()));
        }
        out.put("stream_id", reader.streamId());
        out.put("records", Long.toString(records));
        out.put("records_sha256", Bytes.hex(digest.digest()));
        return answer;
    }

    static ObjectNode judge(Vector vector) {
        Outcome outcome = vector.registry().judge(vector.frameKey());
        return object().put("outcome", outcome.name());
    }

    static ObjectNode identity(Vector vector) {
        JsonNode given = vector.json().path("identity");
        if (given.has("dictionary")) {
            return object().put("dict_id", new Dictionary(Vector.bytes(given.path("dictionary"))).id());
        }
        Identity identity = Identity.of(given.path("enc_id").asInt(), given.path("name").asText(), given.path("version").asInt(),
            given.path("min_reader").asInt(), Vector.bytes(given.path("descriptor")));
        return object().put("lineage", identity.lineage()).put("fingerprint", identity.fingerprint())
            .put("fork_check", identity.forkCheck());
    }

    static ObjectNode recover(Vector vector) {
        Recovered recovered = Recovery.recover(vector.input(), vector.limits(), vector.streamId());
        ObjectNode answer = object();
        ObjectNode out = answer.putObject("recovery");
        out.put("stream_id", recovered.streamId()).put("id_source", recovered.idSource().toString());
        ArrayNode frames = out.putArray("frames");
        recovered.frames().stream().filter(delivered -> delivered.frame().kind().isData())
            .forEach(delivered -> frames.add(Long.toString(delivered.position())));
        ArrayNode gaps = out.putArray("gaps");
        for (Recovered.Gap gap : recovered.gaps()) {
            gaps.addObject().put("from", Long.toString(gap.from())).put("to", Long.toString(gap.to()))
                .put("shift", Long.toString(gap.shift())).put("frames_lost", orNull(gap.framesLost()));
        }
        ArrayNode edited = out.putArray("edited");
        for (Recovered.Edited segment : recovered.edited()) {
            edited.addObject().put("from", Long.toString(segment.from())).put("to", Long.toString(segment.to()));
        }
        ArrayNode unassigned = out.putArray("unassigned");
        recovered.unassigned().forEach(position -> unassigned.add(Long.toString(position)));
        out.put("unconfirmed", Long.toString(recovered.unconfirmed())).put("terminated", recovered.terminated())
            .put("trailing", Long.toString(recovered.trailing()));
        return answer;
    }

    static ObjectNode payload(Vector vector) {
        JsonNode given = vector.json().path("payload");
        ProtoSchema schema = ProtoSchema.parse(given.path("descriptor").asText().getBytes(StandardCharsets.UTF_8),
            given.path("name").asText());
        PayloadReader.Unknown unknown = PayloadReader.read(schema, vector.input(), given.path("exact").asBoolean());
        ObjectNode answer = object();
        answer.putObject("payload").put("unknown_fields", Long.toString(unknown.count()))
            .put("first_unknown", orNull(unknown.first()));
        return answer;
    }

    static ObjectNode canonical(Vector vector) {
        try {
            return object().put("descriptor", JsonSchema.canonical(vector.input()));
        } catch (SchemaRefused refused) {
            return object().put("refused", true);
        }
    }

    static ObjectNode change(Vector vector) {
        JsonNode given = vector.json().path("change");
        int encId = given.path("enc_id").asInt();
        String name = given.path("name").asText();
        List<byte[]> descriptors = new ArrayList<>();
        for (JsonNode version : given.path("versions")) {
            String text = version.asText();
            descriptors.add((encId == 2 ? JsonSchema.canonical(text.getBytes(StandardCharsets.UTF_8)) : text)
                .getBytes(StandardCharsets.UTF_8));
        }
        ObjectNode answer = object();
        ArrayNode changes = answer.putArray("changes");
        int count = descriptors.size();
        if (count > 1) {
            Comparison.between(encId, name, descriptors.get(count - 2), descriptors.get(count - 1))
                .forEach(change -> changes.addObject().put("path", change.path()).put("change", change.kind().toString()));
        }
        ArrayNode reach = answer.putArray("reach");
        Comparison.reach(encId, name, descriptors).forEach(version -> reach.addObject()
            .put("min_reader", Integer.toString(version.minReader())).put("oldest_writer", Integer.toString(version.oldestWriter())));
        return answer;
    }

    private static ObjectNode place(long offset, Frame frame) {
        return object().put("offset", Long.toString(offset)).put("kind", Integer.toString(frame.kind().number()));
    }

    private static ObjectNode digest(byte[] bytes) {
        return object().put("len", Integer.toString(bytes.length)).put("sha256", Bytes.hex(sha256().digest(bytes)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
