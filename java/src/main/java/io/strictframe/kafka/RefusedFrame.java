package io.strictframe.kafka;

import io.strictframe.Refusal;
import org.apache.kafka.common.errors.SerializationException;

/** A record value that is refused. The record is not touched: whoever polls decides whether it is stepped over or set aside. */
public final class RefusedFrame extends SerializationException {
    private static final long serialVersionUID = 1L;

    RefusedFrame(String topic, Refusal refusal) {
        super("a record value of topic " + topic + " is refused: " + refusal.getMessage(), refusal);
    }

    /** {@code SF-} and four digits. */
    public String code() {
        return refusal().code();
    }

    /** Where in the value; see {@link Refusal} for the kinds whose offset counts in the payload. */
    public long offset() {
        return refusal().offset();
    }

    /** All that is known of the refusal. */
    public Refusal refusal() {
        return (Refusal) getCause();
    }
}
