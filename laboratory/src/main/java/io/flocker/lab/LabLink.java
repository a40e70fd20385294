package io.flocker.lab;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A node's network namespace and its way to the others, whole or disturbed.
record LabLink(LabNode.Place place) {
    /// The chain with what is cut off.
    private static final String CUT = "lab";

    void make() throws IOException {
        String link = place.namespace();
        Program.of("ip", "netns", "add", place.namespace()).run();
        Program.of("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", place.namespace())
                .run();
        Program.of("ip", "link", "set", link, "master", place.bridge(), "up").run();
        for (String command : List.of(
                "link set lo up",
                "addr add " + place.address() + "/24 dev eth0",
                "link set eth0 up",
                "route add default via " + place.address().replaceFirst("[0-9]+$", "254"))) {
            List<String> words = new ArrayList<>(List.of("ip", "-n", place.namespace()));
            words.addAll(List.of(command.split(" ", -1)));
            Program.of(words.toArray(String[]::new)).run();
        }
    }

    /// Ends whatever still runs inside, and takes the namespace away. Without effect if there is none.
    void remove() throws IOException {
        if (Files.exists(Path.of("/run/netns", place.namespace()))) {
            for (String pid : Program.of("ip", "netns", "pids", place.namespace())
                    .run()
                    .lines()
                    .toList()) {
                Program.of("kill", "-KILL", pid.strip()).end();
            }
            Program.of("ip", "netns", "del", place.namespace()).end();
        }
        Program.of("ip", "link", "del", place.namespace()).end();
    }

    /// The command line `command`, run inside the namespace.
    List<String> inside(String... command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + place.namespace()));
        words.addAll(List.of(command));
        return words;
    }

    /// Loses whatever comes from `address`.
    void drop(String address) throws IOException {
        if (filter("-n", "-L", CUT).end().exitCode() != 0) {
            filter("-N", CUT).run();
            filter("-I", "INPUT", "-j", CUT).run();
        }
        filter("-A", CUT, "-s", address, "-j", "DROP").run();
    }

    private Program filter(String... change) {
        List<String> words = new ArrayList<>(inside("iptables", "-w"));
        words.addAll(List.of(change));
        return Program.of(words.toArray(String[]::new));
    }

    void reconnect() throws IOException {
        filter("-F", CUT).end();
    }

    /// What the other end of its cable has sent.
    long receivedBytes() throws IOException {
        Path counter = Path.of("/sys/class/net", place.namespace(), "statistics/tx_bytes");
        return Long.parseLong(Files.readString(counter).strip());
    }

    /// What is cut off or slow, in words.
    List<String> faults() throws IOException {
        List<String> faults = new ArrayList<>();
        filter("-S", CUT)
                .end()
                .output()
                .lines()
                .filter(line -> line.contains(" -s "))
                .map(line -> line.replaceFirst(".* -s ([0-9.]+).*", "does not hear $1"))
                .forEach(faults::add);
        String queue = Program.of(inside("tc", "qdisc", "show", "dev", "eth0").toArray(String[]::new))
                .end()
                .output();
        if (queue.contains("qdisc tbf")) {
            faults.add("sends at most " + queue.replaceFirst("(?s).* rate (\\S+).*", "$1"));
        }
        return faults;
    }

    void slow(String rate) throws IOException {
        Program.of(inside(
                                "tc", "qdisc", "replace", "dev", "eth0", "root", "tbf", "rate", rate, "burst", "64kb",
                                "latency", "400ms")
                        .toArray(String[]::new))
                .run();
    }

    void quicken() throws IOException {
        Program.of(inside("tc", "qdisc", "del", "dev", "eth0", "root").toArray(String[]::new))
                .end();
    }

    /// @param state `up` or `down`
    void set(String state) throws IOException {
        Program.of("ip", "link", "set", place.namespace(), state).run();
    }
}
