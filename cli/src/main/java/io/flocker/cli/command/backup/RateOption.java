package io.flocker.cli.command.backup;

import io.flocker.cli.amount.Bytes;
import picocli.CommandLine.Option;

/// How fast data may go.
final class RateOption {
    @Option(
            names = "--rate",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "At most so much a second, such as 20M (default: no limit).")
    private long bytesPerSecond;

    long bytesPerSecond() {
        return bytesPerSecond;
    }
}
