package io.flocker.agent.proxy;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds out whether doors can be opened, and who stands in them otherwise (`/proc/net/tcp`, `/proc/PID/fd`). Reads who
/// listens once: where there are many sockets, that takes longer than all else.
final class PortOwner {
    private static final int LISTENING = 0x0A;

    private final List<Listener> listeners = new ArrayList<>();

    /// A listening socket.
    ///
    /// @param address in hexadecimal, as the kernel prints it
    private record Listener(String address, int port, String inode) {}

    /// Who listens now.
    PortOwner() throws IOException {
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            if (!Files.exists(Path.of(table))) {
                continue;
            }
            for (String line : Files.readAllLines(Path.of(table))) {
                List<String> words = List.of(line.trim().split("\\s+"));
                int colon = words.size() > 9 ? words.get(1).indexOf(':') : -1;
                if (colon > 0 && Integer.parseInt(words.get(3), 16) == LISTENING) {
                    int port = Integer.parseInt(words.get(1).substring(colon + 1), 16);
                    listeners.add(new Listener(words.get(1).substring(0, colon), port, words.get(9)));
                }
            }
        }
    }

    /// Why nobody can listen there now; empty if somebody can.
    ///
    /// @param address empty for all
    Optional<String> objection(String address, int port) throws IOException {
        try (var channel = ServerSocketChannel.open()) {
            // As HAProxy listens: beside a door of its own at one address there may be one at all addresses.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            channel.bind(
                    address.isEmpty()
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.ofLiteral(address), port));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.of(listener(address, port, true)
                    .map(owner -> "it belongs to " + owner)
                    .orElse(String.valueOf(e.getMessage())));
        }
        // Another HAProxy that shares ports like ours would get half of the connections. One that listens at all
        // addresses gets none of those to a single one: the kernel prefers the more specific listener.
        return listener(address, port, false).map(owner -> "it belongs to " + owner);
    }

    /// Who listens at a port of `address` or, with `wider`, at that port of all addresses.
    private Optional<String> listener(String address, int port, boolean wider) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (Listener listener : listeners) {
            if (listener.port() == port && sameAddress(listener.address(), address, wider)) {
                sockets.add("socket:[" + listener.inode() + "]");
            }
        }
        return sockets.isEmpty() ? Optional.empty() : Optional.of(owner(sockets));
    }

    private static boolean sameAddress(String hexadecimal, String address, boolean wider) throws IOException {
        boolean all = hexadecimal.chars().allMatch(c -> c == '0');
        if (address.isEmpty() || all) {
            return all && (wider || address.isEmpty());
        }
        InetAddress literal = InetAddress.ofLiteral(address);
        byte[] bytes = literal.getAddress();
        var text = new StringBuilder();
        // Each word of four bytes is printed as a number of a little-endian machine.
        for (int word = 0; word < bytes.length; word += 4) {
            for (int i = 3; i >= 0; i--) {
                text.append(String.format("%02X", bytes[word + i] & 0xff));
            }
        }
        String mapped = literal instanceof Inet6Address ? text.toString() : "0000000000000000FFFF0000" + text;
        return hexadecimal.contentEquals(text) || hexadecimal.equals(mapped);
    }

    private static String owner(Set<String> sockets) throws IOException {
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (owns(process, sockets)) {
                    String name = Files.readString(process.resolve("comm")).strip();
                    return name + " (process " + process.getFileName() + ")";
                }
            }
        }
        return "a process that is not visible from here";
    }

    private static boolean owns(Path process, Set<String> sockets) {
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                        return true;
                    }
                } catch (IOException e) {
                    // Closed meanwhile.
                }
            }
            return false;
        } catch (IOException e) {
            // Ended meanwhile.
            return false;
        }
    }
}
