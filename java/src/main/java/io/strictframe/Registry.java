package io.strictframe;

import java.util.HashMap;
import java.util.Map;

/** The lineages a reader knows, and the judgement of a frame's schema by them (SPEC section 4). */
public final class Registry {
    /** What is known of one version. */
    public record Known(int minReader, String forkCheck) {
    }

    /** The schema of the reader's own version. */
    public record OwnSchema(int encId, String name, byte[] descriptor) {
        private boolean isOf(String lineage, int version, Known known) {
            Identity identity = Identity.of(encId, name, version, known.minReader, descriptor);
            return identity.lineage().equals(lineage) && identity.forkCheck().equals(known.forkCheck);
        }
    }

    /**
     * One lineage: the reader's own version, the oldest writer it can still decode, and every version it was built with.
     *
     * @param own the schema of the reader's own version, or null where only its digests are known
     */
    public record Lineage(String lineage, int reader, int oldestWriter, Map<Integer, Known> versions, OwnSchema own) {
        // SPEC [JDG-3]
        public Lineage {
            versions = Map.copyOf(versions);
            if (!versions.containsKey(reader)) {
                throw new IllegalArgumentException("lineage " + lineage + " lacks its reader's own version");
            }
            if (oldestWriter < 1 || oldestWriter > reader) {
                throw new IllegalArgumentException("lineage " + lineage + " has an oldest_writer that is 0 or above its reader");
            }
            versions.forEach((version, known) -> {
                if (version < 1 || version > 65535 || known.minReader < 1 || known.minReader > version) {
                    throw new IllegalArgumentException("lineage " + lineage + " has a version or min_reader out of range");
                }
            });
            if (own != null && !own.isOf(lineage, reader, versions.get(reader))) {
                throw new IllegalArgumentException("lineage " + lineage + " has another schema than its reader's own version");
            }
        }
    }

    private final Map<String, Lineage> lineages = new HashMap<>();
    private final boolean allowForward;

    /** @param allowForward whether frames of a later version may be read where they say so (JDG-2: off unless asked for) */
    public Registry(boolean allowForward, Iterable<Lineage> lineages) {
        this.allowForward = allowForward;
        for (Lineage lineage : lineages) {
            if (this.lineages.put(lineage.lineage, lineage) != null) {
                throw new IllegalArgumentException("lineage " + lineage.lineage + " stands twice");
            }
        }
    }

    /** The lineage of that id, or null. */
    public Lineage lineage(String id) {
        return lineages.get(id);
    }

    /**
     * The first row of the table that fits.
     *
     * @throws Refusal UnknownSchema, SchemaFork, SchemaTooOld, SchemaVersionUnknown, SchemaForward, SchemaTooNew
     */
    public Outcome judge(SchemaKey key) {
        Lineage lineage = lineages.get(key.lineage());
        if (lineage == null) {
            throw Refusal.at(ErrorKind.UnknownSchema, 4);
        }
        int reader = lineage.reader;
        int writer = key.version();
        Known known = lineage.versions.get(writer);
        if (known != null && !(known.forkCheck.equals(key.forkCheck()) && known.minReader == key.minReader())) {
            throw Refusal.at(ErrorKind.SchemaFork, 4);
        }
        if (writer == reader) {
            return Outcome.Exact;
        }
        if (writer < reader) {
            if (writer < lineage.oldestWriter) {
                throw Refusal.at(ErrorKind.SchemaTooOld, 4);
            }
            if (known == null) {
                throw Refusal.at(ErrorKind.SchemaVersionUnknown, 4);
            }
            return Outcome.Backward;
        }
        if (key.minReader() > reader) {
            throw Refusal.at(ErrorKind.SchemaTooNew, 4);
        }
        if (!allowForward) {
            throw Refusal.at(ErrorKind.SchemaForward, 4);
        }
        return Outcome.Forward;
    }
}
