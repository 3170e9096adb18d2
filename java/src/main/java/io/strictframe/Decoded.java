package io.strictframe;

import java.util.List;

/**
 * A data frame and its records.
 *
 * @param outcome what the registry said, or null without one
 */
public record Decoded(Frame frame, Outcome outcome, List<byte[]> records) {
}
