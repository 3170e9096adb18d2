package io.strictframe.conformance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strictframe.ErrorKind;
import io.strictframe.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads vectors from standard input, one JSON object a line, and writes for each one line: the answer as it stands under
 * {@code expect}, or {@code {"skipped": why}}, or {@code {"broken": why}} where neither could be given.
 */
public final class Conformance {
    // Beyond ASCII everything is escaped: what some take for the end of a line (U+2028) stands in no answer.
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
        .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
        .build());

    private Conformance() {
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            out.println(answer(line));
            out.flush();
        }
    }

    /** The one line of JSON that answers a vector. */
    static String answer(String vector) throws JsonProcessingException {
        ObjectNode answer;
        try {
            answer = answer(JSON.readTree(vector));
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError broken) {
            // One vector that breaks the reader must not hide the answers to the others.
            answer = JSON.createObjectNode().put("broken", broken.toString());
        }
        return JSON.writeValueAsString(answer);
    }

    /** The answer to a vector: what stands under its {@code expect} where this reader agrees. */
    static ObjectNode answer(JsonNode json) throws IOException {
        Vector vector = new Vector(json);
        try {
            return switch (vector.operation()) {
                case "relay" -> Answers.relay(vector);
                case "decode" -> Answers.decode(vector);
                case "deframe" -> Answers.deframe(vector);
                case "stream" -> Answers.stream(vector);
                case "judge" -> Answers.judge(vector);
                case "identity" -> Answers.identity(vector);
                case "recover" -> Answers.recover(vector);
                case "payload" -> Answers.payload(vector);
                case "canonical" -> Answers.canonical(vector);
                case "change" -> Answers.change(vector);
                default -> JSON.createObjectNode().put("skipped", "operation " + vector.operation());
            };
        } catch (Refusal refused) {
            return error(refused);
        }
    }

    static ObjectNode error(Refusal refusal) {
        ObjectNode answer = JSON.createObjectNode();
        ObjectNode error = answer.putObject("error");
        error.put("code", refusal.kind().number());
        error.put("name", refusal.kind().name());
        error.put("offset", Long.toUnsignedString(refusal.offset()));
        if (refusal.countsInPayload()) {
            error.put("in", "raw");
        }
        refusal.have().ifPresent(have -> error.put("have", Long.toString(have)));
        refusal.need().ifPresent(need -> error.put("need", Long.toString(need)));
        refusal.declared().ifPresent(declared -> error.put("declared", Long.toString(declared)));
        refusal.limit().ifPresent(limit -> error.put("limit", Long.toString(limit)));
        if (refusal.kind() == ErrorKind.BadMagic) {
            error.put("looks_like", refusal.looksLike());
        }
        return answer;
    }
}
