package io.flocker.verify.acceptance;

import io.flocker.lab.LabNode.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/// What users do and what goes wrong meanwhile, all of it from one seed.
record FaultSchedule(long seed, List<Timed<Action>> actions, List<Timed<Fault>> faults) {
    private static final int LATEST_ACTION_MILLIS = 9_000;
    private static final int LATEST_FAULT_MILLIS = 11_000;

    /// Something at a moment after the schedule's beginning.
    record Timed<T>(int atMillis, T what) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f %s", atMillis / 1000.0, what);
        }
    }

    /// What users do.
    sealed interface Action {
        /// The writer, to the `steps`th node after the one where it is.
        record Move(int steps) implements Action {}

        /// The writer, to where it was when the schedule began; away from there if it is there.
        record MoveBack() implements Action {}

        /// Deploys with a changed environment variable of the writer's.
        record Change() implements Action {}

        record Scale(int replicas) implements Action {}

        /// Active again after a while.
        record Drain(String node, int forMillis) implements Action {}
    }

    /// What goes wrong.
    sealed interface Fault {
        /// SIGKILL; started again later.
        record Kill(String node, Part part, int forMillis) implements Fault {}

        /// SIGSTOP of the daemon.
        record Pause(String node, int forMillis) implements Fault {}

        record Partition(String from, String to, boolean oneWay, int forMillis) implements Fault {}

        /// The engine is stopped, and all containers with it.
        record Restart(String node, int forMillis) implements Fault {}

        record Fill(String node, int leftMebibytes, int forMillis) implements Fault {}

        record Slow(String node, int megabits, int forMillis) implements Fault {}
    }

    static FaultSchedule of(long seed) {
        // Seeds in a row must not begin alike.
        var random = new SplittableRandom(seed).split();
        List<Timed<Action>> actions = new ArrayList<>();
        for (int left = random.nextInt(2, 5); left > 0; left--) {
            actions.add(new Timed<>(random.nextInt(LATEST_ACTION_MILLIS), action(random)));
        }
        List<Timed<Fault>> faults = new ArrayList<>();
        int wanted = random.nextInt(2, 5);
        while (faults.size() < wanted) {
            var fault = new Timed<>(random.nextInt(LATEST_FAULT_MILLIS), fault(random));
            // Faults of one process do not overlap: the end of one would be the end of both.
            if (faults.stream().noneMatch(other -> subject(other.what()).equals(subject(fault.what())))) {
                faults.add(fault);
            }
        }
        actions.sort(Comparator.comparingInt(Timed::atMillis));
        faults.sort(Comparator.comparingInt(Timed::atMillis));
        return new FaultSchedule(seed, List.copyOf(actions), List.copyOf(faults));
    }

    private static Action action(SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> new Action.Move(random.nextInt(1, 3));
            case 3 -> new Action.MoveBack();
            case 4, 5 -> new Action.Change();
            case 6 -> new Action.Scale(random.nextInt(1, 4));
            default -> new Action.Drain(node(random), random.nextInt(1_000, 8_000));
        };
    }

    private static Fault fault(SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> new Fault.Kill(node(random), Part.DAEMON, random.nextInt(6_000));
            case 3, 4 -> new Fault.Pause(node(random), random.nextInt(500, 6_000));
            case 5, 6 -> {
                int from = random.nextInt(3);
                int to = (from + random.nextInt(1, 3)) % 3;
                yield new Fault.Partition(
                        "n" + (from + 1), "n" + (to + 1), random.nextInt(3) == 0, random.nextInt(1_000, 8_000));
            }
            case 7 ->
                random.nextBoolean()
                        ? new Fault.Kill(node(random), Part.PROXY, 0)
                        : new Fault.Restart(node(random), random.nextInt(3_000));
            case 8 -> new Fault.Fill(node(random), random.nextInt(8, 100), random.nextInt(1_000, 8_000));
            default -> new Fault.Slow(node(random), random.nextInt(2, 50), random.nextInt(1_000, 8_000));
        };
    }

    private static String node(SplittableRandom random) {
        return "n" + random.nextInt(1, 4);
    }

    private static String subject(Fault fault) {
        return switch (fault) {
            case Fault.Kill kill -> kill.part() + " of " + kill.node();
            case Fault.Pause pause -> Part.DAEMON + " of " + pause.node();
            case Fault.Restart restart -> Part.ENGINE + " of " + restart.node();
            case Fault.Partition _ -> "the network";
            case Fault.Fill fill -> "the pool of " + fill.node();
            case Fault.Slow slow -> "the link of " + slow.node();
        };
    }

    @Override
    public String toString() {
        return "schedule.seed=" + seed + "\n  actions: " + list(actions) + "\n  faults:  " + list(faults);
    }

    private static String list(List<?> moments) {
        return moments.stream().map(String::valueOf).collect(Collectors.joining("; "));
    }
}
