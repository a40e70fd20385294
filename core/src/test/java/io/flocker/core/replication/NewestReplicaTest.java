package io.flocker.core.replication;

import static io.flocker.core.replication.ReplicatedVolume.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Of replicas at different positions the newest that is heard takes over, whichever it is; one that is known to be
/// newer and is not heard is waited for.
class NewestReplicaTest {
    private static final int SEEDS = 1_000;
    private static final List<String> REPLICAS = List.of("n2", "n3", "n4");

    private int tookOver;
    private int waited;
    private int blocked;
    private int different;

    @Test
    void theNewestThatIsHeardTakesOver() {
        for (long seed = 0; seed < SEEDS; seed++) {
            // Seeds in a row must not begin alike.
            failsOver(seed, new SplittableRandom(seed).split());
        }
        System.out.println(SEEDS + " seeds: replicas at different positions in " + different
                + "; the newest took over in " + tookOver + ", after one that was away was waited for in " + waited
                + " of them; blocked in " + blocked);
        assertThat(tookOver + blocked).isEqualTo(SEEDS);
        assertThat(List.of(tookOver, waited, blocked, different)).allMatch(count -> count > SEEDS / 20);
    }

    private void failsOver(long seed, SplittableRandom random) {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3", "n4"));
        world.seconds(2, "n2", "n3", "n4");
        for (int left = random.nextInt(2, 9); left > 0; left--) {
            world.seconds(1, some(random).toArray(String[]::new));
        }
        Set<String> away = some(random);
        String[] silent = Stream.concat(Stream.of("n1"), away.stream()).toArray(String[]::new);
        Optional<SnapshotId> newest = newest(world, away);
        different += REPLICAS.stream().map(world::pool).distinct().count() > 1 ? 1 : 0;
        world.pass(6 * SECOND, silent);
        Optional<Command.FailOver> soon = failover(world);
        boolean ahead = newest.isPresent()
                && world.volume().replicas().tips().entrySet().stream()
                        .anyMatch(tip ->
                                away.contains(tip.getKey()) && tip.getValue().compareTo(newest.get()) > 0);
        if (ahead) {
            assertThat(soon).as("seed %d: a newer one is waited for", seed).isEmpty();
        }
        world.pass(5 * SECOND, silent);
        Optional<Command.FailOver> failover = soon.isPresent() ? soon : failover(world);
        if (failover.isEmpty()) {
            blocked++;
            assertThat(world.failovers("n1")).as("seed %d", seed).hasSize(1).allMatch(Planned.Block.class::isInstance);
            return;
        }
        tookOver++;
        waited += soon.isEmpty() ? 1 : 0;
        world.after(failover.get());
        assertThat(away).as("seed %d", seed).doesNotContain(failover.get().to());
        assertThat(world.volume().head().base()).as("seed %d", seed).isEqualTo(newest);
    }

    private static Set<String> some(SplittableRandom random) {
        var some = new TreeSet<String>();
        for (String node : REPLICAS) {
            if (random.nextInt(3) == 0) {
                some.add(node);
            }
        }
        return some;
    }

    private static Optional<SnapshotId> tip(ReplicatedVolume world, String node) {
        List<String> pool = new ArrayList<>(world.pool(node));
        return pool.isEmpty() ? Optional.empty() : Optional.of(SnapshotId.of("v1", pool.getLast()));
    }

    private static Optional<SnapshotId> newest(ReplicatedVolume world, Set<String> away) {
        return REPLICAS.stream()
                .filter(node -> !away.contains(node))
                .flatMap(node -> tip(world, node).stream())
                .max(SnapshotId::compareTo);
    }

    private static Optional<Command.FailOver> failover(ReplicatedVolume world) {
        return world.failovers("n1").stream()
                .filter(Command.FailOver.class::isInstance)
                .map(Command.FailOver.class::cast)
                .findFirst();
    }
}
