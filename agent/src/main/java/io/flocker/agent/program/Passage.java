package io.flocker.agent.program;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A stream that sees how much comes through it. One thread.
public abstract class Passage extends FilterInputStream {
    protected Passage(InputStream in) {
        super(in);
    }

    /// @param bytes how many have just come; negative at the end
    protected abstract void passed(int bytes) throws IOException;

    @Override
    public final int read() throws IOException {
        int next = super.read();
        passed(next < 0 ? -1 : 1);
        return next;
    }

    @Override
    public final int read(byte[] bytes, int offset, int count) throws IOException {
        int read = super.read(bytes, offset, count);
        passed(read);
        return read;
    }
}
