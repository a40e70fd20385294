package io.flocker.verify.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `wrk` counted while something happened.
///
/// @param failed answers of 400 and more, refused and broken connections, and those that took too long
public record Load(long requests, long failed) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern BAD = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern SOCKET =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    /// What happens.
    public interface Fault {
        void happen() throws IOException, InterruptedException;
    }

    /// Sends requests to `url` for `seconds`, and has something happen after the first two.
    ///
    /// @param name what it is called in the output
    public static Load during(String name, String url, int seconds, Fault fault)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("wrk", "-t1", "-c16", "-d" + seconds + "s", "--timeout", "10s", url));
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        TimeUnit.SECONDS.sleep(2);
        fault.happen();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        wrk.waitFor();
        Load load = new Load(sum(REQUESTS, said), sum(BAD, said) + sum(SOCKET, said));
        System.out.println(name + ": " + load.failed() + " of " + load.requests() + " requests failed");
        if (load.failed() > 0) {
            System.out.println(said.strip());
        }
        return load;
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
