package io.strictframe.schema;

import io.strictframe.schema.ChangeKind.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Function;

/** What the differences between the descriptors of one lineage do (CLS-1, JDG-5). */
public final class Comparison {
    /** The lowest numbers that CLS-1 allows a version. */
    public record Reach(int minReader, int oldestWriter) {
    }

    private static final int PROTOBUF = 1;
    private static final int JSON = 2;

    private Comparison() {
    }

    /**
     * The differences between two canonical descriptors.
     *
     * @throws SchemaRefused when one of them is not canonical
     */
    public static SortedSet<Change> between(int encId, String name, byte[] before, byte[] after) {
        Changes changes = new Changes((long) before.length + after.length);
        try {
            switch (encId) {
                case PROTOBUF -> new ProtoComparison(ProtoSchema.parse(before, name), ProtoSchema.parse(after, name), changes).run();
                case JSON -> new JsonComparison(JsonSchema.parseCanonical(before), JsonSchema.parseCanonical(after), changes).run();
                default -> changes.addIf(!Arrays.equals(before, after), name, ChangeKind.DESCRIPTOR_CHANGED);
            }
        } catch (Changes.Cut cut) {
            changes.add(encId == JSON ? "#" : name, ChangeKind.COMPARISON_CUT);
        }
        return changes.all();
    }

    /** Whether a reader of {@code before} may be given data of {@code after}; a descriptor that is not canonical shows nothing. */
    public static boolean isSafeForOld(int encId, String name, byte[] before, byte[] after) {
        try {
            return between(encId, name, before, after).stream().allMatch(change -> change.kind().oldOnNew() == Verdict.SAFE);
        } catch (SchemaRefused refused) {
            return false;
        }
    }

    /** The reach of each version, the descriptors being those of version 1, 2 and so on. */
    public static List<Reach> reach(int encId, String name, List<byte[]> descriptors) {
        List<Reach> all = new ArrayList<>();
        Reach last = new Reach(1, 1);
        for (int version = 1; version <= descriptors.size(); version++) {
            int minReader = last.minReader;
            int oldestWriter = last.oldestWriter;
            for (int earlier = 1; earlier < version; earlier++) {
                SortedSet<Change> changes = between(encId, name, descriptors.get(earlier - 1), descriptors.get(version - 1));
                minReader = breaks(changes, ChangeKind::oldOnNew) ? Math.max(minReader, earlier + 1) : minReader;
                oldestWriter = breaks(changes, ChangeKind::newOnOld) ? Math.max(oldestWriter, earlier + 1) : oldestWriter;
            }
            last = new Reach(minReader, oldestWriter);
            all.add(last);
        }
        return all;
    }

    private static boolean breaks(SortedSet<Change> changes, Function<ChangeKind, Verdict> verdict) {
        return changes.stream().anyMatch(change -> verdict.apply(change.kind()) != Verdict.SAFE);
    }
}
