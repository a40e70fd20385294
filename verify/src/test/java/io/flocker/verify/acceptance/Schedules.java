package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/// Random schedules of faults, one after the other, each repeatable by its seed (`-Dschedule.seed=S`, or
/// several with commas).
public final class Schedules {
    private static final int CONVERGENCE_SECONDS = 60;

    /// How much longer to wait, so that one schedule that fails does not fail the next ones.
    private static final int SECOND_CHANCE_SECONDS = 180;

    private Schedules() {}

    /// Runs the schedule of a seed.
    public interface Run {
        /// @return what is wrong afterwards
        List<String> of(long seed) throws Exception;
    }

    /// Keeps what is of use to whoever looks into a failure.
    public interface Keeper {
        void keep(long seed) throws IOException;
    }

    /// Looks at how things are.
    public interface Look {
        /// @return what is not as it should be; empty when all is
        String left() throws Exception;
    }

    /// Runs so many, or those that were asked for, and fails if anything was wrong after one of them.
    public static void run(int many, Run run, Keeper keeper) throws Exception {
        List<Long> seeds = seeds(many);
        List<String> failures = new ArrayList<>();
        for (long seed : seeds) {
            List<String> wrong = run.of(seed);
            if (!wrong.isEmpty()) {
                wrong.forEach(what -> System.out.println("  FAILED: " + what));
                failures.add("schedule.seed=" + seed + ": " + String.join("; ", wrong));
                keeper.keep(seed);
            }
        }
        System.out.println(
                seeds.size() + " schedules from seed " + seeds.getFirst() + ", " + failures.size() + " failed");
        assertThat(failures).as("of %d schedules", seeds.size()).isEmpty();
    }

    private static List<Long> seeds(int many) {
        String wanted = System.getProperty("schedule.seed", "");
        if (!wanted.isEmpty()) {
            return Arrays.stream(wanted.split(",")).map(Long::valueOf).toList();
        }
        long first = System.nanoTime() >>> 20;
        return LongStream.range(first, first + many).boxed().toList();
    }

    /// What came of waiting.
    ///
    /// @param converged whether all was as it should be in the end
    /// @param seconds since the last fault
    /// @param wrong what is to be said against it
    public record Convergence(boolean converged, double seconds, List<String> wrong) {}

    /// Waits until all is as it should be.
    ///
    /// @param healedNanos when the last fault had ended
    public static Convergence converge(long healedNanos, Look look) throws Exception {
        List<String> wrong = new ArrayList<>();
        String left = await(healedNanos, CONVERGENCE_SECONDS, look);
        if (!left.isEmpty()) {
            wrong.add("not converged within " + CONVERGENCE_SECONDS + " s: " + left);
            left = await(healedNanos, CONVERGENCE_SECONDS + SECOND_CHANCE_SECONDS, look);
            wrong.add(
                    left.isEmpty()
                            ? "converged after " + seconds(healedNanos) + " s"
                            : "and not later either: " + left);
        }
        return new Convergence(left.isEmpty(), seconds(healedNanos), List.copyOf(wrong));
    }

    private static String await(long sinceNanos, int limitSeconds, Look look) throws Exception {
        String left;
        do {
            left = look.left();
            if (left.isEmpty()) {
                return "";
            }
            TimeUnit.MILLISECONDS.sleep(250);
        } while (seconds(sinceNanos) < limitSeconds);
        return left;
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    /// Keeps what the daemons said.
    ///
    /// @return the folder, for more
    public static Path keepLogs(Servers servers, String kind, long seed) throws IOException {
        Path folder = Files.createDirectories(servers.home.resolve("verify/target/" + kind + "/" + seed));
        for (LabNode node : servers.lab.nodes()) {
            Files.copy(node.daemonLog(), folder.resolve(node.name() + ".log"), StandardCopyOption.REPLACE_EXISTING);
        }
        return folder;
    }
}
