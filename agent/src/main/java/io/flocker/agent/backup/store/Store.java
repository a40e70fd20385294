package io.flocker.agent.backup.store;

import java.io.IOException;
import java.util.List;

/// A destination's objects, by name: words of letters, digits, `.`, `_` and `-` with slashes
/// between them. Every failure says which destination it is about; none has a secret in it.
public interface Store extends AutoCloseable {
    /// What it is called in messages.
    String name();

    /// Puts an object in its place, whole and durable, instead of what was there.
    ///
    /// @throws IOException if it cannot be written, whatever the reason: nothing is there then, or what was
    void put(String object, byte[] content) throws IOException;

    /// Reads a whole object.
    ///
    /// @param mostBytes what it may have at most
    /// @throws Missing if there is none
    byte[] get(String object, int mostBytes) throws IOException;

    /// All objects whose names begin with `prefix`, in the order of their names.
    List<Entry> list(String prefix) throws IOException;

    /// Deletes an object; does nothing if there is none.
    void delete(String object) throws IOException;

    @Override
    void close();

    /// An object.
    record Entry(String object, long bytes) {}

    /// There is no such object.
    final class Missing extends IOException {
        private static final long serialVersionUID = 1;

        public Missing(String message) {
            super(message);
        }
    }
}
