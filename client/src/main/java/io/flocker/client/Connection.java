package io.flocker.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// A connection that serves one exchange.
interface Connection extends Closeable {
    /// What comes; closing it closes the connection.
    InputStream in() throws IOException;

    OutputStream out() throws IOException;
}
