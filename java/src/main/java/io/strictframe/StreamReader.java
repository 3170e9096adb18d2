package io.strictframe;

import static io.strictframe.ErrorKind.NotAStream;
import static io.strictframe.ErrorKind.StreamEdited;
import static io.strictframe.ErrorKind.TrailingData;
import static io.strictframe.ErrorKind.Unterminated;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;

/**
 * A strict read of a whole stream from its first byte (SPEC section 9). It stops at the first refusal and stays stopped; what
 * it gave before END is provisional until {@link #next()} returned null.
 */
public final class StreamReader {
    /** A frame of the stream, where it starts, and its records: none of a control frame. */
    public record Item(long offset, Frame frame, Outcome outcome, List<byte[]> records) {
    }

    private static final long SYNC_DISTANCE = 65536;

    private final InputStream input;
    private final Deframer deframer;
    private final Definitions definitions;
    private final Decoder decoder;
    private long chain;
    private String streamId;
    private long lastSync = Control.Position.NONE;
    private long dataFrames;
    private boolean ended;
    private Refusal refusal;

    /**
     * @param selfContained whether every schema must stand in the stream before its first use (STR-13)
     * @param registry the schemas that data frames are judged by, or null
     */
    public StreamReader(InputStream input, Limits limits, Set<Codec> codecs, boolean selfContained, Registry registry) {
        this.input = input;
        this.deframer = new Deframer(input, limits);
        this.definitions = new Definitions(limits, selfContained, registry);
        this.decoder = new Decoder(limits, codecs, definitions);
    }

    /** The id that the first SYNC bears; null before it was read. */
    public String streamId() {
        return streamId;
    }

    /**
     * The next frame, or null behind END at the end of the input.
     *
     * @throws Refusal the first that applies, in the order of ERR-1; offsets count from the first byte of the stream
     */
    public Item next() throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        try {
            return ended ? end() : read();
        } catch (Refusal refused) {
            refusal = refused;
            throw refused;
        }
    }

    private Item end() throws IOException {
        if (input.read() >= 0) {
            throw Refusal.at(TrailingData, deframer.offset()); // SPEC [STR-9]
        }
        return null;
    }

    private Item read() throws IOException {
        long start = deframer.offset();
        Frame frame = deframer.next();
        if (frame == null) {
            // SPEC [STR-5], [STR-8]
            throw start == 0 ? Refusal.truncated(0, 0, Header.LEN) : Refusal.at(Unterminated, start);
        }
        try {
            return accept(frame, start);
        } catch (Refusal refused) {
            throw refused.movedBy(start);
        }
    }

    /** Judges a frame that a relay would take; offsets count from its start. */
    private Item accept(Frame frame, long start) {
        if (streamId == null && frame.kind() != Kind.SYNC) {
            throw Refusal.at(NotAStream, 0); // SPEC [STR-5]
        }
        if (frame.kind() != Kind.SYNC && start - lastSync >= SYNC_DISTANCE) {
            throw Refusal.at(StreamEdited, 0); // SPEC [STR-7]
        }
        Outcome outcome = null;
        List<byte[]> records = List.of();
        if (frame.control() instanceof Control.Position position) {
            judge(position, start);
            lastSync = frame.kind() == Kind.SYNC ? start : lastSync;
            ended = frame.kind() == Kind.END;
        } else if (frame.control() != null) {
            definitions.declare(frame.control());
        } else {
            Decoder.judgeExtensions(frame);
            outcome = definitions.judge(frame.header().key());
            records = decoder.records(frame);
            dataFrames++;
        }
        chain = Bytes.chain(chain, frame.trailer());
        return new Item(start, frame, outcome, records);
    }

    // SPEC [STR-6]: at the first field that does not say what is so.
    private void judge(Control.Position position, long start) {
        require(streamId == null || streamId.equals(position.streamId()), 0);
        require(position.ownOffset() == start, 16);
        require(position.previous() == lastSync, 24);
        require(position.count() == dataFrames, 32);
        require(position.chainCrc() == chain, 40);
        streamId = position.streamId();
    }

    private static void require(boolean holds, int field) {
        if (!holds) {
            throw Refusal.at(StreamEdited, Header.LEN + field);
        }
    }
}
