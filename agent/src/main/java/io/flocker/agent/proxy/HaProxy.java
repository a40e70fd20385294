package io.flocker.agent.proxy;

import io.flocker.agent.proxy.ProxyConfig.Limits;
import io.flocker.agent.proxy.Slots.Place;
import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;

/// The [Router] made of one HAProxy 2.6 per node. Servers, host names and holds change through its runtime commands;
/// doors and backends come and go with a reload, in which the new worker inherits the listening sockets.
/// What is in force is read from HAProxy itself, so that a new agent goes on where the last one stopped.
/// One thread at a time.
public final class HaProxy implements Router {
    /// How long a request of a held backend waits at most.
    public static final int HOLD_MILLIS = 60_000;

    /// How many requests a held backend has at most.
    public static final int HOLD_COUNT = 4_096;

    /// The kernel closes the sockets of a killed HAProxy a moment after the process is gone from sight.
    private static final Duration RELEASE_LIMIT = Duration.ofMillis(500);

    /// From the look-up of held backends to the choice of a server a request takes far less.
    private static final Duration SETTLE = Duration.ofMillis(5);

    /// HAProxy is asked this often what is in force, if it goes on as the same process and nothing was applied.
    private static final long BELIEVED_NANOS = 3_000_000_000L;

    /// Columns of HAProxy's CSV format.
    private static final int PROXY = 0;

    private static final int SERVER = 1;
    private static final int QUEUED = 2;
    private static final int SESSIONS = 4;
    private static final int TOTAL = 7;

    private static final int BYTES_IN = 8;
    private static final int BYTES_OUT = 9;

    private final ProxyFiles files;
    private final MeshIdentity identity;
    private final Limits limits;
    private final ProxyProcess process;
    private final MasterSocket master;
    private final Takeover takeover;
    private final SecureDoor secureDoor = new SecureDoor();
    private final Tally tally = new Tally();
    private final Tally load = new Tally();
    /// How many tables began or ended to be applied.
    private final AtomicLong changes = new AtomicLong();

    private volatile InForce known = new InForce("", -1, 0, 0);

    /// A table's fingerprint as HAProxy told it.
    ///
    /// @param changes how many there were then
    private record InForce(String table, long master, long changes, long atNanos) {}

    /// A proxy that already runs for this directory is adopted; one is started with the first table.
    ///
    /// @param directory state, configuration and sockets of this proxy, nobody else's
    /// @param credentials where the node's certificate is; read only if there are other nodes
    public HaProxy(Path directory, Path credentials) throws IOException {
        this(directory, credentials, HOLD_MILLIS, HOLD_COUNT);
    }

    HaProxy(Path directory, Path credentials, int holdMillis, int holdCount) throws IOException {
        Files.createDirectories(directory);
        files = new ProxyFiles(directory.toRealPath());
        identity = new MeshIdentity(credentials, files);
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), 8);
        boolean ipv6 = Files.exists(Path.of("/proc/net/if_inet6"));
        limits = new Limits(holdMillis, holdCount, threads, Connections.most(), ipv6);
        process = new ProxyProcess(files);
        master = new MasterSocket(files.masterSocket());
        takeover = new Takeover(files, process, master, () -> marks().getOrDefault(ProxyConfig.STRUCTURE_KEY, ""));
    }

    /// Ends the proxy of a directory, if there is one, and every connection through it.
    public static void stop(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            new ProxyProcess(new ProxyFiles(directory.toRealPath())).stop();
        }
    }

    @Override
    public String inForce() {
        long count = changes.get();
        OptionalLong pid = process.pid();
        if (pid.isEmpty() || identity.isStale() || secureDoor.isDue()) {
            return "";
        }
        InForce last = known;
        boolean same = last.changes() == count && last.master() == pid.getAsLong();
        if (same && System.nanoTime() - last.atNanos() < BELIEVED_NANOS) {
            return last.table();
        }
        String table = marks().getOrDefault(ProxyConfig.TABLE_KEY, "");
        known = new InForce(table, pid.getAsLong(), table.isEmpty() ? -1 : count, System.nanoTime());
        return table;
    }

    @Override
    public void apply(RoutingTable table) throws IOException {
        changes.incrementAndGet();
        try {
            bringIntoForce(table);
        } finally {
            changes.incrementAndGet();
        }
    }

    private void bringIntoForce(RoutingTable table) throws IOException {
        process.limitOutput();
        Map<Long, WorkerState> workers = look(table);
        Slots slots = assign(table, workers);
        ProxyFiles.replace(files.slots(), slots.text());
        String certificate = table.peers().isEmpty() ? "" : identity.give();
        new HostIdentities(files).give(table.identities());
        var whole = new ProxyConfig(files, limits, table, slots, certificate);
        var shut = new ArrayList<String>();
        RoutingTable open = isOf(whole, workers) ? opened(table) : open(table, workers.keySet(), shut);
        var config = open.equals(table) ? whole : new ProxyConfig(files, limits, open, slots, certificate);
        // With a door left out, the table is not in force: the next round tries again.
        String fingerprint = shut.isEmpty() ? table.fingerprint() : "incomplete";
        change(workers, config, fingerprint);
        if (isOf(config, workers)) {
            mark(first(workers.keySet()), fingerprint);
        } else {
            takeover.by(config, fingerprint, !workers.isEmpty());
        }
        if (!shut.isEmpty()) {
            throw new IOException("HAProxy cannot listen at " + String.join(", nor at ", shut));
        }
    }

    /// What every worker has now: the one that takes new connections, then those that finish old ones. None if the
    /// first one does not answer: then another proxy is started in its place.
    private Map<Long, WorkerState> look(RoutingTable table) throws IOException {
        var states = new LinkedHashMap<Long, WorkerState>();
        for (long worker : workers()) {
            try {
                states.put(worker, state(worker, table));
            } catch (IOException e) {
                if (states.isEmpty()) {
                    return Map.of();
                }
                throw e;
            }
        }
        return states;
    }

    private WorkerState state(long worker, RoutingTable table) throws IOException {
        return WorkerState.of(files, table, master.answers(worker, WorkerState.questions(files, table)));
    }

    private static long first(Collection<Long> workers) {
        return workers.iterator().next();
    }

    /// Whether the worker that takes new connections is one of this structure.
    private boolean isOf(ProxyConfig config, Map<Long, WorkerState> workers) {
        return workers.values().stream()
                .findFirst()
                .map(state -> state.maps().getOrDefault(files.heldMap().toString(), TreePMap.empty()))
                .filter(held -> config.structure().equals(held.get(ProxyConfig.STRUCTURE_KEY)))
                .isPresent();
    }

    /// An instance that left keeps its place while requests or connections are there, and as long as it still
    /// gets some: one that is idle now may not be when it is taken out, and what it has got by then must be
    /// counted.
    private Slots assign(RoutingTable table, Map<Long, WorkerState> workers) throws IOException {
        Slots before = slots();
        var in = new TreeSet<Place>();
        for (WorkerState state : workers.values()) {
            state.servers().forEach((place, server) -> {
                if (server.ready()) {
                    in.add(place);
                }
            });
        }
        List<Place> left =
                before.left(table).stream().filter(place -> !in.contains(place)).toList();
        Map<Place, Traffic> traffic = traffic(workers.keySet(), left);
        return before.assign(
                table,
                place -> in.contains(place)
                        || traffic.getOrDefault(place, Traffic.NONE).count() > 0);
    }

    @Override
    public InFlight inFlight(String instance) throws IOException {
        List<Place> places = slots().places(instance);
        if (places.isEmpty() || !process.alive()) {
            return new InFlight(0, 0);
        }
        Map<Place, Traffic> traffic = traffic(master.workers(), places);
        long requests = 0;
        long connections = 0;
        for (Place place : places) {
            Traffic here = traffic.getOrDefault(place, Traffic.NONE);
            requests += here.http() ? here.count() : 0;
            connections += here.http() ? 0 : here.count();
        }
        return new InFlight(requests, connections);
    }

    @Override
    public TreePMap<String, Answered> answered(Set<String> instances) {
        return count(tally, instances);
    }

    @Override
    public TreePMap<String, Answered> handled(Set<String> instances) {
        return count(load, instances);
    }

    private TreePMap<String, Answered> count(Tally sums, Set<String> instances) {
        try {
            var now = new HashMap<Tally.Counter, Tally.Shown>();
            for (long worker : instances.isEmpty() || !process.alive() ? List.<Long>of() : master.workers()) {
                now.putAll(Tally.read(worker, master.ask(worker, List.of("show stat -1 4 -1"))));
            }
            return sums.count(instances, instances.isEmpty() ? Slots.NONE : slots(), now);
        } catch (IOException e) {
            // While workers change, none may answer; the next look counts what came meanwhile.
            return sums.sums(instances);
        }
    }

    @Override
    public List<Use> uses() {
        var uses = new ArrayList<Use>();
        try {
            for (long worker : process.alive() ? master.workers() : List.<Long>of()) {
                // Doors and backends.
                String shown = master.ask(worker, List.of("show stat -1 3 -1"));
                shown.lines()
                        .map(line -> line.split(",", BYTES_OUT + 2))
                        .filter(words -> words.length > BYTES_OUT && words[TOTAL].matches("[0-9]+"))
                        .map(words -> new Use(
                                worker,
                                ProxyName.original(words[0]),
                                Long.parseLong(words[TOTAL]),
                                Long.parseLong(words[BYTES_IN]) + Long.parseLong(words[BYTES_OUT])))
                        .forEach(uses::add);
            }
        } catch (IOException e) {
            // While workers change, none may answer; the next look finds what came meanwhile.
            return List.of();
        }
        return List.copyOf(uses);
    }

    @Override
    public void close() {
        // The proxy goes on, with the last table.
    }

    /// The held map of the worker that takes new connections, with the fingerprints in it; empty if none answers.
    private TreePMap<String, String> marks() {
        List<Long> workers = workers();
        try {
            return workers.isEmpty()
                    ? TreePMap.empty()
                    : WorkerState.map(master.ask(first(workers), List.of("show map " + files.heldMap())));
        } catch (IOException e) {
            // No answer is the answer: the planner has the table applied again, and that fails with the reason.
            return TreePMap.empty();
        }
    }

    /// None if the master does not live or does not answer.
    private List<Long> workers() {
        try {
            return process.alive() ? master.workers() : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// All doors of the table are open.
    private RoutingTable opened(RoutingTable table) {
        secureDoor.tried(Optional.empty());
        return table;
    }

    /// The table without the doors that cannot be opened. Those that are open stay so.
    private RoutingTable open(RoutingTable table, Collection<Long> workers, List<String> shut) throws IOException {
        String shown = workers.isEmpty() ? "" : master.ask(first(workers), List.of("show stat -1 1 -1"));
        var now = shown.lines().map(line -> Columns.of(line, ',', PROXY)).collect(Collectors.toSet());
        var listening = new PortOwner();
        Optional<String> insecure = Optional.empty();
        TreePMap<String, Door> doors = table.doors();
        for (Door door : table.doors().values()) {
            if (now.contains(ProxyName.of(door.key()))) {
                continue;
            }
            Optional<String> objection = objection(listening, door, workers.isEmpty() ? RELEASE_LIMIT : Duration.ZERO);
            if (objection.isPresent()) {
                doors = doors.minus(door.key());
                String why = "`" + door.key() + "`: " + objection.get();
                if (door.kind() == Door.Kind.TLS) {
                    insecure = Optional.of(why);
                } else {
                    shut.add(why);
                }
            }
        }
        secureDoor.tried(insecure);
        return new RoutingTable(doors, table.backends(), table.held(), table.peers(), table.identities());
    }

    private static Optional<String> objection(PortOwner listening, Door door, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<String> objection = listening.objection(door.address(), door.port());
        while (objection.isPresent() && System.nanoTime() < deadline) {
            ProxyProcess.waitUntil(SETTLE, () -> false);
            objection = new PortOwner().objection(door.address(), door.port());
        }
        return objection;
    }

    /// Old workers as well: they have held requests and connections that stay open.
    private void change(Map<Long, WorkerState> workers, ProxyConfig config, String fingerprint) throws IOException {
        var changes = new LinkedHashMap<Long, List<String>>();
        boolean holds = false;
        for (var worker : workers.entrySet()) {
            var commands = worker.getValue().toward(config, fingerprint);
            master.ask(worker.getKey(), commands.hold());
            holds |= !commands.hold().isEmpty();
            changes.put(worker.getKey(), commands.change());
        }
        if (holds) {
            ProxyProcess.waitUntil(SETTLE, () -> false);
        }
        for (var entry : changes.entrySet()) {
            String answer = master.ask(entry.getKey(), entry.getValue());
            if (entry.getKey().equals(first(workers.keySet()))
                    && !entry.getValue().isEmpty()) {
                var left = state(entry.getKey(), config.table()).toward(config, fingerprint);
                if (!left.hold().isEmpty() || !left.change().isEmpty()) {
                    throw new IOException("HAProxy refused " + left + ": " + answer.strip());
                }
            }
        }
    }

    private void mark(long worker, String fingerprint) throws IOException {
        master.ask(worker, List.of("set map " + files.heldMap() + " " + ProxyConfig.TABLE_KEY + " " + fingerprint));
    }

    /// What goes on at a place.
    ///
    /// @param http whether these are requests, not connections
    private record Traffic(boolean http, long count) {
        static final Traffic NONE = new Traffic(false, 0);

        Traffic plus(Traffic other) {
            return new Traffic(http || other.http, count + other.count);
        }
    }

    /// Requests and connections by place in the backends that `places` are of, over all workers. In HAProxy's
    /// CSV format, a line begins with the names of proxy and server, the queue and its peak, and sessions; the
    /// mode is the column of that name.
    private Map<Place, Traffic> traffic(Collection<Long> workers, List<Place> places) throws IOException {
        List<String> questions = places.stream()
                .map(place -> "show stat " + place.backend() + " 4 -1")
                .distinct()
                .toList();
        var traffic = new TreeMap<Place, Traffic>();
        for (long worker : workers) {
            int mode = -1;
            for (String line : master.ask(worker, questions).lines().toList()) {
                if (line.startsWith("# ")) {
                    mode = List.of(line.split(",", -1)).indexOf("mode");
                }
                int number = Columns.place(Columns.of(line, ',', SERVER));
                if (number > 0) {
                    var place = new Place(Columns.of(line, ',', PROXY), number);
                    boolean http = mode >= 0 && Columns.of(line, ',', mode).equals("http");
                    long count = Columns.number(Columns.of(line, ',', QUEUED))
                            + Columns.number(Columns.of(line, ',', SESSIONS));
                    traffic.merge(place, new Traffic(http, count), Traffic::plus);
                }
            }
        }
        return traffic;
    }

    private Slots slots() throws IOException {
        try {
            return Files.exists(files.slots()) ? Slots.parse(Files.readString(files.slots())) : Slots.NONE;
        } catch (IllegalArgumentException e) {
            if (!process.alive()) {
                // From before a power cut: the instances that had these places are gone as well.
                return Slots.NONE;
            }
            throw new IOException(files.slots() + " is damaged; delete it when no instance is being stopped", e);
        }
    }
}
