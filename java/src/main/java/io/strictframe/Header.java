package io.strictframe;

import static io.strictframe.ErrorKind.BadCodec;
import static io.strictframe.ErrorKind.BadKind;
import static io.strictframe.ErrorKind.HeaderCrc;
import static io.strictframe.ErrorKind.KeyRule;
import static io.strictframe.ErrorKind.ReservedFlag;
import static io.strictframe.ErrorKind.UnsupportedVersion;

/** The first 28 bytes of a frame, judged in the order of ERR-1. Arrays given here begin with the frame. */
public record Header(Kind kind, Codec codec, boolean hasExtensions, boolean hasDictionary, SchemaKey key, long bodyLen) {
    static final int LEN = 28;
    static final int TRAILER_LEN = 4;

    /**
     * Judges what the first {@code have} bytes show of magic and version.
     *
     * @throws Refusal BadMagic, UnsupportedVersion
     */
    static void judgePrefix(byte[] frame, int have) {
        // SPEC [FRM-2]: one wrong first byte is enough, and a single 9E is not wrong yet.
        if (have >= 1 && Bytes.u8(frame, 0) != 0x9e || have >= 2 && Bytes.u8(frame, 1) != 0xc1) {
            throw Refusal.magic(Diagnosis.of(frame, have));
        }
        // SPEC [FRM-3]
        if (have >= 3 && Bytes.u8(frame, 2) >> 4 != 1) {
            throw Refusal.at(UnsupportedVersion, 2);
        }
    }

    /**
     * Judges magic, version, the presence of 28 bytes and their checksum: what every frame of this version must pass,
     * one of an unassigned kind too.
     *
     * @throws Refusal BadMagic, UnsupportedVersion, Truncated, HeaderCrc
     */
    static void judgeIntact(byte[] frame, int have) {
        judgePrefix(frame, have);
        if (have < LEN) {
            throw Refusal.truncated(have, have, LEN); // SPEC [FRM-4]
        }
        if (Bytes.crc32c(frame, 0, 24) != Bytes.u32(frame, 24)) {
            throw Refusal.at(HeaderCrc, 24); // SPEC [FRM-5]
        }
    }

    /**
     * The header of a frame of which the first {@code have} bytes are there.
     *
     * @throws Refusal as {@link #judgeIntact}, then BadKind, BadCodec, ReservedFlag, KeyRule, LimitExceeded
     */
    static Header read(byte[] frame, int have, Limits limits) {
        judgeIntact(frame, have);
        Kind kind = Kind.of(Bytes.u8(frame, 2) & 15);
        if (kind == null) {
            throw Refusal.at(BadKind, 2); // SPEC [FRM-6]
        }
        Codec codec = Codec.of(Bytes.u8(frame, 3) >> 4);
        if (codec == null) {
            throw Refusal.at(BadCodec, 3); // SPEC [FRM-7]
        }
        int flags = Bytes.u8(frame, 3) & 15;
        boolean dictionary = (flags & 2) != 0;
        // SPEC [FRM-8]
        if ((flags & 12) != 0 || dictionary && codec == Codec.NONE || !kind.isData() && Bytes.u8(frame, 3) != 0) {
            throw Refusal.at(ReservedFlag, 3);
        }
        SchemaKey key = SchemaKey.read(frame);
        judgeKey(frame, kind, key);
        return new Header(kind, codec, (flags & 1) != 0, dictionary, key, readBodyLen(frame, limits));
    }

    /** {@code body_len}, where it is within the limit (FRM-11). */
    static long readBodyLen(byte[] frame, Limits limits) {
        long bodyLen = Bytes.u32(frame, 20);
        if (bodyLen > limits.effectiveBody()) {
            throw Refusal.limit(20, bodyLen, limits.effectiveBody());
        }
        return bodyLen;
    }

    /** The length of the whole frame. */
    int frameLen() {
        return Math.toIntExact(LEN + bodyLen + TRAILER_LEN);
    }

    private static void judgeKey(byte[] frame, Kind kind, SchemaKey key) {
        boolean zero = Bytes.u64(frame, 4) == 0 && Bytes.u64(frame, 12) == 0;
        // SPEC [FRM-9], [FRM-10]: a data frame names a schema, a control frame does not.
        if (zero == kind.isData()) {
            throw Refusal.at(KeyRule, 4);
        }
        if (!kind.isData()) {
            return;
        }
        if (key.version() == 0) {
            throw Refusal.at(KeyRule, 12);
        }
        if (key.minReader() == 0 || key.minReader() > key.version()) {
            throw Refusal.at(KeyRule, 14);
        }
    }
}
