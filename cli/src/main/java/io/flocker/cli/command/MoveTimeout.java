package io.flocker.cli.command;

import io.flocker.cli.amount.Seconds;
import picocli.CommandLine.Option;

/// How long a move may take.
public final class MoveTimeout {
    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up and leave it where it was, such as 5m (default: 1h).")
    private long seconds;

    public long seconds() {
        return seconds;
    }
}
