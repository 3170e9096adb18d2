package io.strictframe.schema;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.erdtman.jcs.JsonCanonicalizer;

/** One line of a canonical protobuf descriptor, read from left to right by the grammar of KEY-6. */
final class Line {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String text;
    private int at;

    Line(String text) {
        this.text = text;
    }

    /** Steps over that text where it stands next. */
    boolean skip(String expected) {
        boolean there = text.startsWith(expected, at);
        at += there ? expected.length() : 0;
        return there;
    }

    void expect(String expected) {
        require(skip(expected), "\"" + expected + "\" is missing");
    }

    void expectEnd() {
        require(atEnd(), "something stands behind the end");
    }

    boolean atEnd() {
        return at == text.length();
    }

    boolean startsWithDigitOrMinus() {
        return !atEnd() && (text.charAt(at) == '-' || isDigit(text.charAt(at)));
    }

    /** A decimal number without leading zeros or a plus sign, within the bounds. */
    long number(long lowest, long highest) {
        int start = at;
        skip("-");
        int digits = at;
        while (!atEnd() && isDigit(text.charAt(at))) {
            at++;
        }
        boolean plain = at - digits == 1 ? text.charAt(start) != '-' || text.charAt(digits) != '0'
            : at > digits && at - digits <= 10 && text.charAt(digits) != '0';
        require(plain, "a number is not spelt as it is due");
        long value = Long.parseLong(text, start, at, 10);
        require(value >= lowest && value <= highest, "a number is out of range");
        return value;
    }

    /** {@code [A-Za-z_][A-Za-z0-9_]*} */
    String name() {
        int start = at;
        while (!atEnd() && (isLetter(text.charAt(at)) || at > start && isDigit(text.charAt(at)))) {
            at++;
        }
        require(at > start, "a name is missing");
        return text.substring(start, at);
    }

    /** Names joined by dots. */
    String full() {
        int start = at;
        name();
        while (skip(".")) {
            name();
        }
        return text.substring(start, at);
    }

    /** Everything up to the next space. */
    String word() {
        int end = text.indexOf(' ', at);
        String word = text.substring(at, end < 0 ? text.length() : end);
        at += word.length();
        return word;
    }

    boolean startsWithQuote() {
        return text.startsWith("\"", at);
    }

    /** What a JSON string says. */
    String string() {
        try {
            return JSON.readValue(stringToken(), String.class);
        } catch (IOException broken) {
            throw new SchemaRefused("a string is not JSON");
        }
    }

    /** A JSON string with its quotes, which must be spelt as RFC 8785 does. */
    String stringToken() {
        int start = at;
        expect("\"");
        while (!atEnd() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        require(at < text.length(), "a string does not end");
        at++;
        String token = text.substring(start, at);
        try {
            require(new JsonCanonicalizer("[" + token + "]").getEncodedString().equals("[" + token + "]"),
                "a string is not spelt as it is due");
            return token;
        } catch (IOException broken) {
            throw new SchemaRefused("a string is not JSON");
        }
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new SchemaRefused(otherwise);
        }
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isLetter(char character) {
        return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z' || character == '_';
    }
}
