package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `ports` in both forms, ranges included.
///
/// How HAProxy reads a TCP port's traffic: as HTTP if `app_protocol` is `http` or `http1.1`, or if the service's
/// `x-flocker.http.port` is the port's target, or if `app_protocol` is absent and the target is one of the ports that
/// web applications listen on by custom (80, 3000, 8000, 8080). Anything else is TCP; `app_protocol: tcp` makes it so.
final class PortReader {
    private static final Set<Integer> WEB = Set.of(80, 3000, 8000, 8080);
    private static final Set<String> HTTP = Set.of("http", "http1.1");
    private static final Pattern SHORT =
            Pattern.compile("(?:(?:\\[([0-9a-fA-F:.]+)\\]|([0-9.]*)):)?(?:([0-9-]*):)?([0-9-]+)(?:/([a-zA-Z]+))?");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final int MAX_PORTS = 1_000;

    private final int httpPort;
    private final List<Published> ports = new ArrayList<>();
    private final List<Integer> exposed = new ArrayList<>();

    /// @param httpPort the service's `x-flocker.http.port`; 0 for none
    PortReader(int httpPort) {
        this.httpPort = httpPort;
    }

    /// A published port and where it stands.
    record Published(Port port, Value at) {}

    /// Consecutive port numbers, both ends included.
    private record Range(int from, int to) {
        int length() {
            return to - from + 1;
        }
    }

    void read(Section service) {
        for (Value item : service.items("ports")) {
            if (item.isMap()) {
                readLong(item);
            } else {
                item.word().ifPresent(text -> readShort(item, text));
            }
        }
        for (Value item : service.get("expose").map(Value::itemsOrOne).orElse(List.of())) {
            item.word().ifPresent(text -> expose(item, text));
        }
    }

    List<Published> published() {
        return List.copyOf(ports);
    }

    /// Without those that are published too.
    List<Integer> exposed() {
        return exposed.stream()
                .filter(port -> ports.stream()
                        .noneMatch(it -> it.port().target() == port && it.port().protocol() == Port.Protocol.TCP))
                .distinct()
                .sorted()
                .toList();
    }

    private void readShort(Value item, String text) {
        Matcher parts = SHORT.matcher(text.strip());
        if (!parts.matches()) {
            item.complain("must be a port such as \"8080:80\", \"127.0.0.1:8080:80\" or \"53:53/udp\", not \""
                    + Shown.word(text) + "\"");
            return;
        }
        String address = Optional.ofNullable(parts.group(1)).orElse("");
        String second = Optional.ofNullable(parts.group(2)).orElse("");
        String third = Optional.ofNullable(parts.group(3)).orElse("");
        // Without an address, "8080:80" matches the address's place.
        boolean noAddress = parts.group(3) == null && address.isEmpty();
        String published = noAddress ? second : third;
        String host = noAddress ? "" : address + second;
        String protocol = Optional.ofNullable(parts.group(5)).orElse("tcp");
        publish(item, host, published, parts.group(4), protocol, Optional.empty());
    }

    private void readLong(Value item) {
        Section port = item.section("a port");
        String target = port.get("target").flatMap(Value::word).orElse("");
        String published = port.text("published");
        String host = port.text("host_ip");
        String protocol = port.get("protocol").flatMap(Value::text).orElse("tcp");
        Optional<String> application = port.get("app_protocol").flatMap(Value::text);
        port.text("name");
        if (port.oneOf("mode", "ingress", "host").equals("host")) {
            item.note("mode host is taken as ingress: every node listens on every published port");
        }
        port.end();
        if (target.isEmpty()) {
            item.complain("must have a target, the container's port");
        } else {
            publish(item, host, published, target, protocol, application);
        }
    }

    private void publish(
            Value item, String host, String published, String target, String protocol, Optional<String> application) {
        Optional<Range> targets = range(item, target);
        Optional<Range> publics = published.isEmpty() ? Optional.empty() : range(item, published);
        Optional<Port.Protocol> transport = transport(item, protocol);
        if (!host.isEmpty()
                && !IPV4.matcher(host).matches()
                && !IPV6.matcher(host).matches()) {
            item.complain("must listen on an IP address, not \"" + Shown.word(host) + "\"");
        }
        if (targets.isEmpty() || transport.isEmpty() || (publics.isEmpty() && !published.isEmpty())) {
            return;
        }
        if (publics.isEmpty()) {
            unpublished(item, targets.get(), transport.get());
            return;
        }
        Range from = publics.get();
        if (from.length() != targets.get().length()) {
            if (targets.get().length() != 1) {
                item.complain("must publish as many ports as it has targets: " + from.length() + " are not "
                        + targets.get().length());
                return;
            }
            item.note("is published on the first port of its range, " + from.from);
        }
        for (int i = 0; i < targets.get().length() && ports.size() < MAX_PORTS; i++) {
            int container = targets.get().from + i;
            Port.Mode mode = mode(container, transport.get(), application);
            add(new Port(container, from.from + i, host.equals("0.0.0.0") ? "" : host, transport.get(), mode), item);
        }
        if (ports.size() >= MAX_PORTS) {
            item.complain("publishes too many ports: a service may publish at most " + MAX_PORTS);
        }
    }

    private void add(Port port, Value at) {
        if (ports.stream().noneMatch(it -> it.port().equals(port))) {
            ports.add(new Published(port, at));
        }
    }

    private void unpublished(Value item, Range targets, Port.Protocol protocol) {
        item.note("is not published, because it names no port of the node; the other services reach it. Write"
                + " \"8080:" + targets.from + "\" to publish it on port 8080");
        if (protocol == Port.Protocol.TCP) {
            for (int port = targets.from; port <= targets.to && exposed.size() < MAX_PORTS; port++) {
                exposed.add(port);
            }
        }
    }

    private void expose(Value item, String text) {
        String[] parts = text.split("/", 2);
        Optional<Range> range = range(item, parts[0]);
        Optional<Port.Protocol> protocol = transport(item, parts.length == 2 ? parts[1] : "tcp");
        if (range.isPresent() && protocol.isPresent()) {
            if (protocol.get() == Port.Protocol.UDP) {
                item.note("has no effect: only TCP ports are forwarded between services");
                return;
            }
            for (int port = range.get().from; port <= range.get().to && exposed.size() < MAX_PORTS; port++) {
                exposed.add(port);
            }
        }
    }

    private Port.Mode mode(int target, Port.Protocol protocol, Optional<String> application) {
        boolean http = target == httpPort || application.map(HTTP::contains).orElse(WEB.contains(target));
        return protocol == Port.Protocol.TCP && http ? Port.Mode.HTTP : Port.Mode.TCP;
    }

    private static Optional<Port.Protocol> transport(Value item, String protocol) {
        return switch (protocol.toLowerCase(Locale.ROOT)) {
            case "tcp" -> Optional.of(Port.Protocol.TCP);
            case "udp" -> Optional.of(Port.Protocol.UDP);
            default -> {
                item.complain("has the protocol \"" + Shown.word(protocol) + "\"; tcp and udp can be published");
                yield Optional.empty();
            }
        };
    }

    private static Optional<Range> range(Value item, String text) {
        Matcher matcher = RANGE.matcher(text);
        if (matcher.matches()) {
            int from = Integer.parseInt(matcher.group(1));
            int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
            if (from >= 1 && from <= to && to <= 65_535) {
                return Optional.of(new Range(from, to));
            }
        }
        item.complain("has the port \"" + Shown.word(text)
                + "\"; a port is a number from 1 to 65535, or a range such as" + " 8000-8010");
        return Optional.empty();
    }
}
