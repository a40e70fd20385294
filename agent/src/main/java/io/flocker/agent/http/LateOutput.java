package io.flocker.agent.http;

import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// An answer's body, which begins with its first byte: until then, what goes wrong can be told instead. Closing it says
/// nothing: whoever made it says when it ends. One thread at a time.
final class LateOutput extends OutputStream {
    private final ServerResponse response;
    private @Nullable OutputStream body;

    LateOutput(ServerResponse response) {
        this.response = response;
    }

    boolean hasBegun() {
        return body != null;
    }

    /// That was all.
    void end() throws IOException {
        body().close();
    }

    private OutputStream body() {
        OutputStream begun = body == null ? response.outputStream() : body;
        body = begun;
        return begun;
    }

    @Override
    public void write(int value) throws IOException {
        body().write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        body().write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        body().flush();
    }
}
