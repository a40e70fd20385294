package io.flocker.agent.load;

import io.flocker.agent.engine.ContainerEngine.Use;
import io.flocker.core.load.Measurement;
import io.flocker.core.load.Usage;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedInstance;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.pcollections.TreePMap;

/// How busy a node was since the last time it was asked, from counters of its kernel. One thread's.
public final class LoadMeter {
    private final Path proc;
    private final Path blocks;
    private final ToLongFunction<String> usedBytes;
    private Map<String, Counted> last = Map.of();
    private Optional<Machine> before = Optional.empty();
    private long beforeNanos;

    /// What an instance's counters show.
    ///
    /// @param container whose they are: another one's begin anew
    public record Counted(String container, Use use, long requests) {}

    /// @param usedBytes how much a volume holds, by its id
    public LoadMeter(ToLongFunction<String> usedBytes) {
        this(Path.of("/proc"), Path.of("/sys/block"), usedBytes);
    }

    LoadMeter(Path proc, Path blocks, ToLongFunction<String> usedBytes) {
        this.proc = proc;
        this.blocks = blocks;
        this.usedBytes = usedBytes;
    }

    /// What was used since the last time; empty the first time.
    ///
    /// @param counted by [io.flocker.core.plan.Found#key]
    /// @param poolBytes used in the pool
    public Optional<Measurement> measure(
            Assignment assignment, Map<String, Counted> counted, long poolBytes, long nowNanos) {
        Machine now = Machine.look(proc, blocks);
        double seconds = (nowNanos - beforeNanos) / 1e9;
        Optional<Measurement> measured = before.map(then -> {
            TreePMap<String, Usage> instances = instances(counted, seconds);
            return new Measurement(
                    machine(then, now, seconds, poolBytes, instances.values()),
                    Runtime.getRuntime().availableProcessors(),
                    now.memoryBytes(),
                    share(then.cpuMicros(), now.cpuMicros(), seconds),
                    share(then.memoryMicros(), now.memoryMicros(), seconds),
                    share(then.ioMicros(), now.ioMicros(), seconds),
                    instances,
                    volumes(assignment, instances));
        });
        last = Map.copyOf(counted);
        before = Optional.of(now);
        beforeNanos = nowNanos;
        return measured;
    }

    private static Usage machine(
            Machine then, Machine now, double seconds, long poolBytes, Collection<Usage> instances) {
        long ticks = now.allTicks() - then.allTicks();
        double busy = ticks <= 0 ? 0 : (double) (now.busyTicks() - then.busyTicks()) / ticks;
        return new Usage(
                thousandths(Math.max(0, busy) * Runtime.getRuntime().availableProcessors()),
                now.usedMemoryBytes(),
                poolBytes,
                rate(then.ioBytes(), now.ioBytes(), seconds),
                rate(then.networkBytes(), now.networkBytes(), seconds),
                thousandths(
                        instances.stream().mapToDouble(Usage::requestsPerSecond).sum()));
    }

    private TreePMap<String, Usage> instances(Map<String, Counted> counted, double seconds) {
        TreePMap<String, Usage> instances = TreePMap.empty();
        for (var entry : counted.entrySet()) {
            Counted then = last.get(entry.getKey());
            Counted now = entry.getValue();
            if (then != null && then.container().equals(now.container())) {
                var usage = new Usage(
                        thousandths(rate(then.use().cpuNanos(), now.use().cpuNanos(), seconds) / 1e9),
                        now.use().memoryBytes(),
                        0,
                        rate(then.use().ioBytes(), now.use().ioBytes(), seconds),
                        rate(then.use().networkBytes(), now.use().networkBytes(), seconds),
                        thousandths(Math.max(0, now.requests() - then.requests()) / seconds));
                instances = instances.plus(entry.getKey(), usage);
            }
        }
        return instances;
    }

    /// The kernel counts what a container reads and writes, not where: its volumes share that evenly.
    private TreePMap<String, Usage> volumes(Assignment assignment, TreePMap<String, Usage> instances) {
        var io = new HashMap<String, Long>();
        for (WantedInstance instance : assignment.instances().values()) {
            Usage usage = instances.getOrDefault(instance.key(), Usage.NOTHING);
            for (String id : instance.volumes().values()) {
                io.merge(id, usage.ioBytesPerSecond() / instance.volumes().size(), Long::sum);
            }
        }
        TreePMap<String, Usage> volumes = TreePMap.empty();
        for (Assignment.WantedVolume volume : assignment.volumes().values()) {
            if (volume.ofPrimary() && !volume.delete()) {
                long perSecond = io.getOrDefault(volume.id(), 0L);
                volumes =
                        volumes.plus(volume.id(), new Usage(0, 0, usedBytes.applyAsLong(volume.id()), perSecond, 0, 0));
            }
        }
        return volumes;
    }

    private static double share(long thenMicros, long nowMicros, double seconds) {
        return thousandths(Math.clamp((nowMicros - thenMicros) / 1e6 / seconds, 0, 1));
    }

    /// A counter that is less than it was has begun anew.
    private static long rate(long then, long now, double seconds) {
        return now < then || seconds <= 0 ? 0 : Math.round((now - then) / seconds);
    }

    /// Nobody needs to know more, and a report is short.
    private static double thousandths(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
