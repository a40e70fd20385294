package io.flocker.control.log;

import java.io.IOException;

/// Another member is to be asked.
public final class NotLeading extends IOException {
    private static final long serialVersionUID = 1;

    public NotLeading(String message) {
        super(message);
    }
}
