package io.strictframe;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Dictionaries by their ids, of which no two differ under one id (DIC-2). */
public final class Dictionaries implements Iterable<Dictionary> {
    private final Map<String, Dictionary> byId = new HashMap<>();

    public Dictionaries() {
    }

    /** @throws IllegalArgumentException when two different ones have one id */
    public Dictionaries(Iterable<Dictionary> all) {
        for (Dictionary dictionary : all) {
            if (!add(dictionary)) {
                throw new IllegalArgumentException("two different dictionaries have the id " + dictionary.id());
            }
        }
    }

    /** Holds it from now on; false, and nothing changes, where another one has its id. */
    boolean add(Dictionary dictionary) {
        Dictionary held = byId.putIfAbsent(dictionary.id(), dictionary);
        return held == null || held.equals(dictionary);
    }

    /** The one of that id, or null. */
    Dictionary get(String id) {
        return byId.get(id);
    }

    int count() {
        return byId.size();
    }

    @Override
    public Iterator<Dictionary> iterator() {
        return List.copyOf(byId.values()).iterator();
    }
}
