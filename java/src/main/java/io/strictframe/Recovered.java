package io.strictframe;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a recovery brought out of a damaged stream, and what it says of the rest (SPEC section 10). Positions count in the
 * input.
 *
 * @param frames the delivered data, SCHEMA and DICT frames in the order of the input
 * @param unassigned positions of intact frames of unassigned kinds, which were stepped over
 * @param unconfirmed data frames behind the last anchor, where no END follows
 * @param terminated whether an END was reached
 * @param trailing bytes behind that END, which were not read
 * @param budgetSpent whether the search was given up (REC-8): then the last gap is what was not looked at
 */
public record Recovered(String streamId, IdSource idSource, List<Delivered> frames, List<Gap> gaps, List<Edited> edited,
                        List<Long> unassigned, long unconfirmed, boolean terminated, long trailing, boolean budgetSpent) {
    /** Where the stream id came from. */
    public enum IdSource {
        CALLER("caller"), FIRST_SYNC("first-sync"), LEARNT("learnt");

        private final String printed;

        IdSource(String printed) {
            this.printed = printed;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    /** A frame and where it lies. */
    public record Delivered(long position, Frame frame) {
    }

    /**
     * A stretch that no frame was delivered from, or a place where bytes went or came.
     *
     * @param shift position less own offset behind the gap
     * @param framesLost the data frames lost in it; absent where no anchor follows
     */
    public record Gap(long from, long to, long shift, OptionalLong framesLost) {
    }

    /** The positions of the first and the next anchor of a segment that is not as it was written. */
    public record Edited(long from, long to) {
    }
}
