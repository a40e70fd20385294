package io.flocker.control.api;

import io.flocker.client.ApiException;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.NotLeading;
import io.flocker.core.model.Node;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls to agents for what only they know: logs, commands run in containers, space taken.
public final class NodeCalls {
    private static final Logger log = LoggerFactory.getLogger(NodeCalls.class);

    /// How often it is looked whether a node that does not answer is heard.
    private static final long LOOK_MILLIS = 200;

    /// As long as reports may be late.
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// How many volumes are asked about at once.
    private static final int MAX_ASKING = 8;

    private final Credentials credentials;
    private final Decisions decisions;
    private final int port;
    private final Map<String, FlockerClient> clients = new ConcurrentHashMap<>();

    NodeCalls(Credentials credentials, Decisions decisions, int port) {
        this.credentials = credentials;
        this.decisions = decisions;
        this.port = port;
    }

    /// What a volume's agent answers about its space.
    record Space(long usedBytes, long exclusiveBytes) {}

    /// What a volume's agent answers about its files.
    private record Changes(List<Change> files, boolean more) {}

    private record Change(String path, String kind) {}

    /// The files of a volume that are otherwise than in a snapshot of it.
    Answers.VolumeFiles files(Volume volume, SnapshotId since, int most) throws Refusal, InterruptedException {
        try {
            String path =
                    "/agent/volumes/" + encode(volume.id()) + "/changes?since=" + since.position() + "&most=" + most;
            Changes changes = ask(volume.head().primary(), client -> client.get(path, Changes.class));
            return new Answers.VolumeFiles(
                    volume.name(),
                    changes.files().stream()
                            .map(file -> new Answers.ChangedFile(
                                    file.path(), file.kind().toLowerCase(Locale.ROOT)))
                            .toList(),
                    changes.more(),
                    "");
        } catch (IOException e) {
            return new Answers.VolumeFiles(volume.name(), List.of(), false, String.valueOf(e.getMessage()));
        }
    }

    private FlockerClient client(String name) throws Refusal, IOException {
        Node node = decisions.state().nodes().get(name);
        if (node == null) {
            throw Refusal.notFound("There is no node " + name);
        }
        FlockerClient known = clients.get(node.address());
        if (known != null) {
            return known;
        }
        FlockerClient made = new FlockerClient(URI.create("https://" + node.address() + ":" + port), credentials);
        FlockerClient raced = clients.putIfAbsent(node.address(), made);
        return raced == null ? made : raced;
    }

    /// What a node is asked.
    private interface Question<T> {
        T put(FlockerClient client) throws IOException, InterruptedException;
    }

    /// Waits for its answer, a stream's beginning, for as long as the leader hears the node: one that is gone would
    /// answer only when TCP has given up.
    private <T> T ask(String node, Question<T> question) throws Refusal, IOException, InterruptedException {
        FlockerClient client = client(node);
        var asked = new FutureTask<>(() -> question.put(client));
        Thread asking = Thread.startVirtualThread(asked);
        long begun = System.nanoTime();
        try {
            while (true) {
                try {
                    return asked.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    refuseSilent(node, begun);
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            asking.interrupt();
        }
    }

    private void refuseSilent(String node, long begun) throws Refusal, IOException {
        try {
            long last =
                    decisions.leader().heard(node).map(Leader.Heard::atNanos).orElse(begun);
            long silent = System.nanoTime() - last;
            if (silent > SILENT_NANOS) {
                throw Refusal.of(
                        409,
                        "conflict",
                        "Not heard",
                        "Node " + node + " does not answer, and has not been heard for "
                                + TimeUnit.NANOSECONDS.toSeconds(silent)
                                + " s; flocker node ls shows when it is back");
            }
        } catch (NotLeading e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    Status.Volume withUsage(Status.Volume volume) throws Refusal, IOException, InterruptedException {
        try {
            Space space = space(volume.primary(), volume.id());
            return volume.withUsage(space.usedBytes(), space.exclusiveBytes());
        } catch (ApiException | Refusal e) {
            return volume;
        }
    }

    /// The same of many: those whose node does not answer stay without.
    public List<Status.Volume> withUsage(List<Status.Volume> volumes) throws InterruptedException {
        try (var asking =
                Executors.newFixedThreadPool(MAX_ASKING, Thread.ofVirtual().factory())) {
            List<Future<Status.Volume>> asked = volumes.stream()
                    .map(volume -> asking.submit(() -> withUsage(volume)))
                    .toList();
            List<Status.Volume> told = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                told.add(answer(asked.get(i), volumes.get(i)));
            }
            return List.copyOf(told);
        }
    }

    /// What volumes hold that they share with nothing else, in bytes; empty if one is not known.
    public OptionalLong ownBytes(List<Volume> volumes) throws InterruptedException {
        try (var asking =
                Executors.newFixedThreadPool(MAX_ASKING, Thread.ofVirtual().factory())) {
            List<Future<Space>> asked = volumes.stream()
                    .map(volume -> asking.submit(() -> space(volume.head().primary(), volume.id())))
                    .toList();
            long sum = 0;
            for (Future<Space> each : asked) {
                long bytes = each.get().exclusiveBytes();
                if (bytes < 0) {
                    return OptionalLong.empty();
                }
                sum += bytes;
            }
            return OptionalLong.of(sum);
        } catch (ExecutionException e) {
            log.atDebug().addKeyValue("reason", String.valueOf(e.getCause())).log("The space of volumes is not known");
            return OptionalLong.empty();
        }
    }

    private Space space(String node, String volume) throws Refusal, IOException, InterruptedException {
        return ask(node, client -> client.get("/agent/volumes/" + encode(volume) + "/space", Space.class));
    }

    private static Status.Volume answer(Future<Status.Volume> asked, Status.Volume otherwise)
            throws InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            log.atDebug()
                    .addKeyValue("volume", otherwise.id())
                    .addKeyValue("reason", String.valueOf(e.getCause()))
                    .log("The space of a volume is not known");
            return otherwise;
        }
    }

    /// Passes a request on to a node, and its answer back as it comes.
    ///
    /// @return an empty string, as handlers do that have sent a stream
    public Object pass(Call call, String node, String method, String path, InputStream body)
            throws Refusal, IOException, InterruptedException {
        try (InputStream in = stream(node, method, path, body)) {
            Forwarder.copy(in, call.response());
        }
        return "";
    }

    private InputStream stream(String node, String method, String path, InputStream body)
            throws Refusal, IOException, InterruptedException {
        try {
            return ask(
                    node,
                    client -> method.equals("GET") ? client.stream(method, path) : client.stream(method, path, body));
        } catch (ApiException e) {
            throw refusal(e);
        }
    }

    /// Asks a node's agent.
    ///
    /// @throws Refusal if it refuses, with its reason
    public <T> T get(String node, String path, Class<T> answer) throws Refusal, IOException, InterruptedException {
        try {
            return ask(node, client -> client.get(path, answer));
        } catch (ApiException e) {
            throw refusal(e);
        }
    }

    /// Asks a node's agent to do something.
    ///
    /// @throws Refusal if it refuses, with its reason
    public <T> T post(String node, String path, Object body, Class<T> answer)
            throws Refusal, IOException, InterruptedException {
        try {
            return ask(node, client -> client.post(path, body, answer));
        } catch (ApiException e) {
            throw refusal(e);
        }
    }

    /// An image on a node.
    Answers.Image image(String node, String name) throws Refusal, IOException, InterruptedException {
        try {
            return ask(node, client -> client.get("/agent/images?name=" + encode(name), Answers.Image.class));
        } catch (ApiException e) {
            throw refusal(e);
        }
    }

    /// What an image's name stands for in its registry, as a node is told.
    String digest(String node, String image) throws Refusal, IOException, InterruptedException {
        try {
            return ask(node, client -> client.get("/agent/images/digest?name=" + encode(image), Answers.Digest.class))
                    .digest();
        } catch (ApiException e) {
            var problem = e.problem();
            String detail = "Node " + node + ": " + problem.detail();
            throw Refusal.of(problem.status(), problem.type(), problem.title(), detail);
        }
    }

    private static Refusal refusal(ApiException e) {
        return Refusal.of(
                e.problem().status(),
                e.problem().type(),
                e.problem().title(),
                e.problem().detail());
    }

    public static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
