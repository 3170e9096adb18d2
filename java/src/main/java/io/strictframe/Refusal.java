package io.strictframe;

import java.util.OptionalLong;

/**
 * What was refused: a kind, an offset, and what belongs to that kind. Bytes of the input are never part of it.
 *
 * <p>The offset counts from the first byte of the frame, in a stream from the first byte of the stream; of
 * {@code BatchStructure} and of the payload kinds (08xx) it counts in the decompressed payload.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;
    private final long offset;
    private final long have;
    private final long need;
    private final String looksLike;

    private Refusal(ErrorKind kind, long offset, long have, long need, String looksLike) {
        super(message(kind, offset, have, need, looksLike));
        this.kind = kind;
        this.offset = offset;
        this.have = have;
        this.need = need;
        this.looksLike = looksLike;
    }

    /** A refusal that has nothing beside its offset. */
    public static Refusal at(ErrorKind kind, long offset) {
        return new Refusal(kind, offset, -1, -1, null);
    }

    static Refusal truncated(long offset, long have, long need) {
        return new Refusal(ErrorKind.Truncated, offset, have, need, null);
    }

    static Refusal limit(long offset, long declared, long limit) {
        return new Refusal(ErrorKind.LimitExceeded, offset, declared, limit, null);
    }

    static Refusal magic(String looksLike) {
        return new Refusal(ErrorKind.BadMagic, 0, -1, -1, looksLike);
    }

    /** The same refusal of a frame that starts at {@code start} of a stream. */
    Refusal movedBy(long start) {
        return countsInPayload() ? this : new Refusal(kind, Math.addExact(offset, start), have, need, looksLike);
    }

    public ErrorKind kind() {
        return kind;
    }

    /** The printed form of the number: {@code SF-} and four digits. */
    public String code() {
        return "SF-" + kind.number();
    }

    public long offset() {
        return offset;
    }

    /** Whether the offset counts in the decompressed payload of a batch. */
    public boolean countsInPayload() {
        return kind == ErrorKind.BatchStructure;
    }

    /** Of {@code Truncated}, the bytes of the frame that are present. */
    public OptionalLong have() {
        return of(ErrorKind.Truncated, have);
    }

    /** Of {@code Truncated}, the bytes that the frame needs. */
    public OptionalLong need() {
        return of(ErrorKind.Truncated, need);
    }

    /** Of {@code LimitExceeded}, the number that was declared. */
    public OptionalLong declared() {
        return of(ErrorKind.LimitExceeded, have);
    }

    /** Of {@code LimitExceeded}, the limit it is above. */
    public OptionalLong limit() {
        return of(ErrorKind.LimitExceeded, need);
    }

    /** Of {@code BadMagic}, the name of SPEC section 12 for the first bytes, or null. */
    public String looksLike() {
        return looksLike;
    }

    private OptionalLong of(ErrorKind owner, long value) {
        return kind == owner ? OptionalLong.of(value) : OptionalLong.empty();
    }

    private static String message(ErrorKind kind, long offset, long have, long need, String looksLike) {
        String more = switch (kind) {
            case Truncated -> ": " + have + " bytes are there, " + need + " are needed";
            case LimitExceeded -> ": " + have + " declared, the limit is " + need;
            case BadMagic -> looksLike == null ? "" : ": looks like " + looksLike;
            default -> "";
        };
        String where = kind == ErrorKind.BatchStructure ? " of the payload" : "";
        return "SF-" + kind.number() + " " + kind.name() + more + " (at byte " + offset + where + ")";
    }
}
