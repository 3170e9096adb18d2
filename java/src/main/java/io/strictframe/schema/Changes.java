package io.strictframe.schema;

import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Collects what differs, each once, and gives a comparison up when it has worked for too long (annex B). */
final class Changes {
    /** The comparison is given up; what was found stands. */
    static final class Cut extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final Set<Change> all = new HashSet<>();
    private long budget;

    /** @param descriptorsLen the length of both descriptors in bytes */
    Changes(long descriptorsLen) {
        budget = 8 * descriptorsLen + (1L << 22);
    }

    void add(String path, ChangeKind kind) {
        all.add(new Change(path, kind));
    }

    void addIf(boolean is, String path, ChangeKind kind) {
        if (is) {
            add(path, kind);
        }
    }

    /** One more thing is compared. */
    void work(long steps) throws Cut {
        budget -= steps;
        if (budget < 0) {
            throw new Cut();
        }
    }

    SortedSet<Change> all() {
        return new TreeSet<>(all);
    }
}
