package io.flocker.verify.bench;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `wrk` measured at a URL.
///
/// @param perSecond requests
/// @param p99Millis the time that 99 of 100 requests took at most
public record Wrk(double perSecond, double p99Millis) {
    private static final int CONNECTIONS = 32;

    /// So many that a pause in whole milliseconds is near enough.
    private static final int PAUSING_CONNECTIONS = 128;

    private static final int SECONDS = 5;
    private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
    private static final Pattern P99 = Pattern.compile("99% +([0-9.]+)(us|ms|s|m)");
    private static final Pattern WRONG = Pattern.compile("(?m)^ *(Socket errors|Non-2xx).*$");

    /// As many requests as it can.
    ///
    /// @throws IOException also if a request failed: the rate would not be one of answers
    public static Wrk at(URI uri) throws IOException {
        return run(uri, CONNECTIONS, List.of());
    }

    /// At most `perSecond` requests: each connection pauses after an answer.
    ///
    /// @throws IOException as [#at(URI)]
    public static Wrk at(URI uri, double perSecond) throws IOException {
        Path script = Files.createTempFile("wrk", ".lua");
        try {
            long pause = Math.round(PAUSING_CONNECTIONS * 1_000 / perSecond);
            Files.writeString(script, "function delay() return " + pause + " end\n");
            return run(uri, PAUSING_CONNECTIONS, List.of("-s", script.toString()));
        } finally {
            Files.delete(script);
        }
    }

    private static Wrk run(URI uri, int connections, List<String> more) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("wrk", "-t1", "-c" + connections, "-d" + SECONDS + "s", "--latency", "--timeout", "10s"));
        command.addAll(more);
        command.add(uri.toString());
        String said = Program.of(command.toArray(String[]::new)).run();
        Matcher rate = RATE.matcher(said);
        Matcher p99 = P99.matcher(said);
        Matcher wrong = WRONG.matcher(said);
        if (wrong.find()) {
            throw new IOException(
                    "wrk at " + uri + " had failures: " + wrong.group().strip());
        }
        if (!rate.find() || !p99.find()) {
            throw new IOException("wrk at " + uri + " said nothing this reads: " + said);
        }
        return new Wrk(Double.parseDouble(rate.group(1)), Double.parseDouble(p99.group(1)) * millis(p99.group(2)));
    }

    private static double millis(String unit) {
        return switch (unit) {
            case "us" -> 0.001;
            case "ms" -> 1;
            case "s" -> 1_000;
            default -> 60_000;
        };
    }
}
