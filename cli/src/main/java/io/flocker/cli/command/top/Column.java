package io.flocker.cli.command.top;

import io.flocker.cli.amount.Bytes;
import io.flocker.core.load.Usage;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// What `flocker top` shows of everything, and sorts by.
enum Column {
    CPU("CPU", Usage::cpuCores, usage -> cores(usage.cpuCores())),
    MEMORY("MEMORY", Usage::memoryBytes, usage -> Bytes.text(usage.memoryBytes())),
    DISK("DISK", Usage::diskBytes, usage -> Bytes.text(usage.diskBytes())),
    IO("I/O", Usage::ioBytesPerSecond, usage -> Bytes.text(usage.ioBytesPerSecond()) + "/s"),
    NETWORK("NETWORK", Usage::networkBytesPerSecond, usage -> Bytes.text(usage.networkBytesPerSecond()) + "/s"),
    REQUESTS("REQUESTS", Usage::requestsPerSecond, usage -> number(usage.requestsPerSecond()) + "/s");

    private final String heading;
    private final ToDoubleFunction<Usage> amount;
    private final Function<Usage, String> text;

    Column(String heading, ToDoubleFunction<Usage> amount, Function<Usage, String> text) {
        this.heading = heading;
        this.amount = amount;
        this.text = text;
    }

    String heading() {
        return heading;
    }

    double amount(Usage usage) {
        return amount.applyAsDouble(usage);
    }

    String text(Usage usage) {
        return text.apply(usage);
    }

    static String cores(double cores) {
        return String.format(Locale.ROOT, "%.2f", cores);
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, number >= 10 || number == 0 ? "%.0f" : "%.1f", number);
    }
}
