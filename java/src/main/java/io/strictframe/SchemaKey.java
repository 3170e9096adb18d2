package io.strictframe;

import java.util.Arrays;

/** The schema a frame says it was written with: bytes 4..20. The identifiers are lower-case hexadecimal digits. */
public record SchemaKey(String lineage, int version, int minReader, String forkCheck) {
    static SchemaKey read(byte[] frame) {
        return new SchemaKey(
            Bytes.hex(Arrays.copyOfRange(frame, 4, 12)),
            Bytes.u16(frame, 12),
            Bytes.u16(frame, 14),
            Bytes.hex(Arrays.copyOfRange(frame, 16, 20)));
    }
}
