package io.flocker.verify.transfer;

import io.flocker.agent.backup.Errands;
import io.flocker.agent.backup.Notices;
import io.flocker.agent.backup.store.Stores;
import io.flocker.agent.engine.DockerEngine;
import io.flocker.agent.http.AgentApi;
import io.flocker.agent.transfer.Sender;
import io.flocker.agent.transfer.TlsPeers;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.control.ca.Authority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// An agent's listener on a free port of this machine, with the volumes it sends, and a way to it for another node.
/// Nobody answers where its engine should be, unless it is given one.
final class SendingNode implements AutoCloseable {
    static final String ADDRESS = "127.0.0.1";

    final TlsPeers peers;
    final Authority authority;
    final int port;
    private final DockerEngine engine;
    private final Errands errands;
    private final AgentApi api;

    SendingNode(Path folder, VolumeDriver volumes, long bytesPerSecond) throws IOException {
        this(folder, volumes, bytesPerSecond, URI.create("unix://" + folder.resolve("no-engine.sock")));
    }

    SendingNode(Path folder, VolumeDriver volumes, long bytesPerSecond, URI socket) throws IOException {
        authority = Authority.create(folder.resolve("ca"));
        Credentials node = authority.node("n1", List.of(ADDRESS, "localhost"));
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        engine = new DockerEngine(socket);
        errands = new Errands(
                volumes, Stores.ALL, Notices.by(new FlockerClient(URI.create("https://127.0.0.1:1"), node)), "n1");
        api = new AgentApi(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                node,
                engine,
                volumes,
                new Sender(volumes, engine, bytesPerSecond),
                errands);
        peers = new TlsPeers(authority.node("n2", List.of(ADDRESS)), port);
    }

    @Override
    public void close() throws IOException {
        api.close();
        errands.close();
        engine.close();
    }
}
