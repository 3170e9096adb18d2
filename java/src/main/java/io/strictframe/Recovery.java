package io.strictframe;

import io.strictframe.Recovered.Delivered;
import io.strictframe.Recovered.Edited;
import io.strictframe.Recovered.Gap;
import io.strictframe.Recovered.IdSource;
import io.strictframe.RecoveryInput.BudgetSpent;
import io.strictframe.RecoveryInput.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Brings the intact frames out of a damaged stream (SPEC section 10). It is asked for by name and never happens by itself. */
public final class Recovery {
    private final RecoveryInput input;
    private final List<Delivered> frames = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Edited> edited = new ArrayList<>();
    private final List<Long> unassigned = new ArrayList<>();
    private Anchors anchors;
    private long shift;
    private Found last;
    private int position;
    private long dataFrames;
    private long chain;

    private Recovery(RecoveryInput input) {
        this.input = input;
    }

    /**
     * The frames of the stream that {@code bytes} hold, and where they are broken.
     *
     * @param streamId the id as 32 hexadecimal digits, or null where it is to be found in the input
     * @throws Refusal NoStreamId
     */
    public static Recovered recover(byte[] bytes, Limits limits, String streamId) {
        Recovery recovery = new Recovery(new RecoveryInput(bytes, limits));
        String id = streamId;
        IdSource source = IdSource.CALLER;
        boolean spent = false;
        try {
            if (id == null) {
                id = StreamIdSearch.ofFirstSync(recovery.input);
                source = IdSource.FIRST_SYNC;
            }
            if (id == null) {
                id = StreamIdSearch.learn(recovery.input);
                source = IdSource.LEARNT;
            }
            if (id == null) {
                throw Refusal.at(ErrorKind.NoStreamId, 0);
            }
            recovery.anchors = new Anchors(recovery.input, id);
            recovery.run();
        } catch (BudgetSpent stop) {
            spent = true;
        }
        if (id == null) {
            throw Refusal.at(ErrorKind.NoStreamId, 0);
        }
        return recovery.report(id, source, spent);
    }

    private void run() throws BudgetSpent {
        while (last == null || last.frame().kind() != Kind.END) {
            Found anchor = seek();
            if (anchor == null) {
                return;
            }
            take(anchor);
            walk();
        }
    }

    // SPEC [REC-3]: the walk behind an anchor, up to what is neither delivered nor stepped over.
    private void walk() throws BudgetSpent {
        if (last.frame().kind() == Kind.END) {
            return;
        }
        for (Found next = input.at(position); next != null && next.says() == null; next = input.at(position)) {
            if (next.frame() == null) {
                unassigned.add((long) position);
            } else {
                frames.add(new Delivered(position, next.frame()));
            }
            dataFrames += next.isData() ? 1 : 0;
            chain = Bytes.chain(chain, next.trailer());
            position = next.end();
        }
    }

    /** The first anchor from here on that is in place or may be taken, or null. */
    private Found seek() throws BudgetSpent {
        for (int index = anchors.indexFrom(position); index < anchors.count(); index++) {
            Found anchor = anchors.get(index);
            if (isInPlace(anchor) || isAheadAndBorneOut(anchor) && !hasRival(anchor, index)) {
                return anchor;
            }
        }
        return null;
    }

    private static long shiftOf(Found anchor) {
        return anchor.position() - anchor.says().ownOffset();
    }

    private boolean isInPlace(Found anchor) {
        return shiftOf(anchor) == shift;
    }

    // SPEC [REC-2]
    private boolean isAheadAndBorneOut(Found anchor) throws BudgetSpent {
        long own = anchor.says().ownOffset();
        if (last == null || own > last.says().ownOffset()) {
            return anchors.isBorneOut(anchor);
        }
        if (own < last.says().ownOffset() || anchor.frame().kind() != Kind.SYNC) {
            return false;
        }
        Anchors.Following delivered = new Anchors.Following(dataFrames, chain, position - last.position());
        return anchors.following(anchor).filter(following -> !following.equals(delivered)).isPresent();
    }

    private boolean hasRival(Found anchor, int index) throws BudgetSpent {
        long own = anchor.says().ownOffset();
        for (int other = index + 1; other < anchors.count(); other++) {
            Found rival = anchors.get(other);
            input.spend(rival.position() - anchors.get(other - 1).position());
            // Not behind the position own + shift, which itself may not be a number of 64 bits.
            if (rival.position() - own > shift) {
                return false;
            }
            if (rival.position() >= anchor.end() && rival.says().ownOffset() <= own
                && (isInPlace(rival) || isAheadAndBorneOut(rival))) {
                return true;
            }
        }
        return false;
    }

    // SPEC [REC-4], [REC-5]
    private void take(Found anchor) {
        long before = last == null ? 0 : last.says().count();
        long lost = anchor.says().count() - before - dataFrames;
        boolean stretch = anchor.position() > position;
        boolean moved = shiftOf(anchor) != shift;
        if (stretch || moved) {
            gaps.add(new Gap(position, anchor.position(), shiftOf(anchor), OptionalLong.of(Math.max(lost, 0))));
        }
        boolean isEdited = stretch ? lost < 0 || moved && dataFrames > 0 : moved || !follows(anchor.says());
        if (last != null && isEdited) {
            edited.add(new Edited(last.position(), anchor.position()));
        }
        shift = shiftOf(anchor);
        last = anchor;
        position = anchor.end();
        dataFrames = 0;
        chain = Bytes.chain(anchor.says().chainCrc(), anchor.trailer());
    }

    private boolean follows(Control.Position says) {
        return last == null || says.previous() == last.says().ownOffset()
            && says.count() == last.says().count() + dataFrames && says.chainCrc() == chain;
    }

    private Recovered report(String id, IdSource source, boolean spent) {
        boolean terminated = last != null && last.frame().kind() == Kind.END;
        long rest = input.len() - position;
        if (!terminated && rest > 0) {
            gaps.add(new Gap(position, input.len(), shift, OptionalLong.empty()));
        }
        return new Recovered(id, source, List.copyOf(frames), List.copyOf(gaps), List.copyOf(edited), List.copyOf(unassigned),
            terminated ? 0 : dataFrames, terminated, terminated ? rest : 0, spent);
    }
}
