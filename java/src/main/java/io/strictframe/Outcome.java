package io.strictframe;

/** What a registry said of a schema it accepts (SPEC section 4). */
public enum Outcome {
    Exact, Backward, Forward
}
