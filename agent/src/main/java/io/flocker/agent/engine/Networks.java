package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateNetworkCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.Network;
import io.flocker.agent.program.Program;
import io.flocker.core.plan.AddressPlan;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One bridge network for each environment. The lower half of its addresses belongs to services: a local route makes
/// the kernel answer for all of them, so that the proxy can listen on any.
///
/// An engine makes one network after the other, each by dozens of calls of `iptables`, and lists none meanwhile. So
/// they are made one at a time, and what is known of those that there are is kept. As branches come again under the
/// names that they had, that of an environment which has left this node stays for a while, with nothing in it.
final class Networks {
    private static final Logger log = LoggerFactory.getLogger(Networks.class);

    private static final int FIRST_OCTET = 10;
    private static final int FIRST_SECOND_OCTET = 213;
    private static final int SUBNETS = 512;
    /// So many are kept for environments that have left, the latest ones, and for so long.
    private static final int MOST_RETIRED = 16;

    private static final long RETIRED_NANOS = TimeUnit.HOURS.toNanos(1);

    private final DockerClient docker;
    /// Held by whoever makes or deletes one.
    private final ReentrantLock changing = new ReentrantLock(true);
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(Optional.empty(), true));
    /// Those made here whose event has not come yet.
    private final Set<String> making = ConcurrentHashMap.newKeySet();
    /// By environment. Only whoever holds the lock changes it, but for what has gone from the engine.
    private final Map<String, Retired> retired = new ConcurrentHashMap<>();

    /// What was seen last.
    ///
    /// @param networks subnets by environment; empty if they were never looked for
    /// @param doubtful whether they must be looked for again
    private record Known(Optional<TreePMap<String, String>> networks, boolean doubtful) {}

    /// The network of an environment that has left.
    private record Retired(String subnet, long sinceNanos) {
        boolean isOver() {
            return System.nanoTime() - sinceNanos > RETIRED_NANOS;
        }
    }

    Networks(DockerClient docker) {
        this.docker = docker;
    }

    static String name(String environment) {
        return "flocker." + environment;
    }

    /// Subnets by environment, of the networks that are ready. While one is made or deleted, the engine would not
    /// answer: what was seen last, then.
    TreePMap<String, String> seen() throws IOException {
        Optional<TreePMap<String, String>> last = known.get().networks();
        if (retired.values().stream().anyMatch(Retired::isOver)) {
            Thread.ofVirtual().name("networks").start(this::deleteOver);
        }
        if (changing.tryLock()) {
            try {
                return known();
            } finally {
                changing.unlock();
            }
        }
        return last.isPresent() ? last.get() : here();
    }

    /// As [#here], without asking the engine if nothing has changed.
    private TreePMap<String, String> known() throws IOException {
        Known before = known.get();
        if (before.networks().isPresent() && !before.doubtful()) {
            return before.networks().get();
        }
        TreePMap<String, String> here = here();
        // Not if it was to be forgotten meanwhile.
        known.compareAndSet(before, new Known(Optional.of(here), false));
        return here;
    }

    /// Something may have changed.
    void forget() {
        known.updateAndGet(before -> new Known(before.networks(), true));
    }

    /// Whether an event tells only that a network was made here.
    boolean isOwn(Event event) {
        var actor = event.getActor();
        String name = actor == null || actor.getAttributes() == null
                ? ""
                : String.valueOf(actor.getAttributes().get("name"));
        return "create".equals(event.getAction()) && making.remove(name);
    }

    /// Subnets by environment, of the networks that are ready.
    private TreePMap<String, String> here() throws IOException {
        TreePMap<String, String> here = all();
        retired.keySet().retainAll(here.keySet());
        return here.minusAll(retired.keySet());
    }

    private TreePMap<String, String> all() throws IOException {
        TreePMap<String, String> here = TreePMap.empty();
        for (Network network : ours()) {
            Map<String, String> labels = network.getLabels();
            String environment = labels.get(Labels.ENVIRONMENT);
            String subnet = labels.get(Labels.SUBNET);
            if (environment != null && subnet != null) {
                here = here.plus(environment, subnet);
            }
        }
        return here;
    }

    private List<Network> ours() throws EngineFailure {
        return EngineFailure.trying(
                "list networks",
                () -> docker.listNetworksCmd()
                        .withFilter("label", List.of(Labels.ENVIRONMENT))
                        .exec());
    }

    void create(String environment) throws IOException {
        changing.lock();
        making.add(name(environment));
        try {
            Optional<String> subnet = takeBack(environment);
            if (subnet.isEmpty()) {
                subnet = createOne(environment);
            }
            if (subnet.isPresent()) {
                know(environment, subnet.get());
            } else {
                making.remove(name(environment));
                forget();
                restoreRoutes();
            }
        } catch (IOException | RuntimeException e) {
            making.remove(name(environment));
            forget();
            throw e;
        } finally {
            changing.unlock();
        }
    }

    private void know(String environment, String subnet) {
        known.updateAndGet(before ->
                new Known(before.networks().map(all -> all.plus(environment, subnet)), before.doubtful()));
    }

    /// @return its subnet; empty if none was kept for it
    private Optional<String> takeBack(String environment) throws IOException {
        // Whether it is still there.
        known();
        Retired kept = retired.remove(environment);
        if (kept == null) {
            return Optional.empty();
        }
        making.remove(name(environment));
        route(kept.subnet());
        return Optional.of(kept.subnet());
    }

    /// @return its subnet; empty if it was there already
    private Optional<String> createOne(String environment) throws IOException {
        Set<String> taken = new HashSet<>(known().values());
        retired.values().forEach(kept -> taken.add(kept.subnet()));
        String addresses = Program.of("ip", "-4", "-o", "addr", "show").run();
        for (int i = 0; i < SUBNETS; i++) {
            String subnet =
                    FIRST_OCTET + "." + (FIRST_SECOND_OCTET + i / 128) + "." + i % 128 * 2 + ".0/" + AddressPlan.PREFIX;
            // Another engine on this machine may have left a bridge of that network behind.
            boolean somebodyElses = addresses.contains(" " + AddressPlan.gateway(subnet) + "/");
            if (taken.contains(subnet) || somebodyElses) {
                continue;
            }
            switch (tryToCreate(environment, subnet)) {
                case MADE -> {
                    route(subnet);
                    return Optional.of(subnet);
                }
                case THERE -> {
                    return Optional.empty();
                }
                case OVERLAPS -> {}
            }
        }
        throw new IOException("There is no free network for environment " + environment + " on this node: all "
                + SUBNETS + " from 10.213.0.0 on are taken");
    }

    /// What became of an attempt.
    private enum Attempt {
        MADE,
        THERE,
        OVERLAPS
    }

    private Attempt tryToCreate(String environment, String subnet) throws EngineFailure {
        CreateNetworkCmd command = docker.createNetworkCmd()
                .withName(name(environment))
                .withDriver("bridge")
                .withCheckDuplicate(true)
                .withLabels(Map.of(Labels.ENVIRONMENT, environment, Labels.SUBNET, subnet))
                .withIpam(new Network.Ipam()
                        .withConfig(new Network.Ipam.Config()
                                .withSubnet(subnet)
                                .withGateway(AddressPlan.gateway(subnet))
                                .withIpRange(AddressPlan.containers(subnet))));
        return EngineFailure.trying("create the network of " + environment, () -> {
            try {
                command.exec();
                return Attempt.MADE;
            } catch (ConflictException e) {
                return Attempt.THERE;
            } catch (DockerException e) {
                String message = String.valueOf(e.getMessage());
                if (message.contains("overlap")) {
                    return Attempt.OVERLAPS;
                }
                if (message.contains("already exists")) {
                    return Attempt.THERE;
                }
                throw e;
            }
        });
    }

    /// Puts the local routes back that a reboot or somebody else took away.
    void restoreRoutes() throws IOException {
        String routes =
                Program.of("ip", "-4", "route", "show", "table", "local").run();
        for (String subnet : seen().values()) {
            if (!routes.contains("local " + services(subnet) + " ")) {
                route(subnet);
            }
        }
    }

    private static String services(String subnet) {
        return subnet.substring(0, subnet.indexOf('/')) + "/24";
    }

    private static void route(String subnet) throws IOException {
        Program.of("ip", "route", "replace", "local", services(subnet), "dev", "lo")
                .run();
    }

    /// Keeps it for a while, in case the environment comes again; the oldest goes if there are many.
    void delete(String environment) throws IOException {
        changing.lock();
        try {
            String subnet = known().get(environment);
            if (subnet == null) {
                deleteAll(environment);
                forget();
                return;
            }
            retired.put(environment, new Retired(subnet, System.nanoTime()));
            known.updateAndGet(
                    before -> new Known(before.networks().map(all -> all.minus(environment)), before.doubtful()));
            if (retired.size() > MOST_RETIRED) {
                Map.Entry<String, Retired> oldest = retired.entrySet().stream()
                        .min(Comparator.comparingLong(entry -> entry.getValue().sinceNanos()))
                        .orElseThrow();
                deleteRetired(oldest.getKey());
            }
        } finally {
            changing.unlock();
        }
    }

    private void deleteOver() {
        changing.lock();
        try {
            for (var entry : retired.entrySet()) {
                if (entry.getValue().isOver()) {
                    deleteRetired(entry.getKey());
                }
            }
        } catch (IOException e) {
            log.atWarn().addKeyValue("reason", e.getMessage()).log("A network that nobody needs could not be deleted");
        } finally {
            changing.unlock();
        }
    }

    /// What the engine does not delete is seen again, as a network that is to be deleted.
    private void deleteRetired(String environment) throws IOException {
        retired.remove(environment);
        forget();
        deleteAll(environment);
    }

    private void deleteAll(String environment) throws IOException {
        for (Network network : ours()) {
            if (environment.equals(network.getLabels().get(Labels.ENVIRONMENT))) {
                String subnet = network.getLabels().getOrDefault(Labels.SUBNET, "");
                EngineFailure.trying("delete the network of " + environment, () -> {
                    try {
                        return docker.removeNetworkCmd(network.getId()).exec();
                    } catch (NotFoundException e) {
                        return null;
                    }
                });
                if (!subnet.isEmpty()) {
                    Program.of("ip", "route", "del", "local", services(subnet), "dev", "lo")
                            .end();
                }
            }
        }
    }
}
