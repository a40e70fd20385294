package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import java.io.IOException;

/// What people do without anything: `docker stop`, then `docker run` of the next image on the same port.
final class StopAndRun implements PlainDeployment {
    private static final int PORT = 8522;
    private static final String CONTAINER = "bench-plain";

    private final LabNode node;

    StopAndRun(LabNode node) {
        this.node = node;
    }

    @Override
    public String name() {
        return "docker stop and docker run";
    }

    @Override
    public String url() {
        return "http://" + node.address() + ":" + PORT + "/";
    }

    @Override
    public void start(String image) throws IOException {
        node.docker("run", "-d", "--name", CONTAINER, "-p", PORT + ":8080", image);
    }

    @Override
    public void upgrade(String image) throws IOException {
        node.docker("stop", CONTAINER);
        node.docker("rm", CONTAINER);
        start(image);
    }

    @Override
    public void close() throws IOException {
        Program.of("docker", "-H", node.engineSocket(), "rm", "-f", CONTAINER).end();
    }
}
