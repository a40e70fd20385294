package io.flocker.agent.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Where one proxy keeps what it has: its configuration, maps, sockets, process id and output.
record ProxyFiles(Path directory) {
    Path config() {
        return directory.resolve("haproxy.cfg");
    }

    Path pid() {
        return directory.resolve("haproxy.pid");
    }

    Path output() {
        return directory.resolve("haproxy.log");
    }

    Path masterSocket() {
        return directory.resolve("master.sock");
    }

    Path adminSocket() {
        return directory.resolve("admin.sock");
    }

    /// Where connections that are held wait.
    Path gateSocket() {
        return directory.resolve("gate.sock");
    }

    Path lua() {
        return directory.resolve("flocker.lua");
    }

    Path heldMap() {
        return directory.resolve("held.map");
    }

    /// Host names of one door.
    Path hostsMap(String door) {
        return directory.resolve("hosts-" + door + ".map");
    }

    Path slots() {
        return directory.resolve("slots");
    }

    /// Replaces a file so that it is whole at any time, power cuts included.
    static void replace(Path file, String text) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try (var channel = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
