package io.strictframe;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The digests a schema is known by, as lower-case hexadecimal digits (SPEC section 4). */
public record Identity(String lineage, String fingerprint, String forkCheck) {
    /** The identity of a schema; the descriptor is taken as it is. */
    public static Identity of(int encId, String name, int version, int minReader, byte[] descriptor) {
        byte[] nameBytes = Bytes.utf8(name);
        if (nameBytes.length < 1 || nameBytes.length > 65535 || name.startsWith(".")) {
            throw new IllegalArgumentException("a lineage name has 1..65535 bytes and no dot in front");
        }
        byte[] lineage = Arrays.copyOf(Bytes.sha256(
            Bytes.utf8("strictframe/lineage/1\0"),
            little(3).put((byte) encId).putShort((short) nameBytes.length).array(),
            nameBytes), 8);
        byte[] fingerprint = Bytes.sha256(
            Bytes.utf8("strictframe/descriptor/1\0"),
            lineage,
            little(8).putShort((short) version).putShort((short) minReader).putInt(descriptor.length).array(),
            descriptor);
        return new Identity(Bytes.hex(lineage), Bytes.hex(fingerprint), Bytes.hex(Arrays.copyOf(fingerprint, 4)));
    }

    private static ByteBuffer little(int len) {
        return ByteBuffer.allocate(len).order(ByteOrder.LITTLE_ENDIAN);
    }
}
