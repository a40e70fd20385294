package io.flocker.verify.acceptance.failover;

import io.flocker.lab.Lab;
import io.flocker.lab.LabNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// What happens to three nodes, each fault at its moment and for its time, all of it from one seed.
record FailoverSchedule(long seed, List<Timed> faults) {
    private static final int NODES = 3;
    private static final int LATEST_MILLIS = 15_000;
    private static final int LEAST_MILLIS = 500;
    private static final int MOST_MILLIS = 14_000;

    /// A fault at a moment after the schedule's beginning.
    record Timed(int atMillis, Fault fault) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f %s", atMillis / 1000.0, fault);
        }
    }

    /// What goes wrong, on a node or between two, and for how long.
    sealed interface Fault {
        String subject();

        int forMillis();

        void begin(Lab lab) throws IOException, InterruptedException;

        void end(Lab lab, Path home) throws IOException, InterruptedException;

        /// The power of the node is cut, and it is switched on again.
        record Power(String node, int forMillis) implements Fault {
            @Override
            public String subject() {
                return node;
            }

            @Override
            public void begin(Lab lab) throws IOException, InterruptedException {
                lab.node(node).kill();
            }

            @Override
            public void end(Lab lab, Path home) throws IOException, InterruptedException {
                lab.node(node).start(home);
            }
        }

        /// SIGKILL of the daemon, which is started again.
        record Kill(String node, int forMillis) implements Fault {
            @Override
            public String subject() {
                return node;
            }

            @Override
            public void begin(Lab lab) throws IOException, InterruptedException {
                lab.node(node).kill(LabNode.Part.DAEMON);
            }

            @Override
            public void end(Lab lab, Path home) throws IOException, InterruptedException {
                lab.node(node).startDaemon(home);
            }
        }

        /// SIGSTOP of the daemon.
        record Hang(String node, int forMillis) implements Fault {
            @Override
            public String subject() {
                return node;
            }

            @Override
            public void begin(Lab lab) throws IOException {
                lab.node(node).pause(LabNode.Part.DAEMON);
            }

            @Override
            public void end(Lab lab, Path home) throws IOException {
                lab.node(node).resume(LabNode.Part.DAEMON);
            }
        }

        /// What `from` would hear of `to`, or the other way round, is lost.
        record Cut(List<String> from, List<String> to, boolean oneWay, int forMillis) implements Fault {
            @Override
            public String subject() {
                return "the network";
            }

            @Override
            public void begin(Lab lab) throws IOException {
                lab.partition(nodes(lab, from), nodes(lab, to), oneWay);
            }

            @Override
            public void end(Lab lab, Path home) throws IOException {
                for (LabNode node : lab.nodes()) {
                    node.reconnect();
                }
            }

            private static List<LabNode> nodes(Lab lab, List<String> names) {
                return names.stream().map(lab::node).toList();
            }
        }

        /// Lasts as long as it does.
        default void happen(Lab lab, Path home) throws IOException, InterruptedException {
            begin(lab);
            TimeUnit.MILLISECONDS.sleep(forMillis());
            end(lab, home);
        }
    }

    static FailoverSchedule of(long seed) {
        // Seeds in a row must not begin alike.
        var random = new SplittableRandom(seed).split();
        List<Timed> faults = new ArrayList<>();
        int wanted = random.nextInt(1, 5);
        while (faults.size() < wanted) {
            var one = new Timed(random.nextInt(LATEST_MILLIS), fault(random));
            // Faults of one thing do not overlap: the end of one would be the end of both.
            if (faults.stream().noneMatch(other -> meet(one, other))) {
                faults.add(one);
            }
        }
        faults.sort(Comparator.comparingInt(Timed::atMillis));
        return new FailoverSchedule(seed, List.copyOf(faults));
    }

    private static boolean meet(Timed one, Timed other) {
        return one.fault().subject().equals(other.fault().subject());
    }

    private static Fault fault(SplittableRandom random) {
        int millis = random.nextInt(LEAST_MILLIS, MOST_MILLIS);
        int number = random.nextInt(NODES);
        String node = name(number);
        String next = name(number + 1);
        String last = name(number + 2);
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Fault.Power(node, millis);
            case 2 -> new Fault.Kill(node, millis);
            case 3 -> new Fault.Hang(node, millis);
            case 4, 5 -> new Fault.Cut(List.of(node), List.of(next, last), false, millis);
            case 6 ->
                random.nextBoolean()
                        ? new Fault.Cut(List.of(node), List.of(next, last), true, millis)
                        : new Fault.Cut(List.of(next, last), List.of(node), true, millis);
            default -> new Fault.Cut(List.of(node), List.of(next), random.nextBoolean(), millis);
        };
    }

    private static String name(int number) {
        return "n" + (number % NODES + 1);
    }

    @Override
    public String toString() {
        return "schedule.seed=" + seed + ": "
                + faults.stream().map(String::valueOf).collect(Collectors.joining("; "));
    }
}
