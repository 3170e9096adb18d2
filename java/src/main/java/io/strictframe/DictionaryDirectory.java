package io.strictframe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The dictionaries of a directory of files {@code ID.sfdict} (BINDINGS, dictionary files). Reports on their training may stand
 * beside them; nothing of a report is needed to decode, and none is read.
 */
public final class DictionaryDirectory {
    private static final int MAX_COUNT = 1024;
    private static final long MAX_LEN = 64L << 20;
    private static final String DICTIONARY = "[0-9a-f]{8}\\.sfdict";
    private static final String REPORT = "[0-9a-f]{8}\\.json";

    private DictionaryDirectory() {
    }

    /**
     * All dictionaries of the directory.
     *
     * @throws IllegalArgumentException when it holds anything else, too many or too much, or a file that has not its id;
     *     the message has the file
     */
    public static Dictionaries read(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(file -> !name(file).startsWith(".")).sorted().toList();
        }
        Set<String> names = files.stream().map(DictionaryDirectory::name).collect(Collectors.toSet());
        List<Dictionary> dictionaries = new ArrayList<>();
        long len = 0;
        for (Path file : files) {
            if (name(file).matches(REPORT)) {
                require(names.contains(id(file) + ".sfdict"), file, "is a report without its dictionary");
                continue;
            }
            require(name(file).matches(DICTIONARY), file, "is no dictionary");
            Dictionary dictionary = read(file, id(file));
            dictionaries.add(dictionary);
            len += dictionary.bytes().length;
            require(dictionaries.size() <= MAX_COUNT && len <= MAX_LEN, file, "is one too many: at most 1024 and 64 MiB");
        }
        return new Dictionaries(dictionaries);
    }

    private static Dictionary read(Path file, String id) throws IOException {
        byte[] bytes;
        try (InputStream input = Files.newInputStream(file)) {
            bytes = input.readNBytes(Dictionary.MAX_LEN + 1);
        }
        require(bytes.length >= 1 && bytes.length <= Dictionary.MAX_LEN, file, "has not 1 to 2^20 bytes");
        Dictionary dictionary = new Dictionary(bytes);
        require(dictionary.id().equals(id), file, "was cut or changed: its bytes have the id " + dictionary.id());
        return dictionary;
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static String id(Path file) {
        return name(file).substring(0, 8);
    }

    private static void require(boolean holds, Path file, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(file + " " + otherwise);
        }
    }
}
