package io.flocker.control.watch;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Service;
import io.flocker.core.plan.Problem;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.pcollections.TreePMap;

/// A cluster whose environment `shop` has a service `web` that follows `registry:5000/shop/web:1`, with a
/// registry and a clock that tests set.
final class WatchedCluster implements Watcher.Edges {
    static final String IMAGE = "registry:5000/shop/web:1";
    static final long INTERVAL = 60_000;

    ClusterState state;
    long nowMillis = 1_000_000;
    long term = 1;
    /// What the registry says; empty while it fails.
    String says = "";

    boolean busy;
    final List<Long> asked = new ArrayList<>();
    final List<String> upgrades = new ArrayList<>();
    /// Happens while the registry thinks.
    Runnable meanwhile = () -> {};

    final Watcher watcher;
    private int operations;

    /// @param digest of the first release; empty for none
    WatchedCluster(String digest) throws IOException {
        state = after(
                ClusterState.EMPTY,
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
        deploy("admin", application(), digest.isEmpty() ? TreePMap.empty() : TreePMap.singleton("web", digest));
        finish(Operation.State.DONE, "");
        // No jitter, and what is asked first is asked after half of the time it may take.
        RandomGenerator half = new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return 0.5;
            }
        };
        watcher = new Watcher(this, Runnable::run, () -> nowMillis, half);
    }

    private static ApplicationSpec application() throws IOException {
        String json = "{\"services\":{\"web\":{\"image\":\"" + IMAGE + "\",\"scale\":1,\"upgrade\":{\"watchMillis\":"
                + INTERVAL + "}}}}";
        return Json.read(json.getBytes(StandardCharsets.UTF_8), ApplicationSpec.class);
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public ClusterState state() {
        return state;
    }

    @Override
    public String digest(String environment, String image) throws IOException {
        asked.add(nowMillis);
        meanwhile.run();
        if (says.isEmpty()) {
            throw new IOException("The registry of image " + image + " does not say");
        }
        return says;
    }

    @Override
    public boolean upgrade(String environment, String service, String digest) {
        if (busy) {
            return false;
        }
        upgrades.add(digest);
        deploy("watch", environment().application(), TreePMap.singleton(service, digest));
        return true;
    }

    /// Begins an operation and gets as far as its instances starting.
    void deploy(String by, ApplicationSpec application, TreePMap<String, String> digests) {
        begin(by, application, digests);
        state = after(state, new Command.Advance(nowMillis, operation(), Phase.PREPARE));
    }

    void begin(String by, ApplicationSpec application, TreePMap<String, String> digests) {
        operations++;
        state = after(
                state,
                new Command.Deploy(
                        by,
                        nowMillis,
                        operation(),
                        nowMillis + 600_000,
                        "shop",
                        application,
                        digests,
                        OptionalLong.empty()));
    }

    void finish(Operation.State how, String error) {
        state = after(state, new Command.Finish(nowMillis, operation(), how, error));
    }

    /// What a user goes back to.
    void deployed(String digest) {
        deploy("admin", environment().application(), TreePMap.singleton("web", digest));
        finish(Operation.State.DONE, "");
    }

    /// What is under way does not work.
    void goBack() {
        state = after(state, new Command.Undo(nowMillis, operation(), "web.1 is unhealthy"));
        state = after(state, new Command.Advance(nowMillis, operation(), Phase.UNDO));
        finish(Operation.State.FAILED, "web.1 is unhealthy");
    }

    void submit(Command command) {
        state = after(state, command);
    }

    /// Lets time pass, and the watcher look twice a second.
    void pass(long millis) {
        for (long until = nowMillis + millis; nowMillis < until; nowMillis += 500) {
            watcher.look();
        }
    }

    String operation() {
        return "op" + operations;
    }

    Environment environment() {
        return state.environment("shop").orElseThrow();
    }

    Service web() {
        return environment().service("web").orElseThrow();
    }

    ServiceSpec spec() {
        return web().spec();
    }

    List<Problem> problems() {
        return watcher.problems(state, environment());
    }

    private static ClusterState after(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
