package io.strictframe;

import java.util.Arrays;

/** Frames at any position of a damaged stream, and the budget for looking at them (REC-8). */
final class RecoveryInput {
    /** The budget is spent; what was found before it stands. */
    static final class BudgetSpent extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Something whole and intact at a position.
     *
     * @param frame what a relay takes, or null of a frame of an unassigned kind
     */
    record Found(int position, int len, long trailer, Frame frame) {
        boolean isData() {
            return frame != null && frame.kind().isData();
        }

        /** What a SYNC or END says; null of anything else. */
        Control.Position says() {
            return frame != null && frame.control() instanceof Control.Position says ? says : null;
        }

        int end() {
            return position + len;
        }
    }

    private static final int POSITION_LEN = Header.LEN + 48 + Header.TRAILER_LEN;

    private final byte[] input;
    private final Limits limits;
    private long budget;

    RecoveryInput(byte[] input, Limits limits) {
        this.input = input;
        this.limits = limits;
        this.budget = 16L * input.length + (1L << 27);
    }

    int len() {
        return input.length;
    }

    void spend(long bytes) throws BudgetSpent {
        budget -= bytes;
        if (budget < 0) {
            throw new BudgetSpent();
        }
    }

    /** What verifies at that position, or a frame of an unassigned kind that is stepped over (REC-3), or null. */
    Found at(int position) throws BudgetSpent {
        int have = input.length - position;
        if (have < 2 || Bytes.u8(input, position) != 0x9e || Bytes.u8(input, position + 1) != 0xc1) {
            return null;
        }
        spend(Header.LEN);
        byte[] header = Arrays.copyOfRange(input, position, position + Math.min(have, Header.LEN));
        try {
            Header.judgeIntact(header, header.length);
            int len = Math.toIntExact(Header.LEN + Header.readBodyLen(header, limits) + Header.TRAILER_LEN);
            boolean assigned = Kind.of(Bytes.u8(header, 2) & 15) != null;
            Header read = assigned ? Header.read(header, header.length, limits) : null;
            if (len > have) {
                return null;
            }
            spend(len);
            byte[] bytes = Arrays.copyOfRange(input, position, position + len);
            Frame frame = assigned ? Frame.verify(bytes, read, limits) : null;
            if (!assigned) {
                Frame.judgeWhole(bytes, len);
            }
            return new Found(position, len, Bytes.u32(bytes, len - Header.TRAILER_LEN), frame);
        } catch (Refusal refused) {
            return null;
        }
    }

    /** The SYNC or END that verifies at that position, or null; looks at nothing that is longer than one can be. */
    Found positionAt(int position) throws BudgetSpent {
        boolean fits = position >= 0 && input.length - position >= POSITION_LEN && Bytes.u32(input, position + 20) == 48;
        Found found = fits ? at(position) : null;
        return found != null && found.says() != null ? found : null;
    }

    /** The first position from {@code from} on at which these bytes stand, or -1. */
    int find(byte[] needle, int from) {
        for (int at = from; at <= input.length - needle.length; at++) {
            if (input[at] == needle[0] && Arrays.equals(input, at, at + needle.length, needle, 0, needle.length)) {
                return at;
            }
        }
        return -1;
    }
}
