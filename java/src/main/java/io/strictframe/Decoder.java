package io.strictframe;

import static io.strictframe.ErrorKind.CodecUnavailable;
import static io.strictframe.ErrorKind.RawCrc;
import static io.strictframe.ErrorKind.UnexpectedKind;
import static io.strictframe.ErrorKind.UnknownCritical;
import static io.strictframe.ErrorKind.UnknownDictionary;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Takes one frame and gives back its records, or one refusal. It holds nothing between frames.
 */
public final class Decoder {
    private final Limits limits;
    private final Set<Codec> codecs;
    private final Dictionaries dictionaries;
    private final Function<SchemaKey, Outcome> judgement;

    /**
     * @param codecs the codecs this decoder takes beside none
     * @param registry the schemas it judges frames by, or null: then no schema is judged
     */
    public Decoder(Limits limits, Set<Codec> codecs, Dictionaries dictionaries, Registry registry) {
        this(limits, codecs, dictionaries, registry == null ? key -> null : registry::judge);
    }

    /** A decoder for frames whose schemas and dictionaries are declared elsewhere, and may go on being declared. */
    public Decoder(Limits limits, Set<Codec> codecs, Definitions definitions) {
        this(limits, codecs, definitions.dictionaries(), definitions::judge);
    }

    private Decoder(Limits limits, Set<Codec> codecs, Dictionaries dictionaries, Function<SchemaKey, Outcome> judgement) {
        this.limits = limits;
        this.codecs = Set.copyOf(codecs);
        this.dictionaries = dictionaries;
        this.judgement = judgement;
    }

    /**
     * The records of the one frame that {@code input} is.
     *
     * @throws Refusal the first that applies, in the order of ERR-1
     */
    public Decoded decode(byte[] input) {
        Frame frame = Frame.verify(input, limits);
        judgeExtensions(frame);
        if (!frame.kind().isData()) {
            throw Refusal.at(UnexpectedKind, 2); // SPEC [CTL-4]
        }
        return new Decoded(frame, judgement.apply(frame.header().key()), records(frame));
    }

    /** @throws Refusal UnknownCritical (EXT-5): in this version every critical extension is unknown */
    static void judgeExtensions(Frame frame) {
        for (Extension extension : frame.extensions()) {
            if (extension.isCritical()) {
                throw Refusal.at(UnknownCritical, extension.offset());
            }
        }
    }

    /** The records of a data frame whose extensions and schema were judged. */
    List<byte[]> records(Frame frame) {
        byte[] payload = payload(frame);
        return frame.kind() == Kind.MESSAGE ? List.of(payload) : Batch.items(payload, frame.extensions());
    }

    private byte[] payload(Frame frame) {
        Codec codec = frame.header().codec();
        Dictionary dictionary = null;
        if (frame.dictId() != null) {
            dictionary = dictionaries.get(frame.dictId());
            if (dictionary == null) {
                throw Refusal.at(UnknownDictionary, Header.LEN + 8); // SPEC [DIC-1]
            }
        }
        if (codec == Codec.NONE) {
            return frame.stored();
        }
        if (!codecs.contains(codec)) {
            throw Refusal.at(CodecUnavailable, 3); // SPEC [COD-1]
        }
        int rawLen = (int) frame.rawLen().getAsLong();
        byte[] payload = codec == Codec.LZ4
            ? Lz4.decompress(frame.stored(), rawLen, dictionary, frame.storedStart())
            : Zstd.decompress(frame.stored(), rawLen, dictionary, frame.storedStart());
        if (Bytes.crc32c(payload, 0, payload.length) != frame.rawCrc().getAsLong()) {
            throw Refusal.at(RawCrc, Header.LEN + 4); // SPEC [COD-6]
        }
        return payload;
    }
}
