package io.strictframe;

import java.util.Arrays;
import java.util.List;

/** Names what the first bytes of something that is no frame look like (SPEC section 12). */
final class Diagnosis {
    private record Row(byte[] firstBytes, String name) {
    }

    private static final List<Row> ROWS = List.of(
        row("efbfbdefbfbd", "lossy-utf8"), row("c29ec381", "latin1-as-utf8"), row("c5bec381", "cp1252-as-utf8"),
        row("1e41", "seven-bit"), row("6e7345", "base64"), row("39656331", "hex-text"), row("39454331", "hex-text"),
        row("c19e", "byte-swapped"), row("9e00c100", "utf16"), row("00", "length-or-id-prefix"),
        row("01", "length-or-id-prefix"), row("c301", "avro-single-object"), row("28b52ffd", "zstd"),
        row("04224d18", "lz4-frame"), row("1f8b", "gzip"), row("7b", "json"), row("5b", "json"));

    private Diagnosis() {
    }

    /** The name for the first {@code have} bytes, or null. */
    static String of(byte[] bytes, int have) {
        for (Row row : ROWS) {
            int len = row.firstBytes.length;
            if (have >= len && Arrays.equals(bytes, 0, len, row.firstBytes, 0, len)) {
                return row.name;
            }
        }
        return null;
    }

    private static Row row(String hex, String name) {
        return new Row(Bytes.ofHex(hex), name);
    }
}
