package io.strictframe;

/** The refusals of REGISTRY.md, by name and number. */
public enum ErrorKind {
    BadMagic("0101"), UnsupportedVersion("0102"), Truncated("0103"), TrailingData("0104"),
    BadKind("0201"), BadCodec("0202"), ReservedFlag("0203"), KeyRule("0204"), LimitExceeded("0205"),
    HeaderCrc("0312"), FrameCrc("0313"), RawCrc("0314"),
    BodyStructure("0401"), NonCanonicalCompression("0402"), ExtensionError("0403"), UnknownCritical("0404"),
    UnexpectedKind("0405"), BatchStructure("0406"),
    UnknownSchema("0501"), SchemaFork("0502"), SchemaTooOld("0503"), SchemaVersionUnknown("0504"),
    SchemaForward("0505"), SchemaTooNew("0506"), SchemaOverstated("0507"),
    UnknownDictionary("0601"), CodecUnavailable("0602"), CodecProfile("0603"), Decompress("0604"), DictionaryClash("0605"),
    NotAStream("0701"), StreamEdited("0702"), Unterminated("0703"), NoStreamId("0704"),
    PayloadSyntax("0801"), PayloadDepth("0809"), PayloadWireType("0810"), PayloadRange("0811"), PayloadEnum("0812"),
    PayloadUtf8("0813"), PayloadTwice("0814"), PayloadOneof("0815"), PayloadRequired("0816"), PayloadUnknown("0817");

    private final String number;

    ErrorKind(String number) {
        this.number = number;
    }

    /** The four digits behind {@code SF-}. */
    public String number() {
        return number;
    }
}
