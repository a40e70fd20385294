package io.flocker.agent.transfer;

import io.flocker.core.model.SnapshotId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/// The network's twin: other nodes' senders in this process, by address.
final class NearPeers implements Peers {
    final Map<String, Sender> senders = new ConcurrentHashMap<>();
    final Map<String, FakeEngine> engines = new ConcurrentHashMap<>();
    /// What happens to bytes on their way.
    UnaryOperator<byte[]> way = bytes -> bytes;
    /// How long the last transfer was on its way.
    int lastBytes;

    @Override
    public InputStream snapshot(String address, SnapshotId snapshot, List<SnapshotId> here, boolean compressed)
            throws IOException, InterruptedException {
        return sent(sender(address).snapshot(snapshot, here), compressed);
    }

    @Override
    public String image(String address, String name) throws IOException {
        sender(address);
        return engines.getOrDefault(address, new FakeEngine())
                .image(name)
                .map(image -> image.id())
                .orElse("");
    }

    @Override
    public InputStream archive(String address, String name) throws IOException, InterruptedException {
        return sent(sender(address).image(name), false);
    }

    private Sender sender(String address) throws ConnectException {
        Sender sender = senders.get(address);
        if (sender == null) {
            throw new ConnectException(address + " does not answer");
        }
        return sender;
    }

    private InputStream sent(Sender.Sending sending, boolean compressed) throws IOException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try (sending) {
            sending.to(bytes, compressed);
        }
        lastBytes = bytes.size();
        return new ByteArrayInputStream(way.apply(bytes.toByteArray()));
    }
}
