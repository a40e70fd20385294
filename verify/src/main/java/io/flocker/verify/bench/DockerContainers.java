package io.flocker.verify.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// The containers of [Twenty] without Flocker: a network, then all of them at once.
final class DockerContainers implements AutoCloseable {
    private static final String NETWORK = "bench";
    private static final int MAX_CONNECTIONS = 100;
    private static final int NETWORK_TRIES = 50;
    private static final int RETRY_MILLIS = 100;

    private final DockerClient docker;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    DockerContainers(URI socket) {
        docker = DockerClientImpl.getInstance(
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(socket.toString())
                        .build(),
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(socket)
                        .maxConnections(MAX_CONNECTIONS)
                        .build());
    }

    /// Starts so many and returns their addresses.
    List<String> start(int count) throws IOException, InterruptedException {
        docker.createNetworkCmd().withName(NETWORK).exec();
        return atOnce(IntStream.range(0, count)
                .<Callable<String>>mapToObj(number -> () -> start("bench" + number))
                .toList());
    }

    private String start(String name) {
        docker.createContainerCmd(Twenty.IMAGE)
                .withName(name)
                .withCmd(Twenty.COMMAND)
                .withHostConfig(HostConfig.newHostConfig().withNetworkMode(NETWORK))
                .exec();
        docker.startContainerCmd(name).exec();
        ContainerNetwork network = docker.inspectContainerCmd(name)
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .get(NETWORK);
        return String.valueOf(network == null ? "" : network.getIpAddress());
    }

    /// Removes them all.
    void remove() throws IOException, InterruptedException {
        atOnce(docker.listContainersCmd().withShowAll(true).exec().stream()
                .filter(container -> container.getNames()[0].startsWith("/bench"))
                .<Callable<String>>map(container -> () -> {
                    docker.removeContainerCmd(container.getId()).withForce(true).exec();
                    return container.getId();
                })
                .toList());
        removeNetwork();
    }

    /// The engine may still be letting go of the last container.
    private void removeNetwork() throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                docker.removeNetworkCmd(NETWORK).exec();
                return;
            } catch (DockerException e) {
                if (attempt == NETWORK_TRIES) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        }
    }

    private List<String> atOnce(List<Callable<String>> calls) throws IOException, InterruptedException {
        try {
            List<String> answers = new ArrayList<>();
            for (Future<String> call : threads.invokeAll(calls)) {
                answers.add(call.get());
            }
            return answers;
        } catch (ExecutionException e) {
            throw new IOException("The Docker Engine could not do it: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        threads.close();
        docker.close();
    }
}
