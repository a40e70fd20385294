package io.flocker.cli.daemon;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Asks other voters whether the cluster goes on with a later log than this node's: they may have
/// been recovered while this node was away. They are asked as by a stranger, since they may not
/// know this node's newest certificate, nor this node theirs; that they are of this cluster is
/// told by its authority.
final class LaterLog {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private LaterLog() {}

    /// The latest that one of `apis` goes by, if it is later than `generation`; whoever does not answer in time is
    /// passed over.
    static Optional<Answers.Generation> than(long generation, List<URI> apis, Credentials credentials)
            throws IOException, InterruptedException {
        String authority = Credentials.hash(credentials.authority());
        List<Answers.Generation> heard = new ArrayList<>();
        try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answers.Generation>> asked = apis.stream()
                    .map(api -> asking.submit(() -> ask(api, authority)))
                    .toList();
            for (Future<Answers.Generation> each : asked) {
                try {
                    heard.add(each.get());
                } catch (ExecutionException e) {
                    // It is away, or of an earlier release.
                    continue;
                }
            }
        }
        return heard.stream()
                .filter(answer -> answer.generation() > generation)
                .max(Comparator.comparingLong(Answers.Generation::generation));
    }

    private static Answers.Generation ask(URI api, String authority) throws IOException, InterruptedException {
        try (FlockerClient client = FlockerClient.stranger(api, authority)) {
            return client.get("/v2/generation", Answers.Generation.class, PATIENCE);
        }
    }
}
