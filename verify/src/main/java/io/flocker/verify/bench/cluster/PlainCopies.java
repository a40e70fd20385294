package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// The containers of a staging environment's copies without Flocker: each node's engine starts its own as parallel as
/// it allows, on snapshots and networks that were made beforehand, one network for each copy as Flocker and Compose
/// make them, and they are asked until they serve.
final class PlainCopies implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /// At once on each node: more of them make an engine slower on this many cores.
    private static final int AT_ONCE = 8;

    private final Servers server;
    private final StagingPools pools;
    private final List<Part> parts;
    private final List<Path> heads;
    private final int copies;

    /// A node's container.
    ///
    /// @param arguments of `docker run`; `DATA` stands for its data
    /// @param ready a command in it that succeeds once it serves
    record Part(String arguments, String ready) {}

    /// @param parts each node's
    /// @param heads the volume of each
    PlainCopies(Servers server, StagingPools pools, List<Part> parts, List<Path> heads, int copies)
            throws IOException, InterruptedException {
        this.server = server;
        this.pools = pools;
        this.parts = parts;
        this.heads = heads;
        this.copies = copies;
        everywhere((node, at) -> "for i in $(seq " + copies + "); do btrfs -q subvolume snapshot " + heads.get(at) + " "
                + folder(at) + "$i && docker -H " + node.engineSocket() + " network create plain$i; done");
    }

    private Path folder(int at) {
        return pools.pool(StagingPools.NODES.get(at)).resolve("plain");
    }

    private interface Script {
        String of(LabNode node, int at);
    }

    private void everywhere(Script script) throws IOException, InterruptedException {
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int at = 0; at < heads.size(); at++) {
            LabNode node = server.lab.node(StagingPools.NODES.get(at));
            String text = script.of(node, at);
            calls.add(() -> {
                Program.of("bash", "-c", text).within(PATIENCE).run();
                return true;
            });
        }
        ScaleBenchmark.atOnce(calls);
    }

    /// Runs them until all serve.
    void run() throws IOException, InterruptedException {
        each((engine, at) -> engine + " run -d --network plain{} --name plain{} "
                + parts.get(at).arguments().replace("DATA", folder(at) + "{}"));
    }

    /// Stops and starts them until all serve.
    void stopAndStart() throws IOException, InterruptedException {
        each((engine, _) -> engine + " stop plain{} && " + engine + " start plain{}");
    }

    /// Only stops them.
    void stop() throws IOException, InterruptedException {
        everywhere((node, _) -> "seq " + copies + " | xargs -P " + AT_ONCE + " -I{} docker -H " + node.engineSocket()
                + " stop plain{} >/dev/null");
    }

    void start() throws IOException, InterruptedException {
        each((engine, _) -> engine + " start plain{}");
    }

    private interface Command {
        String of(String engine, int at);
    }

    private void each(Command command) throws IOException, InterruptedException {
        everywhere((node, at) -> {
            String engine = "docker -H " + node.engineSocket();
            return "seq " + copies + " | xargs -P " + AT_ONCE + " -I{} bash -c '(" + command.of(engine, at)
                    + ") >/dev/null; until " + engine + " exec plain{} "
                    + parts.get(at).ready() + " >/dev/null 2>&1; do sleep 0.1; done'";
        });
    }

    @Override
    public void close() throws IOException {
        for (int at = 0; at < heads.size(); at++) {
            String engine =
                    "docker -H " + server.lab.node(StagingPools.NODES.get(at)).engineSocket();
            Program.of(
                            "bash",
                            "-c",
                            "for i in $(seq " + copies + "); do " + engine + " rm -f plain$i; " + engine
                                    + " network rm plain$i; btrfs subvolume delete " + folder(at)
                                    + "$i; done >/dev/null 2>&1 || true")
                    .within(PATIENCE)
                    .run();
        }
    }
}
