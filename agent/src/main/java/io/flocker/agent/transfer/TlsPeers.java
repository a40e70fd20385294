package io.flocker.agent.transfer;

import io.flocker.client.BulkClients;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// The other nodes' agents over mutual TLS. All listen on the same port.
public final class TlsPeers implements Peers {
    private final BulkClients clients;
    private final int port;

    /// @param port of every agent
    public TlsPeers(Credentials credentials, int port) {
        clients = new BulkClients(credentials);
        this.port = port;
    }

    @Override
    public InputStream snapshot(String address, SnapshotId snapshot, List<SnapshotId> here, boolean compressed)
            throws IOException, InterruptedException {
        String bases = here.stream().map(SnapshotId::position).collect(Collectors.joining(","));
        return client(address).stream(
                "GET",
                "/agent/volumes/" + encode(snapshot.volume()) + "/snapshots/" + snapshot.position() + "?base="
                        + encode(bases) + (compressed ? "&compress=zstd" : ""));
    }

    @Override
    public String image(String address, String name) throws IOException, InterruptedException {
        return client(address)
                .get("/agent/images?name=" + encode(name), Answers.Image.class)
                .id();
    }

    @Override
    public InputStream archive(String address, String name) throws IOException, InterruptedException {
        return client(address).stream("GET", "/agent/images/archive?name=" + encode(name));
    }

    private FlockerClient client(String address) {
        return clients.to(URI.create("https://" + address + ":" + port));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
