package io.strictframe.schema;

import static io.strictframe.schema.Line.require;

import java.util.ArrayList;
import java.util.List;

/** Numbers in ranges that ascend and do not touch, both ends included. */
final class Ranges {
    private record Range(long from, long to) {
    }

    private final List<Range> all = new ArrayList<>();

    /** Puts one more behind the last. */
    void add(long from, long to) {
        require(all.isEmpty() || from > all.get(all.size() - 1).to + 1, "ranges are not ascending and apart");
        all.add(new Range(from, to));
    }

    int count() {
        return all.size();
    }

    boolean contains(long number) {
        return holds(number, number);
    }

    boolean containsAll(Ranges inner) {
        return inner.all.stream().allMatch(range -> holds(range.from, range.to));
    }

    boolean overlaps(Ranges other) {
        return other.all.stream().anyMatch(range -> {
            int index = firstEndingAt(range.from);
            return index < all.size() && all.get(index).from <= range.to;
        });
    }

    private boolean holds(long from, long to) {
        int index = firstEndingAt(from);
        return index < all.size() && all.get(index).from <= from && to <= all.get(index).to;
    }

    /** The index of the first range that ends at that number or behind it. */
    private int firstEndingAt(long number) {
        int low = 0;
        int high = all.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all.get(middle).to < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
