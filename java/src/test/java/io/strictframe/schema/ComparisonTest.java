package io.strictframe.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the vectors do not show. */
class ComparisonTest {
    @Test
    void aMapWithAnotherKeyIsAnotherTypeAndItsValuesAreNotCompared() {
        assertEquals("A.b type-changed", proto(" 2 b map int32 message B\nmessage B\n 1 x int32 implicit\n",
            " 2 b map int64 message B\nmessage B\n 1 x int64 implicit\n"));
    }

    @Test
    void aOneofIsRenamedWhereItsArmsThatAreFieldsOnBothSidesAreThoseOfAnother() {
        String two = " 2 b int32 explicit oneof=x\n 3 c int32 explicit oneof=x\n";
        assertEquals("A.b oneof-changed, A.c oneof-left", proto(two, " 2 b int32 explicit oneof=y\n 3 c int32 explicit\n"));
        assertEquals("A.b oneof-changed, A.c oneof-entered", proto(" 2 b int32 explicit oneof=x\n 3 c int32 explicit\n",
            " 2 b int32 explicit oneof=y\n 3 c int32 explicit oneof=y\n"));
        assertEquals("A reserved-name-added, A reserved-number-added, A.b oneof-renamed, A.c field-removed",
            proto(two, " 2 b int32 explicit oneof=y\n reserved 3\n reserved-names \"c\"\n"));
    }

    @Test
    void aDefaultIsComparedAsItIsSpelt() {
        assertEquals("A.b default-changed", proto(" 2 b int32 explicit\n", " 2 b int32 explicit default=0\n"));
        assertEquals("A.b default-changed, A.b type-changed",
            proto(" 2 b int32 explicit default=1\n", " 2 b string explicit default=\"1\"\n"));
    }

    @Test
    void whatIsNoSchemaWhereOneIsDueIsUnknownUnlessItIsEqual() {
        assertEquals("#/additionalProperties keyword-unknown", json("{\"additionalProperties\":1}", "{\"additionalProperties\":true}"));
        assertEquals("#/items keyword-unknown", json("{}", "{\"items\":[]}"));
        assertEquals("#/maximum constraint-loosened", json("{\"items\":[true],\"maximum\":1}", "{\"items\":[true],\"maximum\":2}"));
    }

    @Test
    void aPointerThatIsNoneIsNotFollowed() {
        assertEquals("#/$ref keyword-unknown", json("{\"$defs\":{\"a~2\":{}},\"$ref\":\"#/$defs/a~2\"}",
            "{\"$defs\":{\"a~2\":{\"type\":\"null\"}},\"$ref\":\"#/$defs/a~2\"}"));
        assertEquals("#/$ref keyword-unknown, #/allOf/0/type constraint-loosened",
            json("{\"$ref\":\"#/allOf/00\",\"allOf\":[{\"type\":\"null\"}]}", "{\"$ref\":\"#/allOf/00\",\"allOf\":[{}]}"));
    }

    @Test
    void anIdBelowTheRootIsUnknownWhereverItCameFrom() {
        assertEquals("#/properties/a/$id keyword-unknown",
            json("{\"properties\":{\"a\":{}}}", "{\"properties\":{\"a\":{\"$id\":\"b\"}}}"));
        assertEquals("#/$id annotation-changed", json("{}", "{\"$id\":\"b\"}"));
    }

    private static String proto(String before, String after) {
        String head = "message A\n 1 a int32 implicit\n";
        return between(1, head + before, head + after);
    }

    private static String json(String before, String after) {
        return between(2, before, after);
    }

    private static String between(int encId, String before, String after) {
        return Comparison.between(encId, "A", before.getBytes(StandardCharsets.UTF_8), after.getBytes(StandardCharsets.UTF_8))
            .stream().map(change -> change.path() + " " + change.kind()).collect(Collectors.joining(", "));
    }
}
