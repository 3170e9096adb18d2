package io.strictframe;

import static io.strictframe.ErrorKind.CodecProfile;
import static io.strictframe.ErrorKind.Decompress;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/** One Zstandard frame: the profile of COD-2 and COD-3, then the library. */
final class Zstd {
    private static final long MAX_WINDOW = 8L << 20;
    private static final long MAX_BLOCK = 128L << 10;
    private static final int SHORTEST_DICTIONARY = 8;

    private Zstd() {
    }

    /**
     * The {@code rawLen} bytes that the frame holds.
     *
     * @throws Refusal CodecProfile, Decompress, at {@code offset}
     */
    static byte[] decompress(byte[] stored, int rawLen, Dictionary dictionary, int offset) {
        if (!fitsProfile(stored, rawLen)) {
            throw Refusal.at(CodecProfile, offset);
        }
        // SPEC [DIC-3]: the library takes a shorter one for none at all.
        if (dictionary != null && dictionary.bytes().length < SHORTEST_DICTIONARY) {
            throw Refusal.at(Decompress, offset);
        }
        byte[] out = new byte[rawLen];
        try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
            if (dictionary != null) {
                context.loadDict(dictionary.bytes());
            }
            if (context.decompressByteArray(out, 0, rawLen, stored, 0, stored.length) != rawLen) {
                throw Refusal.at(Decompress, offset); // SPEC [COD-5]
            }
        } catch (ZstdException refused) {
            throw Refusal.at(Decompress, offset);
        }
        return out;
    }

    private static boolean fitsProfile(byte[] stored, int rawLen) {
        try {
            int at = 4;
            if (Bytes.u32(stored, 0) != 0xfd2fb528L) {
                return false;
            }
            int descriptor = Bytes.u8(stored, at++);
            // No dictionary id, no checksum, the reserved and the unused bit clear.
            if ((descriptor & 0x1f) != 0) {
                return false;
            }
            boolean singleSegment = (descriptor & 0x20) != 0;
            long window = singleSegment ? rawLen : window(Bytes.u8(stored, at++));
            int width = descriptor >> 6;
            if (width == 0 && !singleSegment || window > MAX_WINDOW) {
                return false;
            }
            long contentSize = switch (width) {
                case 0 -> Bytes.u8(stored, at);
                case 1 -> Bytes.u16(stored, at) + 256L;
                case 2 -> Bytes.u32(stored, at);
                default -> Bytes.u64(stored, at);
            };
            return contentSize == rawLen && blocksFill(stored, at + (1 << width), Math.min(window, MAX_BLOCK));
        } catch (IndexOutOfBoundsException cut) {
            return false;
        }
    }

    private static long window(int descriptor) {
        long base = 1L << 10 + (descriptor >> 3);
        return base + (base >> 3) * (descriptor & 7);
    }

    private static boolean blocksFill(byte[] stored, int from, long maxBlock) {
        int at = from;
        while (true) {
            int header = Bytes.u16(stored, at) | Bytes.u8(stored, at + 2) << 16;
            int type = header >> 1 & 3;
            int size = header >> 3;
            if (type == 3 || size > maxBlock) {
                return false;
            }
            int inFile = type == 1 ? 1 : size;
            if (inFile > stored.length - at - 3) {
                return false;
            }
            at += 3 + inFile;
            if ((header & 1) != 0) {
                return at == stored.length;
            }
        }
    }
}
