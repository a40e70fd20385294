package io.flocker.agent.converge;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.proxy.Router;
import io.flocker.agent.transfer.ImageFinder;
import io.flocker.agent.transfer.Receiver;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.Transfer;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.Mount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;

/// Takes steps: each is one call to an edge, or a few in an order that a crash may cut anywhere.
final class Actions {
    /// How long requests in flight may take to end before a container is stopped all the same.
    private static final long DRAIN_MILLIS = 10_000;

    /// The same for connections, which may be kept open by a pool for ever: a transaction may end.
    private static final long DRAIN_CONNECTIONS_MILLIS = 1_000;

    private static final PosixFilePermission[] PERMISSIONS = {
        PosixFilePermission.OTHERS_EXECUTE,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ
    };

    private final Edges edges;
    private final Guarded guarded;
    private final Receiver receiver;
    private final ImageFinder images;
    private final Checkpoints checkpoints;
    private final Starts starts = new Starts();
    private final ConcurrentSkipListMap<String, Command.Taken> taken = new ConcurrentSkipListMap<>();
    private volatile Optional<RoutingTable> routed = Optional.empty();

    Actions(Edges edges, Guarded guarded, Checkpoints.Meetings meetings) {
        this.edges = edges;
        this.guarded = guarded;
        checkpoints = new Checkpoints(
                edges.engine(),
                edges.volumes(),
                meetings,
                starts,
                new Quiesced(edges.files().resolveSibling("quiesced")));
        receiver = new Receiver(edges.volumes(), edges.peers());
        images = new ImageFinder(edges.engine(), edges.peers());
    }

    /// What an agent left undone that has died.
    void goOn() throws InterruptedException {
        checkpoints.goOnLeft();
    }

    /// The snapshots that were taken and that the leader still asks for.
    TreePMap<String, Command.Taken> taken() {
        return TreePMap.from(Map.copyOf(taken));
    }

    /// The table that the proxy was given last; empty if this agent has given it none.
    Optional<RoutingTable> routed() {
        return routed;
    }

    /// As [Receiver#transfers].
    List<Transfer> transfers(Set<String> present) {
        return receiver.transfers(present);
    }

    /// @param assignment the present one, which says where other nodes are
    void take(Step step, Assignment assignment) throws IOException, InterruptedException {
        switch (step) {
            case Step.MakeHead s ->
                edges.volumes().makeHead(s.volume(), s.head(), directory -> Seed.unpack(s.seedBase64(), directory));
            case Step.Receive s -> receiver.receive(s, way(s, assignment));
            case Step.DropHead s -> edges.volumes().dropHead(s.volume(), s.last());
            case Step.LimitVolume s -> edges.volumes().limit(s.volume(), s.bytes());
            case Step.TakeSnapshots s -> snapshots(s);
            case Step.DeleteSnapshot s -> edges.volumes().deleteSnapshot(s.snapshot());
            case Step.DeleteVolume s -> {
                edges.engine().forgetVolume(s.volume());
                edges.volumes().delete(s.volume());
            }
            case Step.PullImage s -> images.get(s.image(), assignment);
            case Step.CreateNetwork s -> edges.engine().createNetwork(s.environment());
            case Step.DeleteNetwork s -> edges.engine().deleteNetwork(s.environment());
            case Step.StartNew s -> starts.of(s.instance().key(), () -> start(s));
            case Step.StartAgain s -> starts.of(s.instance(), () -> startAgain(s));
            case Step.Stop s -> {
                drain(s.instance());
                edges.engine().stop(s.container(), s.graceMillis());
            }
            case Step.RemoveContainer s -> edges.engine().remove(s.container());
            case Step.Route s -> {
                edges.router().apply(s.table());
                routed = Optional.of(s.table());
            }
        }
    }

    private static Receiver.Way way(Step.Receive step, Assignment assignment) {
        Assignment.WantedVolume volume =
                assignment.volumes().get(step.snapshot().volume());
        return volume == null ? Receiver.Way.USUAL : new Receiver.Way(volume.rateBytes(), volume.compressed());
    }

    private Path start(Step.StartNew step) throws IOException {
        Path files = writeFiles(step.instance());
        guarded.starting(step.instance().key(), step.tenures(), group -> {
            var lodging = new ContainerEngine.Lodging(edges.volumes()::headPath, files::resolve, step.tenures(), group);
            edges.engine().start(step.instance(), step.environment(), lodging);
        });
        return files;
    }

    private String startAgain(Step.StartAgain step) throws IOException {
        guarded.starting(step.instance(), step.tenures(), _ -> edges.engine().startAgain(step.container()));
        return step.container();
    }

    private void snapshots(Step.TakeSnapshots step) throws IOException, InterruptedException {
        long pause = 0;
        if (step.cut().isPresent()) {
            pause = checkpoints.take(step, step.cut().get());
        } else {
            for (SnapshotId id : step.snapshots()) {
                edges.volumes().snapshot(id);
            }
        }
        long now = System.currentTimeMillis();
        for (SnapshotId id : step.snapshots()) {
            taken.put(id.toString(), new Command.Taken(id, now, pause));
        }
    }

    /// Forgets those that the leader has written down: it does not ask for them any more.
    void keepTaken(Assignment assignment) {
        Set<String> wanted = assignment.volumes().values().stream()
                .flatMap(volume -> volume.take().stream())
                .map(snapshot -> snapshot.id().toString())
                .collect(Collectors.toSet());
        taken.keySet().retainAll(wanted);
    }

    /// No proxy sends the instance anything any more; what it is busy with may end.
    private void drain(String instance) throws IOException {
        long begun = System.nanoTime();
        Router.InFlight busy = edges.router().inFlight(instance);
        for (long millis = 0;
                (busy.requests() > 0 && millis < DRAIN_MILLIS)
                        || (busy.connections() > 0 && millis < DRAIN_CONNECTIONS_MILLIS);
                millis = (System.nanoTime() - begun) / 1_000_000) {
            LockSupport.parkNanos(5_000_000);
            busy = edges.router().inFlight(instance);
        }
    }

    /// Each release has its own folder, so that a running container's files never change under it.
    private Path writeFiles(WantedInstance instance) throws IOException {
        Path folder = edges.files()
                .resolve(instance.environment())
                .resolve(instance.service() + "." + instance.slot() + "." + instance.release());
        Files.createDirectories(folder);
        for (Mount mount : instance.spec().mounts()) {
            if (mount instanceof Mount.File file) {
                FileSpec content = instance.files().get(file.file());
                if (content == null) {
                    throw new IOException("Service " + instance.service() + " mounts file " + file.file()
                            + ", which its release does not have");
                }
                Path partial = folder.resolve(file.file() + ".partial");
                Files.write(partial, Base64.getDecoder().decode(content.contentBase64()));
                Files.setPosixFilePermissions(partial, permissions(file.mode()));
                Files.move(
                        partial,
                        folder.resolve(file.file()),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return folder;
    }

    private static Set<PosixFilePermission> permissions(String octal) {
        int mode = octal.isEmpty() ? 0444 : Integer.parseInt(octal, 8);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < PERMISSIONS.length; bit++) {
            if ((mode >> bit & 1) == 1) {
                permissions.add(PERMISSIONS[bit]);
            }
        }
        return permissions;
    }

    /// The first content of a volume: a gzipped tar, unpacked by the machine's own `tar`.
    private static final class Seed {
        static void unpack(String base64, Path directory) throws IOException {
            if (base64.isEmpty()) {
                return;
            }
            Process tar = new ProcessBuilder("tar", "-xzf", "-", "-C", directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String said;
            try (var out = tar.getOutputStream()) {
                new ByteArrayInputStream(Base64.getDecoder().decode(base64)).transferTo(out);
            }
            try (var in = tar.getInputStream()) {
                said = new String(in.readNBytes(2_000), StandardCharsets.UTF_8);
            }
            try {
                if (tar.waitFor() != 0) {
                    throw new IOException("Cannot unpack the volume's first content: " + said.strip());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Stopped while unpacking the volume's first content", e);
            }
        }
    }
}
