package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.flocker.client.SocketTransport;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Found;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Docker Engine (20.10 or later) on its Unix socket.
public final class DockerEngine implements ContainerEngine {
    private static final Logger log = LoggerFactory.getLogger(DockerEngine.class);
    private static final int MAX_CONNECTIONS = 200;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /// Looks at everything this often, whatever the events said.
    private static final long FULL_LOOK_NANOS = 30_000_000_000L;
    /// An engine that does not even say that it is there within this time hangs.
    private static final Duration PING_LIMIT = Duration.ofSeconds(3);

    /// An engine that answered and has told nothing since is not asked again within this time.
    private static final long PING_AGAIN_NANOS = 800_000_000;

    private static final long SUBSCRIBE_AGAIN_NANOS = 500_000_000;

    private final Path socket;
    private final DockerClient docker;
    private final Registries registries;
    private final Images images;
    private final Networks networks;
    private final Sightings sightings;
    private final Freezer freezer;
    private final ControlGroups groups;
    private final GuardGroups guardGroups;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Thread subscriber;
    private long lastFullLook;
    private long lastPing;
    private boolean answered;
    private volatile boolean news;
    private volatile boolean closed;

    /// The engine at `host`, such as `unix:///var/run/docker.sock`.
    public DockerEngine(URI host) {
        socket = Path.of(host.getPath());
        var logins = new Logins(host);
        docker = DockerClientImpl.getInstance(
                logins.config(),
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(host)
                        .maxConnections(MAX_CONNECTIONS)
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .build());
        registries = new Registries(new SocketTransport(socket), logins);
        images = new Images(docker, logins);
        networks = new Networks(docker);
        sightings = new Sightings(docker, this::tell);
        freezer = new Freezer(docker);
        groups = new ControlGroups(docker);
        guardGroups = new GuardGroups(docker);
        subscriber = Thread.ofPlatform().name("engine-events").daemon().start(this::subscribe);
    }

    Path socket() {
        return socket;
    }

    DockerClient docker() {
        return docker;
    }

    Registries registries() {
        return registries;
    }

    Images images() {
        return images;
    }

    /// The ids of the containers with a label that run.
    private List<String> running(String label) throws IOException {
        return EngineFailure.trying(
                "list containers",
                () -> docker
                        .listContainersCmd()
                        .withLabelFilter(List.of(label))
                        .withStatusFilter(List.of("running"))
                        .exec()
                        .stream()
                        .map(Container::getId)
                        .toList());
    }

    /// Follows the engine's events for ever; when the engine goes away, everything known is in doubt.
    private void subscribe() {
        boolean thawed = false;
        while (!closed) {
            try {
                if (!thawed) {
                    freezer.thawLeft(running(Labels.ENVIRONMENT));
                    thawed = true;
                }
                docker.eventsCmd()
                        .withEventTypeFilter(EventType.CONTAINER, EventType.IMAGE, EventType.NETWORK)
                        .exec(new ResultCallback.Adapter<Event>() {
                            @Override
                            public void onNext(Event event) {
                                heard(event);
                            }
                        })
                        .awaitCompletion();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                log.atDebug().addKeyValue("reason", EngineFailure.reason(e)).log("The engine's events broke off");
            } catch (IOException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Cannot look for containers left frozen");
            }
            doubtEverything();
            LockSupport.parkNanos(SUBSCRIBE_AGAIN_NANOS);
        }
    }

    private void doubtEverything() {
        sightings.allChanged();
        images.forget();
        networks.forget();
        news = true;
        tell();
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }

    private void heard(Event event) {
        String action = String.valueOf(event.getAction());
        if (event.getType() == EventType.CONTAINER) {
            if (action.startsWith("exec_") || action.equals("top") || action.equals("attach")) {
                return;
            }
            sightings.changed(String.valueOf(event.getId()));
        } else if (event.getType() == EventType.IMAGE) {
            images.forget();
        } else if (action.equals("connect") || action.equals("disconnect") || networks.isOwn(event)) {
            // The containers' own events tell that, and whoever made a network here knows it.
            return;
        } else {
            networks.forget();
        }
        news = true;
        tell();
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public synchronized Sight look() throws IOException {
        long now = System.nanoTime();
        if (news || !answered || now - lastPing > PING_AGAIN_NANOS) {
            ping();
        }
        if (lastFullLook == 0 || now - lastFullLook > FULL_LOOK_NANOS) {
            sightings.allChanged();
            networks.forget();
            networks.restoreRoutes();
            lastFullLook = now;
        }
        TreePMap<String, String> here = networks.seen();
        TreePMap<String, Found> newest = TreePMap.empty();
        List<String> surplus = new ArrayList<>();
        List<Found> besides = new ArrayList<>();
        for (Found found : sightings.look().values()) {
            Found other = newest.get(found.key());
            if (found.environment().isEmpty()) {
                surplus.add(found.id());
            } else if (other == null) {
                newest = newest.plus(found.key(), found);
            } else {
                boolean newer = found.release() > other.release()
                        || (found.release() == other.release() && found.restarts() > other.restarts());
                Found older = newer ? other : found;
                surplus.add(older.id());
                besides.add(older);
                newest = newer ? newest.plus(found.key(), found) : newest;
            }
        }
        return new Sight(
                newest,
                List.copyOf(surplus),
                here,
                sightings.deaf(newest.values()),
                List.copyOf(besides),
                sightings.mounts());
    }

    private void ping() throws EngineFailure {
        news = false;
        answered = false;
        lastPing = System.nanoTime();
        EngineFailure.trying(
                "look at the containers", PING_LIMIT, () -> docker.pingCmd().exec());
        answered = true;
    }

    @Override
    public TreePMap<String, String> images(Collection<WantedImage> wanted) throws IOException {
        return images.here(wanted);
    }

    @Override
    public TreePMap<String, List<Integer>> exposed(Collection<WantedImage> wanted) throws IOException {
        return images.exposed(wanted);
    }

    @Override
    public void pull(WantedImage image) throws IOException, InterruptedException {
        images.pull(image);
    }

    @Override
    public Optional<Image> image(String name) throws IOException {
        return images.image(name);
    }

    @Override
    public void save(String name, OutputStream out) throws IOException, InterruptedException {
        new Archives(docker).save(name, out);
    }

    @Override
    public void load(WantedImage image, InputStream archive) throws IOException, InterruptedException {
        new Archives(docker).load(image.reference(), archive);
        images.added(image);
    }

    @Override
    public void createNetwork(String environment) throws IOException {
        networks.create(environment);
    }

    @Override
    public void deleteNetwork(String environment) throws IOException {
        networks.delete(environment);
    }

    @Override
    public void start(WantedInstance instance, WantedEnvironment environment, Lodging lodging) throws IOException {
        String subnet = networks.seen().getOrDefault(instance.environment(), "");
        List<Integer> ports = images.portsOf(instance.spec());
        Blueprint blueprint = new Blueprint(instance, environment, new Blueprint.Here(subnet, ports, lodging));
        boolean once = instance.spec().job().isPresent();
        String id = EngineFailure.trying("create container " + blueprint.name(), () -> {
            try {
                return blueprint.command(docker).exec().getId();
            } catch (ConflictException e) {
                var there = docker.inspectContainerCmd(blueprint.name()).exec();
                if (!Labels.tenures(there.getConfig().getLabels()).equals(lodging.tenures())) {
                    // Made for something else; a look shows it, and it is removed.
                    sightings.allChanged();
                    throw e;
                }
                boolean over = once && !"created".equals(there.getState().getStatus());
                return over ? "" : there.getId();
            }
        });
        if (id.isEmpty()) {
            // A job that has started, for an agent that has died since, is not started again.
            sightings.allChanged();
        } else {
            startAgain(id);
        }
    }

    @Override
    public void startAgain(String container) throws IOException {
        sightings.starting(container);
        try {
            EngineFailure.trying("start container " + container, () -> {
                try {
                    return docker.startContainerCmd(container).exec();
                } catch (NotModifiedException e) {
                    return null;
                }
            });
        } finally {
            sightings.started(container);
        }
    }

    @Override
    public void stop(String container, long graceMillis) throws IOException {
        sightings.stopping(container);
        EngineFailure.trying("stop container " + container, () -> {
            try {
                return docker.stopContainerCmd(container)
                        .withTimeout(Math.toIntExact(Math.ceilDiv(graceMillis, 1_000)))
                        .exec();
            } catch (NotModifiedException | NotFoundException e) {
                return null;
            }
        });
        sightings.changed(container);
    }

    @Override
    public void remove(String container) throws IOException {
        try {
            removeNow(container);
        } catch (EngineFailure e) {
            LeftMount left = LeftMount.behind(e).orElseThrow(() -> e);
            left.detach();
            removeNow(container);
        }
        sightings.changed(container);
    }

    private void removeNow(String container) throws IOException {
        EngineFailure.trying("remove container " + container, () -> {
            try {
                return docker.removeContainerCmd(container)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            } catch (NotFoundException e) {
                return null;
            }
        });
    }

    @Override
    public void forgetVolume(String volume) throws IOException {
        EngineFailure.trying("forget volume " + volume, () -> {
            try {
                return docker.removeVolumeCmd(Blueprint.VOLUME + volume).exec();
            } catch (NotFoundException e) {
                return null;
            }
        });
    }

    @Override
    public Ran run(String container, List<String> command, long timeoutMillis)
            throws IOException, InterruptedException {
        return OneCommand.run(docker, container, command, timeoutMillis);
    }

    @Override
    public Standstill standstill(String environment) throws IOException {
        return freezer.standstill(running(Labels.ENVIRONMENT + "=" + environment));
    }

    @Override
    public Path group(String name) throws IOException {
        return guardGroups.of(name);
    }

    @Override
    public Optional<Path> groupOf(String container) throws IOException {
        return freezer.groupOf(container);
    }

    @Override
    public void removeGroups(String parent, Set<String> used) throws IOException {
        GuardGroups.remove(parent, used);
    }

    @Override
    public OptionalLong cpuNanos(String container) throws IOException {
        return groups.cpuNanos(container);
    }

    @Override
    public Optional<Use> use(String container) throws IOException {
        return groups.use(container);
    }

    @Override
    public String tail(String container, int most) throws IOException, InterruptedException {
        return new LogTail(docker).of(container, most);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        subscriber.interrupt();
        docker.close();
    }
}
