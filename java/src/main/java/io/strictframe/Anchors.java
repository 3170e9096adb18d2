package io.strictframe;

import io.strictframe.RecoveryInput.BudgetSpent;
import io.strictframe.RecoveryInput.Found;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The anchors of one stream in a damaged input, in the order of their positions, and which of them are borne out. */
final class Anchors {
    /** The frames between a SYNC and the SYNC or END that bears it out: the data frames, the chain behind them, their length. */
    record Following(long dataFrames, long chain, long len) {
    }

    private static final long SYNC_DISTANCE = 65536;

    private final RecoveryInput input;
    private final String streamId;
    private final List<Found> all = new ArrayList<>();
    private final Map<Integer, Optional<Following>> borneOut = new HashMap<>();

    Anchors(RecoveryInput input, String streamId) throws BudgetSpent {
        this.input = input;
        this.streamId = streamId;
        byte[] id = Bytes.ofHex(streamId);
        for (int at = input.find(id, Header.LEN); at >= 0; at = input.find(id, at + 1)) {
            Found found = input.positionAt(at - Header.LEN);
            if (found != null && found.says().ownOffset() >= 0 && found.says().count() >= 0) {
                all.add(found);
            }
        }
    }

    int count() {
        return all.size();
    }

    Found get(int index) {
        return all.get(index);
    }

    /** The index of the first anchor at {@code position} or behind it. */
    int indexFrom(long position) {
        int low = 0;
        int high = all.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all.get(middle).position() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether what follows the anchor shows that it is one of the stream's own; the outcome does not depend on any shift. */
    boolean isBorneOut(Found anchor) throws BudgetSpent {
        return anchor.frame().kind() == Kind.END ? anchor.end() == input.len() : following(anchor).isPresent();
    }

    /** The frames that bear a SYNC out. */
    Optional<Following> following(Found sync) throws BudgetSpent {
        Optional<Following> known = borneOut.get(sync.position());
        if (known == null) {
            known = Optional.ofNullable(walk(sync));
            borneOut.put(sync.position(), known);
        }
        return known;
    }

    private Following walk(Found sync) throws BudgetSpent {
        Control.Position from = sync.says();
        long dataFrames = 0;
        long chain = Bytes.chain(from.chainCrc(), sync.trailer());
        Found next = input.at(sync.end());
        while (next != null && next.says() == null && next.position() - sync.position() < SYNC_DISTANCE) {
            dataFrames += next.isData() ? 1 : 0;
            chain = Bytes.chain(chain, next.trailer());
            next = input.at(next.end());
        }
        if (next == null || next.says() == null) {
            return null;
        }
        Control.Position says = next.says();
        long len = next.position() - sync.position();
        // Sums are of 64 unsigned bits and do not wrap: own offset and count of an anchor are below 2^63.
        boolean follows = says.streamId().equals(streamId) && says.previous() == from.ownOffset()
            && says.ownOffset() == from.ownOffset() + len && says.count() == from.count() + dataFrames
            && says.chainCrc() == chain;
        return follows ? new Following(dataFrames, chain, len) : null;
    }
}
