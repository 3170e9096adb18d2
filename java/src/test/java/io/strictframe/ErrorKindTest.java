package io.strictframe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ErrorKindTest {
    private static final Path REGISTRY = Path.of(System.getProperty("registry", "../spec/REGISTRY.md"));
    private static final Pattern ROW = Pattern.compile("\\| (\\d{4}) \\| (\\w+) \\|.*");

    @Test
    void theErrorsAreThoseOfTheRegistryThatDescribeFramesAndPayloads() throws IOException {
        String text = Files.readString(REGISTRY).split("## Errors")[1];
        // What an implementation lists for itself stands in the second table.
        String frames = text.split("The rest of `08xx`")[0];
        Set<String> assigned = rows(frames);
        Set<String> here = Arrays.stream(ErrorKind.values()).map(kind -> kind.number() + " " + kind.name())
            .collect(Collectors.toSet());
        assertEquals(assigned, here);
    }

    private static Set<String> rows(String table) {
        return table.lines().map(ROW::matcher).filter(row -> row.matches())
            .map(row -> row.group(1) + " " + row.group(2)).collect(Collectors.toSet());
    }
}
