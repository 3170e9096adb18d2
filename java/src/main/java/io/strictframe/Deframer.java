package io.strictframe;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts frames out of a sequence of bytes (DEF-1), with the checks of a relay. Reads no byte beyond the frame it gives, holds
 * one frame at a time, and stays refused once it refused.
 */
public final class Deframer {
    private final InputStream input;
    private final Limits limits;
    private long offset;
    private Refusal refusal;

    public Deframer(InputStream input, Limits limits) {
        this.input = input;
        this.limits = limits;
    }

    /** Where the next frame starts: the bytes of the frames given so far. */
    public long offset() {
        return offset;
    }

    /**
     * The next frame, or null at the end of the input.
     *
     * @throws Refusal what ERR-1 puts up to where a relay is done; its offset counts from the first byte of the input
     */
    public Frame next() throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        try {
            Frame frame = cut();
            offset = Math.addExact(offset, frame == null ? 0 : frame.len());
            return frame;
        } catch (Refusal refused) {
            refusal = refused.movedBy(offset);
            throw refusal;
        }
    }

    private Frame cut() throws IOException {
        byte[] header = new byte[Header.LEN];
        int have = input.readNBytes(header, 0, 8);
        if (have == 0) {
            return null;
        }
        Header.judgePrefix(header, have);
        have += input.readNBytes(header, have, Header.LEN - have);
        Header read = Header.read(header, have, limits);
        // SPEC [LIM-2]: this length passed its checksum and its limit; room is made as bytes arrive.
        byte[] rest = input.readNBytes(read.frameLen() - Header.LEN);
        byte[] frame = Arrays.copyOf(header, Header.LEN + rest.length);
        System.arraycopy(rest, 0, frame, Header.LEN, rest.length);
        return Frame.verify(frame, read, limits);
    }
}
