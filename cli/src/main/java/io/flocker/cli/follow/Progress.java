package io.flocker.cli.follow;

import io.flocker.cli.shell.Shell;
import java.util.List;

/// How far one thing is that is not an operation, in a line.
public final class Progress {
    private static final long PLAIN_MILLIS = 10_000;

    private final Shell shell;
    private final Display display;
    private long saidMillis;

    public Progress(Shell shell) {
        this.shell = shell;
        display = Display.on(shell);
        saidMillis = shell.nowMillis();
    }

    /// The present state: in place, or where nothing can be drawn anew, a line now and then.
    public void show(String line) {
        if (shell.redraws()) {
            display.show(line, List.of());
        } else if (shell.nowMillis() - saidMillis >= PLAIN_MILLIS) {
            saidMillis = shell.nowMillis();
            display.say(line);
        }
    }
}
