package io.strictframe;

import io.strictframe.RecoveryInput.BudgetSpent;
import io.strictframe.RecoveryInput.Found;
import java.util.HashMap;
import java.util.Map;

/** Where the stream id of a damaged stream comes from when the caller gives none (REC-1). */
final class StreamIdSearch {
    private static final byte[] MAGIC = {(byte) 0x9e, (byte) 0xc1};

    private StreamIdSearch() {
    }

    /** The id of a SYNC at position 0 that is as STR-1 says, or null. */
    static String ofFirstSync(RecoveryInput input) throws BudgetSpent {
        Found first = input.positionAt(0);
        if (first == null || first.frame().kind() != Kind.SYNC) {
            return null;
        }
        Control.Position says = first.says();
        boolean asAtTheStart = says.ownOffset() == 0 && says.previous() == Control.Position.NONE && says.count() == 0
            && says.chainCrc() == 0;
        return asAtTheStart ? says.streamId() : null;
    }

    /** The one id of which two SYNC or END frames lie at their own offsets and the later names the earlier, or null. */
    static String learn(RecoveryInput input) throws BudgetSpent {
        Map<Long, String> idsByOffset = new HashMap<>();
        String learnt = null;
        for (int at = input.find(MAGIC, 0); at >= 0; at = input.find(MAGIC, at + 1)) {
            Found found = input.positionAt(at);
            if (found == null || found.says().ownOffset() != at) {
                continue;
            }
            Control.Position says = found.says();
            idsByOffset.put((long) at, says.streamId());
            boolean namesEarlier = says.previous() >= 0 && says.previous() < at
                && says.streamId().equals(idsByOffset.get(says.previous()));
            if (!namesEarlier || says.streamId().equals(learnt)) {
                continue;
            }
            if (learnt != null) {
                return null;
            }
            learnt = says.streamId();
        }
        return learnt;
    }
}
