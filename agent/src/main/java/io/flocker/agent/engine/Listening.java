package io.flocker.agent.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The TCP ports that a container listens at (`/proc/PID/net/tcp` and `tcp6`, whose addresses
/// are hexadecimal, each four bytes as a number of this machine).
///
/// @param open those that other containers and the proxy reach
/// @param inner those that only it reaches itself, at its loopback address
record Listening(TreeSet<Integer> open, TreeSet<Integer> inner) {
    private static final String STATE = "0A";
    private static final String LOOPBACK_END = "7F";
    private static final String LOOPBACK6 = "00000000000000000000000001000000";

    /// What an IPv4 address has before it in a socket for both (RFC 4291).
    private static final String MAPPED = "0000000000000000FFFF0000";

    /// The engine's own, for names (127.0.0.11).
    private static final String RESOLVER = "0B00007F";

    /// Of the container whose first process is `pid`; nothing if it has ended.
    static Listening of(long pid) {
        var found = new Listening(new TreeSet<>(), new TreeSet<>());
        for (String table : List.of("tcp", "tcp6")) {
            Path file = Path.of("/proc", Long.toString(pid), "net", table);
            try {
                found.read(Files.readAllLines(file));
            } catch (IOException e) {
                // Ended meanwhile, or a machine without IPv6.
            }
        }
        found.inner().removeAll(found.open());
        return found;
    }

    void read(List<String> lines) {
        for (String line : lines) {
            List<String> words = List.of(line.strip().split("\\s+"));
            int colon = words.size() > 3 ? words.get(1).indexOf(':') : -1;
            if (colon < 0 || !words.get(3).equals(STATE)) {
                continue;
            }
            String address = words.get(1).substring(0, colon);
            int port = Integer.parseInt(words.get(1).substring(colon + 1), 16);
            String four = address.startsWith(MAPPED) ? address.substring(MAPPED.length()) : address;
            boolean loopback = address.equals(LOOPBACK6) || (four.length() == 8 && four.endsWith(LOOPBACK_END));
            if (!address.equals(RESOLVER)) {
                (loopback ? inner : open).add(port);
            }
        }
    }

    /// Why nobody is answered at any of `asked`, and what to do, in words.
    String instead(List<Integer> asked) {
        String ports = words(asked);
        if (asked.stream().anyMatch(open::contains)) {
            return "it listens at " + ports + ", as asked, but does not answer GET / there";
        }
        if (asked.stream().anyMatch(inner::contains)) {
            return "it listens at " + ports + " for itself only (127.0.0.1): have it listen at 0.0.0.0";
        }
        return open.isEmpty()
                ? "it does not listen at " + ports + ", nor anywhere else"
                : "it does not listen at " + ports + " but at " + words(open) + ": have it listen at " + ports
                        + ", or change the port in the file (ports, expose, x-flocker.http.port)";
    }

    private static String words(Iterable<Integer> ports) {
        var list = new TreeSet<Integer>();
        ports.forEach(list::add);
        return (list.size() == 1 ? "port " : "ports ")
                + list.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
