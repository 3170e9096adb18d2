package io.strictframe.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChangeKindTest {
    private static final Path SPEC = Path.of(System.getProperty("spec", "../spec/SPEC.md"));
    private static final Pattern ROW = Pattern.compile("\\| `([a-z-]+)` \\| (\\w+) \\| (\\w+) \\| (\\w+) \\| (\\w+) \\|.*");

    @Test
    void everyRowOfAnnexBIsHereWithItsVerdictsAndNoOther() throws IOException {
        String table = Files.readString(SPEC).split("<!-- changes -->")[1].split("<!-- /changes -->")[0];
        TreeSet<String> rows = table.lines().map(ROW::matcher).filter(row -> row.matches())
            .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3) + " " + row.group(4) + " " + row.group(5))
            .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> kinds = Arrays.stream(ChangeKind.values())
            .map(kind -> (kind + " " + kind.oldOnNew() + " " + kind.newOnOld() + " " + kind.jsonOldOnNew() + " " + kind.jsonNewOnOld())
                .toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(rows, kinds);
    }
}
