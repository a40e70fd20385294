package io.flocker.verify.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `wrk` counted while something happened.
///
/// @param failed answers of 400 and more, refused and broken connections, and those that took too long
/// @param p99Millis the time that 99 of 100 requests took at most; of several places the longest
public record Load(long requests, long failed, double p99Millis) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern BAD = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern SOCKET =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern P99 = Pattern.compile("99% +([0-9.]+)(us|ms|s|m)");

    /// To each place.
    public static final int CONNECTIONS = 16;

    /// For longer than this nothing happens.
    private static final String MOST_SECONDS = "900s";

    /// Before and after what happens.
    private static final long MARGIN_SECONDS = 2;

    /// Of `wrk`: how many milliseconds a connection rests before its next request.
    private static final String VISITORS = "function delay() return math.random(20, 140) end";

    /// What happens.
    public interface Fault {
        void happen() throws IOException, InterruptedException;
    }

    /// Sends requests to `urls`, over connections that stay open, from a little before something happens until
    /// a little after it.
    ///
    /// @param name what it is called in the output
    public static Load during(String name, List<String> urls, Fault fault) throws IOException, InterruptedException {
        return during(name, urls, fault, List.of("wrk"));
    }

    /// The same as visitors would, who rest between two requests: about two hundred a second. Without a measure,
    /// nobody needs to wait for two cores that are full of requests.
    public static Load beside(String name, List<String> urls, Fault fault) throws IOException, InterruptedException {
        Path script = Files.createTempFile("visitors", ".lua");
        try {
            Files.writeString(script, VISITORS);
            return during(name, urls, fault, List.of("nice", "-n", "19", "wrk", "-s", script.toString()));
        } finally {
            Files.delete(script);
        }
    }

    public static Load beside(String name, String url, Fault fault) throws IOException, InterruptedException {
        return beside(name, List.of(url), fault);
    }

    private static Load during(String name, List<String> urls, Fault fault, List<String> wrk)
            throws IOException, InterruptedException {
        List<Process> sending = new ArrayList<>();
        try {
            for (String url : urls) {
                List<String> command = new ArrayList<>(wrk);
                command.addAll(
                        List.of("-t1", "-c" + CONNECTIONS, "-d" + MOST_SECONDS, "--latency", "--timeout", "10s", url));
                sending.add(
                        new ProcessBuilder(command).redirectErrorStream(true).start());
            }
            TimeUnit.SECONDS.sleep(MARGIN_SECONDS);
            fault.happen();
            TimeUnit.SECONDS.sleep(MARGIN_SECONDS);
            Load load = new Load(0, 0, 0);
            for (Process process : sending) {
                load = load.and(ended(process));
            }
            System.out.println(name + ": " + load.failed() + " of " + load.requests() + " requests failed");
            return load;
        } finally {
            sending.forEach(Process::destroyForcibly);
        }
    }

    public static Load during(String name, String url, Fault fault) throws IOException, InterruptedException {
        return during(name, List.of(url), fault);
    }

    /// Ends it as a user at its terminal would: it says what it has counted so far.
    private static Load ended(Process wrk) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(wrk.pid())).start().waitFor();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        wrk.waitFor();
        Load load = new Load(sum(REQUESTS, said), sum(BAD, said) + sum(SOCKET, said), p99Millis(said));
        if (load.failed() > 0) {
            System.out.println(said.strip());
        }
        return load;
    }

    private Load and(Load other) {
        return new Load(requests + other.requests, failed + other.failed, Math.max(p99Millis, other.p99Millis));
    }

    private static double p99Millis(String text) {
        Matcher matcher = P99.matcher(text);
        if (!matcher.find()) {
            return 0;
        }
        double number = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> number / 1_000;
            case "ms" -> number;
            case "s" -> number * 1_000;
            default -> number * 60_000;
        };
    }

    private static long sum(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        long sum = 0;
        if (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                sum += Long.parseLong(matcher.group(group));
            }
        }
        return sum;
    }
}
