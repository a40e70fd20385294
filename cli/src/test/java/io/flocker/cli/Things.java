package io.flocker.cli;

import io.flocker.client.api.Status;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Problem;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.Port;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pcollections.TreePMap;

/// A small cluster to show: environment `shop` with `web`, `db` and the volume `data`.
final class Things {
    static final long NOW = Terminal.NOW.toEpochMilli();
    static final long MINUTE = 60_000;
    private static final Status.Life LIFE = new Status.Life(false, 0, 0, false);

    private Things() {}

    static Status.Instance instance(String name, String state) {
        return new Status.Instance(
                name,
                "n1",
                "first by name",
                2,
                "acme/" + name.substring(0, name.indexOf('.')) + ":1",
                state,
                "",
                50,
                "0123456789abcdef",
                1,
                3,
                NOW - 5 * MINUTE,
                NOW - MINUTE);
    }

    static Status.Service service(String name, int scale, int serving, String... states) {
        List<Status.Instance> instances = IntStream.range(0, states.length)
                .mapToObj(i -> instance(name + "." + (i + 1), states[i]))
                .toList();
        List<Port> ports =
                name.equals("web") ? List.of(new Port(80, 8080, "", Port.Protocol.TCP, Port.Mode.HTTP)) : List.of();
        return new Status.Service(
                name, "acme/" + name + ":1", 2, scale, serving, ports, List.of(), List.of(), instances, "", "", "");
    }

    /// The same, whose number of instances follows something.
    static Status.Service following(String name, String what) {
        Status.Service plain = service(name, 1, 1, "running");
        return new Status.Service(
                name,
                plain.image(),
                plain.release(),
                plain.scale(),
                plain.serving(),
                plain.ports(),
                plain.hosts(),
                plain.urls(),
                plain.instances(),
                "",
                "",
                what);
    }

    static Status.Volume volume(String name) {
        return new Status.Volume(
                "shop." + name,
                "shop",
                name,
                "n1",
                3,
                10L << 30,
                2,
                "ready",
                "",
                1_600_000_000L,
                4096,
                NOW - 90 * MINUTE,
                Optional.empty(),
                List.of(),
                "",
                "",
                "");
    }

    static Status.Environment shop(String state, Status.Service... services) {
        var checkpoint = new Checkpoint(
                "before",
                TreePMap.<String, SnapshotId>empty().plus("data", new SnapshotId("shop.data", 3, 6)),
                ApplicationSpec.EMPTY,
                TreePMap.<String, Integer>empty().plus("web", 2),
                Checkpoint.State.COMPLETE,
                false,
                NOW - 30 * MINUTE,
                12_345,
                0,
                "");
        return new Status.Environment(
                "shop",
                7,
                state,
                "",
                List.of(services),
                List.of(volume("data")),
                TreePMap.<String, Checkpoint>empty().plus("before", checkpoint),
                List.of(),
                NOW - 2 * 24 * 60 * MINUTE,
                "ann",
                Optional.empty(),
                LIFE);
    }

    static Status.Environment shop() {
        return shop("degraded", service("db", 1, 1, "healthy"), service("web", 2, 1, "running", "restarting"));
    }

    /// `alice`, a branch of `shop`.
    static Status.Environment branch() {
        return branch("running");
    }

    static Status.Environment branch(String state) {
        Status.Environment shop = shop();
        return new Status.Environment(
                "alice",
                1,
                state,
                "",
                shop.services(),
                shop.volumes(),
                shop.checkpoints(),
                List.of(),
                NOW - 3 * MINUTE,
                "ann",
                Optional.of(new Status.Origin("shop", "before", NOW - 30 * MINUTE)),
                new Status.Life(false, 0, NOW + 3 * 24 * 60 * MINUTE, false));
    }

    static Status.Environment withProblem(Status.Environment environment) {
        var problem = new Problem("shop/web.2", "start", "port 8080 is taken by nginx", false, 3, NOW, NOW + 9_000);
        return new Status.Environment(
                environment.name(),
                environment.version(),
                environment.state(),
                "o1",
                environment.services(),
                environment.volumes(),
                environment.checkpoints(),
                List.of(problem),
                environment.createdAtMillis(),
                environment.owner(),
                environment.origin(),
                environment.life());
    }

    static Status.Operation operation(String state, String error) {
        return new Status.Operation(
                "o1",
                "deploy",
                "shop",
                "admin",
                state,
                "start",
                NOW - MINUTE,
                NOW - MINUTE + 12_000,
                NOW + MINUTE,
                error,
                state.equals("running") ? List.of("web.2") : List.of(),
                List.of(),
                List.of());
    }

    static Status.VolumeSnapshot snapshot(long sequence, String name, Snapshot.Origin origin, long atMillis) {
        return new Status.VolumeSnapshot(
                "shop",
                "data",
                new Snapshot(
                        new SnapshotId("shop.data", 3, sequence),
                        name,
                        origin,
                        "",
                        Snapshot.State.READY,
                        atMillis,
                        atMillis,
                        1_500));
    }

    static Status.Node node() {
        return new Status.Node(
                "n1",
                "10.0.0.1",
                TreePMap.<String, String>empty().plus("datacenter", "fra"),
                "ready",
                "leader",
                NOW + 86_400_000,
                NOW - 1_000,
                3,
                1,
                new Node.Capacity(2_000, 8L << 30),
                new Node.Capacity(500, 1L << 30),
                100L << 30,
                60L << 30,
                List.of());
    }
}
