package io.strictframe;

import static io.strictframe.ErrorKind.BodyStructure;
import static io.strictframe.ErrorKind.FrameCrc;
import static io.strictframe.ErrorKind.NonCanonicalCompression;
import static io.strictframe.ErrorKind.TrailingData;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** One frame as a relay verifies it: whole, intact and well-formed; its payload is not decoded and its schema not judged. */
public final class Frame {
    private final byte[] bytes;
    private final Header header;
    private final List<Extension> extensions;
    private final int storedStart;
    private final Control control;

    private Frame(byte[] bytes, Header header, List<Extension> extensions, int storedStart, Control control) {
        this.bytes = bytes;
        this.header = header;
        this.extensions = extensions;
        this.storedStart = storedStart;
        this.control = control;
    }

    /**
     * The one frame that {@code input} is.
     *
     * @throws Refusal what ERR-1 puts up to where a relay is done
     */
    public static Frame verify(byte[] input, Limits limits) {
        Header header = Header.read(input, input.length, limits);
        if (input.length > header.frameLen()) {
            throw Refusal.at(TrailingData, header.frameLen()); // SPEC [FRM-13]
        }
        return verify(input, header, limits);
    }

    /** The frame at the beginning of {@code bytes}, which end with it or before it. */
    static Frame verify(byte[] bytes, Header header, Limits limits) {
        judgeWhole(bytes, header.frameLen());
        return header.kind().isData() ? data(bytes, header, limits)
            : new Frame(bytes, header, List.of(), Header.LEN, Control.read(bytes, bytes.length - Header.TRAILER_LEN, header.kind()));
    }

    /**
     * Judges that a frame of that length is there whole and has its checksum.
     *
     * @throws Refusal Truncated, FrameCrc
     */
    static void judgeWhole(byte[] bytes, int frameLen) {
        if (bytes.length < frameLen) {
            throw Refusal.truncated(bytes.length, bytes.length, frameLen); // SPEC [FRM-12]
        }
        int trailer = frameLen - Header.TRAILER_LEN;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 24);
        crc.update(bytes, Header.LEN, trailer - Header.LEN);
        if (crc.getValue() != Bytes.u32(bytes, trailer)) {
            throw Refusal.at(FrameCrc, trailer); // SPEC [FRM-14]
        }
    }

    private static Frame data(byte[] bytes, Header header, Limits limits) {
        int end = bytes.length - Header.TRAILER_LEN;
        int at = Header.LEN;
        // SPEC [BDY-1]: the fields in their order, each whole.
        boolean compressed = header.codec() != Codec.NONE;
        at = compressed ? field(field(at, 4, end), 4, end) : at;
        at = header.hasDictionary() ? field(at, 4, end) : at;
        int extStart = header.hasExtensions() ? field(at, 2, end) : at;
        int stored = header.hasExtensions() ? field(extStart, Bytes.u16(bytes, at), end) : at;

        long rawLen = compressed ? Bytes.u32(bytes, Header.LEN) : end - stored;
        if (rawLen > limits.effectiveRaw()) {
            throw Refusal.limit(compressed ? Header.LEN : 20, rawLen, limits.effectiveRaw()); // SPEC [BDY-2]
        }
        // SPEC [BDY-4]
        if (compressed && end - stored + 8 + (header.hasDictionary() ? 4 : 0) >= rawLen) {
            throw Refusal.at(NonCanonicalCompression, Header.LEN);
        }
        List<Extension> extensions = header.hasExtensions()
            ? Extension.readBlock(bytes, extStart, stored, header.kind()) : List.of();
        return new Frame(bytes, header, extensions, stored, null);
    }

    private static int field(int at, int len, int end) {
        if (end - at < len) {
            throw Refusal.at(BodyStructure, at);
        }
        return at + len;
    }

    public Header header() {
        return header;
    }

    public Kind kind() {
        return header.kind();
    }

    public List<Extension> extensions() {
        return extensions;
    }

    /** What a control frame says; null of a data frame. */
    public Control control() {
        return control;
    }

    /** The frame as it came, to be forwarded byte for byte (FRM-15). */
    public byte[] bytes() {
        return bytes.clone();
    }

    int len() {
        return bytes.length;
    }

    int storedStart() {
        return storedStart;
    }

    /** The stored bytes; of a control frame its whole body. */
    public byte[] stored() {
        return Arrays.copyOfRange(bytes, storedStart, bytes.length - Header.TRAILER_LEN);
    }

    /** {@code raw_len}, where the payload is compressed. */
    public OptionalLong rawLen() {
        return compressedField(Header.LEN);
    }

    /** {@code raw_crc}, where the payload is compressed. */
    public OptionalLong rawCrc() {
        return compressedField(Header.LEN + 4);
    }

    /** {@code dict_id} as eight digits, or null. */
    public String dictId() {
        int at = Header.LEN + 8;
        return header.hasDictionary() ? Bytes.hex(Arrays.copyOfRange(bytes, at, at + 4)) : null;
    }

    /** The trailer as stored, which the chain of a stream is made of. */
    long trailer() {
        return Bytes.u32(bytes, bytes.length - Header.TRAILER_LEN);
    }

    private OptionalLong compressedField(int at) {
        return header.codec() == Codec.NONE ? OptionalLong.empty() : OptionalLong.of(Bytes.u32(bytes, at));
    }
}
