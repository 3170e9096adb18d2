package io.strictframe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeframerTest {
    @Test
    void howTheBytesArriveChangesNothing() throws IOException {
        for (Path file : TestVectors.files("stream")) {
            byte[] input = TestVectors.input(file);
            String whole = read(new ByteArrayInputStream(input));
            for (int piece : new int[] {1, 7, 28, 29}) {
                assertEquals(whole, read(new Pieces(input, piece)), file + " in pieces of " + piece);
            }
        }
    }

    @Test
    void aReaderThatRefusedStaysRefused() throws IOException {
        byte[] input = TestVectors.input("invalid/edited/count");
        StreamReader reader = reader(new ByteArrayInputStream(input));
        Refusal first = assertThrows(Refusal.class, () -> {
            while (reader.next() != null) {
                // up to the refusal
            }
        });
        assertEquals(first, assertThrows(Refusal.class, reader::next));
    }

    @Test
    void aHeaderAloneIsRefusedByItsLengthWithoutWaitingForABody() throws IOException {
        byte[] header = TestVectors.input("invalid/limit/body-waits-for-nothing");
        InputStream stalls = new InputStream() {
            private int at;

            @Override
            public int read() {
                if (at == Header.LEN) {
                    throw new IllegalStateException("a byte of the body was asked for");
                }
                return header[at++] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int len) {
                into[from] = (byte) read();
                return 1;
            }
        };
        Refusal refusal = assertThrows(Refusal.class, () -> new Deframer(stalls, Limits.DEFAULT).next());
        assertEquals(ErrorKind.LimitExceeded, refusal.kind());
        assertEquals(20, refusal.offset());
    }

    private static StreamReader reader(InputStream input) {
        return new StreamReader(input, Limits.DEFAULT, EnumSet.of(Codec.LZ4, Codec.ZSTD), true, null);
    }

    private static String read(InputStream input) throws IOException {
        StreamReader reader = reader(input);
        List<String> seen = new ArrayList<>();
        try {
            for (StreamReader.Item item = reader.next(); item != null; item = reader.next()) {
                seen.add(item.offset() + " " + item.frame().kind() + " " + item.records().size());
            }
        } catch (Refusal refused) {
            seen.add(refused.getMessage());
        }
        return String.join("\n", seen);
    }

    /** Gives at most so many bytes at once. */
    private static final class Pieces extends FilterInputStream {
        private final int piece;

        Pieces(byte[] input, int piece) {
            super(new ByteArrayInputStream(input));
            this.piece = piece;
        }

        @Override
        public int read(byte[] into, int from, int len) throws IOException {
            return super.read(into, from, Math.min(len, piece));
        }
    }
}
