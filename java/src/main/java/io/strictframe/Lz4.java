package io.strictframe;

import static io.strictframe.ErrorKind.CodecProfile;
import static io.strictframe.ErrorKind.Decompress;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** One LZ4 block: the profile of COD-4, then the library. */
final class Lz4 {
    private static final LZ4SafeDecompressor LIBRARY = LZ4Factory.safeInstance().safeDecompressor();
    private static final int MAX_HISTORY = 64 << 10;

    private final byte[] block;
    private final int rawLen;
    private int at;
    private int firstLiteralsStart;
    private int firstLiteralsLen;

    private Lz4(byte[] block, int rawLen) {
        this.block = block;
        this.rawLen = rawLen;
    }

    /**
     * The {@code rawLen} bytes that the block holds.
     *
     * @throws Refusal CodecProfile, Decompress, at {@code offset}
     */
    static byte[] decompress(byte[] block, int rawLen, Dictionary dictionary, int offset) {
        Lz4 walk = new Lz4(block, rawLen);
        try {
            walk.judge(offset);
        } catch (IndexOutOfBoundsException ranOff) {
            throw Refusal.at(Decompress, offset); // SPEC [COD-4]: what cannot be parsed is left to COD-5, [COD-5] refuses it
        }
        byte[] history = dictionary == null ? new byte[0] : dictionary.bytes();
        int historyLen = Math.min(history.length, MAX_HISTORY);
        byte[] whole = historyLen == 0 ? block : walk.behind(history, history.length - historyLen, historyLen);
        byte[] out = new byte[historyLen + rawLen];
        try {
            if (LIBRARY.decompress(whole, 0, whole.length, out, 0, out.length) != out.length) {
                throw Refusal.at(Decompress, offset);
            }
        } catch (LZ4Exception refused) {
            throw Refusal.at(Decompress, offset);
        }
        return historyLen == 0 ? out : Arrays.copyOfRange(out, historyLen, out.length);
    }

    private void judge(int offset) {
        long out = 0;
        boolean first = true;
        while (true) {
            int token = next();
            long declared = length(token >> 4);
            if (declared > block.length - at) {
                throw new IndexOutOfBoundsException();
            }
            int literals = (int) declared;
            if (first) {
                firstLiteralsStart = at;
                firstLiteralsLen = literals;
            }
            at += literals;
            out += literals;
            if (at == block.length) {
                refuseIf(!first && literals < 5, offset);
                return;
            }
            int distance = next() | next() << 8;
            refuseIf(distance == 0 || rawLen - out < 12, offset);
            out += 4L + length(token & 15);
            refuseIf(at == block.length, offset);
            first = false;
        }
    }

    private int next() {
        return Bytes.u8(block, at++);
    }

    private long length(int nibble) {
        long len = nibble;
        int more = nibble == 15 ? 255 : 0;
        while (more == 255) {
            more = next();
            len += more;
        }
        return len;
    }

    private static void refuseIf(boolean breaksProfile, int offset) {
        if (breaksProfile) {
            throw Refusal.at(CodecProfile, offset);
        }
    }

    /**
     * The same block with {@code history} among the literals of its first sequence: what comes out is the history and
     * then the payload, so that a library without dictionaries judges every offset that reaches into it.
     */
    private byte[] behind(byte[] history, int from, int len) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(block.length + len + 300);
        int literals = firstLiteralsLen + len;
        all.write(Math.min(literals, 15) << 4 | block[0] & 15);
        for (int rest = literals - 15; rest >= 0; rest -= 255) {
            all.write(Math.min(rest, 255));
        }
        all.write(history, from, len);
        all.write(block, firstLiteralsStart, block.length - firstLiteralsStart);
        return all.toByteArray();
    }
}
