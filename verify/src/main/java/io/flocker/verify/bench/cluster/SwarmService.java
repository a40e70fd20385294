package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;

/// Docker's own upgrades, `docker service update`, in a swarm of one node.
///
/// Swarm's mesh of ports needs IPVS, which this kernel has not, so the port is the node's own (`mode=host`). Two tasks
/// cannot have it at once: there is one task, and it stops before the next one starts (`stop-first`).
final class SwarmService implements PlainDeployment {
    private static final int PORT = 8524;
    private static final String SERVICE = "bench-swarm";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LabNode node;
    private final String registry;

    /// @param registry where the images are pushed to: without one, each start waits for a name server
    SwarmService(LabNode node, String registry) {
        this.node = node;
        this.registry = registry;
    }

    @Override
    public String name() {
        return "docker service update";
    }

    @Override
    public String url() {
        return "http://" + node.address() + ":" + PORT + "/";
    }

    @Override
    public void start(String image) throws IOException {
        docker("swarm", "init", "--advertise-addr", node.address());
        docker(
                "service",
                "create",
                "--quiet",
                "--name",
                SERVICE,
                "--publish",
                "mode=host,target=8080,published=" + PORT,
                "--restart-delay",
                "0s",
                "--update-order",
                "stop-first",
                "--update-monitor",
                "500ms",
                pushed(image));
    }

    @Override
    public void upgrade(String image) throws IOException {
        docker("service", "update", "--quiet", "--image", pushed(image), SERVICE);
    }

    /// Its name in the registry, which has it afterwards; again, that takes no time.
    private String pushed(String image) throws IOException {
        String name = registry + "/" + image;
        docker("tag", image, name);
        docker("push", "--quiet", name);
        return name;
    }

    private void docker(String... words) throws IOException {
        program(words).run();
    }

    private Program program(String... words) {
        return Program.of(Stream.concat(Stream.of("docker", "-H", node.engineSocket()), Stream.of(words))
                        .toArray(String[]::new))
                .within(PATIENCE);
    }

    /// Whatever of it is there.
    @Override
    public void close() throws IOException {
        program("service", "rm", SERVICE).end();
        program("swarm", "leave", "--force").end();
        program("network", "rm", "docker_gwbridge").end();
    }
}
