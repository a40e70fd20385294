package io.flocker.agent.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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

    /// Which cookie stands for which place ([Stickiness]).
    Path cookiesMap() {
        return directory.resolve("cookies.map");
    }

    /// Host names of one door.
    Path hostsMap(String door) {
        return directory.resolve("hosts-" + door + ".map");
    }

    /// The node's private key and certificate, for the mesh.
    Path certificate() {
        return directory.resolve("mesh.pem");
    }

    /// Who signs nodes' certificates.
    Path authority() {
        return directory.resolve("authority.pem");
    }

    /// Where certificates of host names are, each with its private key.
    Path identities() {
        return directory.resolve("identities");
    }

    /// Which of them is shown for which host name.
    Path identityList() {
        return directory.resolve("identities.list");
    }

    Path slots() {
        return directory.resolve("slots");
    }

    /// Replaces a file so that whoever reads it finds it whole. Not synced to disk: these files are about processes,
    /// which do not outlive a power cut either, and a proxy that starts gets new ones.
    static void replace(Path file, String text) throws IOException {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
