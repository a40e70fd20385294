package io.flocker.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// A connection that serves one exchange at a time.
interface Connection extends Closeable {
    /// What comes; closing it closes the connection.
    InputStream in() throws IOException;

    OutputStream out() throws IOException;

    /// The exchange is over and its answer read to the end: whoever can keep the connection for the next one does.
    default void release() throws IOException {
        close();
    }
}
